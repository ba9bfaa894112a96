"""Doors of the voice room: one that wants signatures, one in development mode."""

import pytest

from tests.ivr.doors import TOKEN, Door, Told


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def door(told: Told) -> Door:
    return Door(told, (TOKEN,))


@pytest.fixture
def open_door(told: Told) -> Door:
    """A door in development mode."""
    return Door(told, ())
