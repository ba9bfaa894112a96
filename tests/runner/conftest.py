"""Towns to walk in, on both engines."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from store import migrate
from store.database import Database
from tests.runner.walks import Town

if TYPE_CHECKING:
    from tests.services.databases import NewDatabase
    from tests.services.postgresql import Postgresql


def _prepare(url: str) -> None:
    migrate.upgrade(url)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database that nobody is in: tests copy it."""
    file = tmp_path_factory.mktemp("migrated") / "linewalk.sqlite3"
    migrate.upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Town]:
    """An empty, migrated database with everything that walks, once on each engine."""
    if request.param == "sqlite":
        file = shutil.copy(request.getfixturevalue("migrated_file"), tmp_path)
        url = f"sqlite:///{file}"
    else:
        server: Postgresql = request.getfixturevalue("postgresql")
        new: NewDatabase = request.getfixturevalue("new_postgresql_database")
        url = new(server.template("linewalk_store", _prepare))
    database = Database(url, 20)
    yield Town(database)
    database.close()
