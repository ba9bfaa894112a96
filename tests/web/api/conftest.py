"""An installation whose API is asked: on SQLite, or on each database."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.fixtures import (  # noqa: F401  fixtures are found by name
    prepared_sqlite,
    ready_postgresql,
    ready_sqlite,
    ready_url,
)
from tests.support.installation import Clock, installation
from tests.web.api.client import NOTE, SLOW, Api


@pytest.fixture
def clock() -> Clock:
    """The installation's clock."""
    return Clock()


@pytest.fixture
def settings() -> dict[str, Any]:
    """Settings of a test's own."""
    return {}


@pytest.fixture
def api(
    ready_sqlite: str,  # noqa: F811  the fixture of that name
    tmp_path: Path,
    clock: Clock,
    settings: dict[str, Any],
) -> Iterator[Api]:
    """The API of an installation with two flows to start, on SQLite."""
    with installation(ready_sqlite, tmp_path, clock, **settings) as made:
        yield _with_flows(made)


@pytest.fixture
def every_api(
    ready_url: str,  # noqa: F811  the fixture of that name
    tmp_path: Path,
    clock: Clock,
    settings: dict[str, Any],
) -> Iterator[Api]:
    """The same, once on each database."""
    with installation(ready_url, tmp_path, clock, **settings) as made:
        yield _with_flows(made)


def _with_flows(made: Any) -> Api:
    api = Api(made)
    for text in (NOTE, SLOW):
        api.publish(text)
    return api
