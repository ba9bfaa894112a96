"""Installations that are backed up, restored, cleared by time, and asked to erase somebody."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.centre.centre import Centre, centre_on
from tests.support.fixtures import (  # noqa: F401  fixtures are found by name
    prepared_sqlite,
    ready_postgresql,
    ready_sqlite,
    ready_url,
)
from tests.support.installation import NUMBER, Clock, Installation, installation, prepare

if TYPE_CHECKING:
    from tests.services.databases import NewDatabase
    from tests.services.postgresql import Postgresql

STORY = Path(__file__).parent / "story.yaml"


@pytest.fixture
def clock() -> Clock:
    """The installation's clock."""
    return Clock()


@pytest.fixture
def house(ready_url: str, tmp_path: Path, clock: Clock) -> Iterator[Installation]:  # noqa: F811  the fixture of that name
    """An installation with a flow that greets, asks, records and surveys."""
    with installation(ready_url, tmp_path, clock) as made:
        made.publish(STORY, NUMBER)
        yield made


@pytest.fixture
def centre(ready_url: str, tmp_path: Path) -> Iterator[Centre]:  # noqa: F811  the fixture of that name
    """A contact centre without agents, whose carrier keeps recordings."""
    with centre_on(ready_url, tmp_path) as made:
        made.house.publish(STORY, "+15550100002")
        yield made


@pytest.fixture
def elsewhere(
    request: pytest.FixtureRequest,
    ready_url: str,  # noqa: F811  the fixture of that name
    tmp_path: Path,
) -> str:
    """A migrated, empty database of the same kind, for another installation."""
    if ready_url.startswith("sqlite"):
        folder = tmp_path / "elsewhere"
        folder.mkdir()
        url = f"sqlite:///{folder / 'linewalk.db'}"
        prepare(url)
        return url
    server: Postgresql = request.getfixturevalue("postgresql")
    new: NewDatabase = request.getfixturevalue("new_postgresql_database")
    return new(server.template("linewalk_whole", prepare))


@pytest.fixture
def elsewhere_empty(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> str:
    """A database of the same kind with nothing in it at all."""
    if database_url.startswith("sqlite"):
        return f"sqlite:///{tmp_path / 'another.sqlite3'}"
    new: NewDatabase = request.getfixturevalue("new_postgresql_database")
    return new()
