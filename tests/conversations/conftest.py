"""Fixtures for the golden conversations."""

from tests.support.fixtures import prepared_sqlite, ready_sqlite  # noqa: F401  found by name
