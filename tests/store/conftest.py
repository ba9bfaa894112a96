"""Stores that are empty and migrated: in memory, on SQLite, on PostgreSQL."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from flow.ledger import Contact, Version
from flow.step import HistoryEntry
from store import migrate
from store.database import Database
from store.deliveries import Deliveries
from store.keys import ApiKeys
from store.library import Library
from store.memory import MemoryStore
from store.past import Past
from store.sealed import Secrets
from store.store import SqlStore
from store.subscriptions import Subscriptions
from tests.services.databases import NewDatabase
from tests.services.postgresql import Postgresql
from tests.store.builders import MINUTE, NOON


class Seeded(SqlStore):
    """A store on a database, with the seeding methods that the memory store has itself."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.database = database
        self.keys = ApiKeys(database)
        self.subscriptions = Subscriptions(database)
        self.deliveries = Deliveries(database)

    def publish(self, flow: str, type_: str, source: str, at: Any) -> Version:
        return Library(self.database).publish(flow, type_, source, at)

    def bind(self, address: str, flow: str) -> None:
        library = Library(self.database)
        library.bind(address, flow, NOON + len(library.bindings()) * MINUTE)

    def load_contacts(self, people: Iterable[Contact]) -> int:
        return Library(self.database).load_contacts(people)

    def put_secret(self, name: str, sealed: bytes) -> None:
        Secrets(self.database).put(name, sealed, NOON)

    def steps(self, execution: str) -> list[HistoryEntry]:
        return Past(self.database).steps(execution)


AnyStore = Seeded | MemoryStore


def _migrate(url: str) -> None:
    migrate.upgrade(url)


@pytest.fixture
def migrated_postgresql_url(postgresql: Postgresql, new_postgresql_database: NewDatabase) -> str:
    return new_postgresql_database(postgresql.template("linewalk_store", _migrate))


@pytest.fixture
def migrated_sqlite_url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'linewalk.sqlite3'}"
    migrate.upgrade(url)
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A migrated, empty database, once on each engine."""
    made = Database(request.getfixturevalue(f"migrated_{request.param}_url"))
    yield made
    made.close()


@pytest.fixture(
    params=["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
def store(request: pytest.FixtureRequest) -> Iterator[AnyStore]:
    """An empty store of each kind."""
    if request.param == "memory":
        yield MemoryStore()
        return
    database = Database(request.getfixturevalue(f"migrated_{request.param}_url"))
    yield Seeded(database)
    database.close()
