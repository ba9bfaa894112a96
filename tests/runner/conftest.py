"""Towns to walk in, on both engines."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from store import migrate
from store.database import Database
from store.schema import metadata
from tests.runner.walks import Town

if TYPE_CHECKING:
    from tests.services.postgresql import Postgresql


def _prepare(url: str) -> None:
    migrate.upgrade(url)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database that nobody is in: tests copy it."""
    file = tmp_path_factory.mktemp("migrated") / "linewalk.sqlite3"
    migrate.upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def migrated_server(postgresql: "Postgresql") -> Iterator[str]:
    """One PostgreSQL database for all tests of this room: each one finds it empty."""
    url = postgresql.create(postgresql.template("linewalk_store", _prepare))
    yield url
    postgresql.drop(url)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Town]:
    """An empty, migrated database with everything that walks, once on each engine."""
    if request.param == "sqlite":
        file = shutil.copy(request.getfixturevalue("migrated_file"), tmp_path)
        url = f"sqlite:///{file}"
    else:
        url = request.getfixturevalue("migrated_server")
    with closing(Database(url, 20)) as database:
        yield Town(database)
        if request.param == "postgresql":
            names = ", ".join(table.name for table in metadata.sorted_tables)
            with database.write() as connection:
                connection.execute(sa.text(f"TRUNCATE {names} CASCADE"))
