"""Fixtures for tests that need a whole installation; a conftest.py imports those it wants."""

from pathlib import Path

import pytest

from tests.services.databases import NewDatabase
from tests.services.postgresql import Postgresql
from tests.support.installation import copy_of, prepare


@pytest.fixture(scope="session")
def prepared_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("prepared") / "linewalk.db"
    prepare(f"sqlite:///{path}")
    return path


@pytest.fixture
def ready_sqlite(prepared_sqlite: Path, tmp_path: Path) -> str:
    """A migrated, empty SQLite database."""
    return copy_of(prepared_sqlite, tmp_path)


@pytest.fixture
def ready_postgresql(postgresql: Postgresql, new_postgresql_database: NewDatabase) -> str:
    """A migrated, empty PostgreSQL database."""
    return new_postgresql_database(postgresql.template("linewalk_whole", prepare))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def ready_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database, once on each engine."""
    url: str = request.getfixturevalue(f"ready_{request.param}")
    return url
