"""Fixtures: databases that are empty and the test's own, on both engines the product supports."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.services.postgresql import Postgresql, running_postgresql
from tests.services.run_folder import run_folder

NewDatabase = Callable[..., str]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgresql]:
    """The PostgreSQL server of this test run."""
    with running_postgresql(run_folder()) as server:
        yield server


@pytest.fixture
def new_postgresql_database(postgresql: Postgresql) -> Iterator[NewDatabase]:
    """Make databases: `new_postgresql_database(template=None)` returns a SQLAlchemy URL."""
    made: list[str] = []

    def make(template: str | None = None) -> str:
        made.append(postgresql.create(template))
        return made[-1]

    yield make
    for url in made:
        postgresql.drop(url)


@pytest.fixture
def postgresql_url(new_postgresql_database: NewDatabase) -> str:
    """A new, empty PostgreSQL database."""
    return new_postgresql_database()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'linewalk.sqlite3'}"


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)],
)
def database_url(request: pytest.FixtureRequest) -> str:
    """The test runs once on each engine: a new, empty database."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url
