"""Houses for conversations, on every store."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from runner.media import MediaShelf
from store.database import Database
from store.memory import MemoryStore
from store.schema import metadata
from tests.runner.messages.house import HELLO, OURS, House
from tests.store.conftest import AnyStore, Seeded


def _empty(database: Database) -> None:
    names = ", ".join(table.name for table in metadata.sorted_tables)
    with database.write() as connection:
        connection.execute(sa.text(f"TRUNCATE {names} CASCADE"))


@pytest.fixture(
    params=["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AnyStore]:
    """An empty store of each kind."""
    if request.param == "memory":
        yield MemoryStore()
        return
    if request.param == "sqlite":
        file = shutil.copy(request.getfixturevalue("migrated_file"), tmp_path)
        url = f"sqlite:///{file}"
    else:
        url = request.getfixturevalue("migrated_server")
    with closing(Database(url, 20)) as database:
        yield Seeded(database)
        if request.param == "postgresql":
            _empty(database)


@pytest.fixture
def house(store: AnyStore, tmp_path: Path) -> House:
    """A process on a store, where the flow `hello` answers at our number."""
    made = House(store, MediaShelf(tmp_path / "media", set))
    made.publish(HELLO, f"sms:{OURS}")
    return made
