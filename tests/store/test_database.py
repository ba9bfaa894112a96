"""How the databases are set, and what is said when they fail."""

import sqlite3
import threading
from collections.abc import Iterator
from hashlib import sha512
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from flow.ledger import Saved
from store.database import Database
from store.errors import Unavailable, Unstorable
from store.libpq import Line
from store.sqlite import write_lock
from store.store import SqlStore
from store.swap import Swaps
from tests.store.builders import a_run, a_turn, begin
from tests.support.network import free_port
from tests.support.processes import Programs
from tests.support.waiting import wait_until

COUNT = """
import sys
from store.database import Database
from store.store import SqlStore
from flow.ledger import Saved
store = SqlStore(Database(sys.argv[1]))
for _ in range(50):
    with store.work() as work:
        run = work.lock("e1")
        run.state = str(int(run.state) + 1)
        work.save(Saved(run))
"""


class Watched:
    """A driver's connection during whose first statement the process closes the database."""

    def __init__(self, driver: Any, database: Database, closed: list[object]) -> None:
        self._driver, self._database, self._closed = driver, database, closed

    def __getattr__(self, name: str) -> Any:
        if name == "close":
            self._closed.append(self._driver)
        else:
            self._database.close()
        return getattr(self._driver, name)


@pytest.fixture
def sqlite(migrated_sqlite_url: str) -> Iterator[Database]:
    database = Database(migrated_sqlite_url)
    yield database
    database.close()


@pytest.fixture
def postgres(migrated_postgresql_url: str) -> Iterator[Database]:
    database = Database(migrated_postgresql_url, connections=2)
    yield database
    database.close()


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 1), ("foreign_keys", 1), ("busy_timeout", 10_000)],
)
def test_sqlite_is_set_to_lose_nothing(sqlite: Database, pragma: str, value: object) -> None:
    with sqlite.read() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("synchronous_commit", "on"),
        ("statement_timeout", "3s"),
        ("idle_in_transaction_session_timeout", "10s"),
        ("TimeZone", "UTC"),
    ],
)
def test_postgresql_is_set_to_wait_for_nothing_long(
    postgres: Database, setting: str, value: str
) -> None:
    with postgres.read() as connection:
        assert connection.exec_driver_sql(f"SHOW {setting}").scalar() == value


def test_processes_that_write_at_once_take_turns(
    request: pytest.FixtureRequest, database: Database, start_program: Programs
) -> None:
    begin(SqlStore(database), state="0")
    url = database.engine.url.render_as_string(hide_password=False)
    programs = [start_program.start(["python", "-c", COUNT, url]) for _ in range(3)]
    assert [program.process.wait(60) for program in programs] == [0, 0, 0]
    with SqlStore(database).work() as work:
        assert work.lock("e1") == a_run(state="150")


def test_readers_do_not_wait_for_the_writer(sqlite: Database) -> None:
    store = SqlStore(sqlite)
    begin(store)
    with store.work() as work:
        work.save(Saved(a_run(token="t2"), turn=a_turn()))
        assert store.version("none") is None
        sqlite.ping()


def test_writers_queue_up_behind_the_lock_file(sqlite: Database) -> None:
    lock = write_lock(sqlite.engine.url)
    done = threading.Event()

    def write() -> None:
        begin(SqlStore(sqlite))
        done.set()

    writer = threading.Thread(target=write)
    with lock.held():
        writer.start()
        assert not done.wait(0.2)
    assert done.wait(10)
    writer.join()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nonsense", "no database address"),
        ("mysql://u@h/d", "begins with"),
        ("sqlite://", "plain file"),
        ("sqlite:////proc/none/db", "cannot be opened|lock file"),
    ],
)
def test_a_wrong_address_is_said_at_once(url: str, message: str) -> None:
    with pytest.raises(Unavailable, match=message):
        Database(url)


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    database = Database(f"postgresql://postgres@127.0.0.1:{free_port()}/none")
    with pytest.raises(Unavailable) as caught:
        database.ping()
    assert caught.value.undone
    with pytest.raises(Unavailable), SqlStore(database).work():
        pytest.fail("nothing is open")


def test_what_is_out_at_the_closing_is_closed_when_it_comes_back(database: Database) -> None:
    pool: Any = database.engine.pool
    with database.read():
        database.close()
    assert pool.checkedin() == 0


def test_a_short_turn_at_the_closing_leaves_no_connection_open(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SqlStore(database)
    begin(store)
    closed: list[object] = []
    kind = sqlite3.Connection if database.sqlite else Line
    connect = Swaps._connect

    def watched(swaps: Swaps) -> Watched:
        return Watched(connect(swaps), database, closed)

    monkeypatch.setattr(Swaps, "_connect", watched)
    assert store.glance("e1") is not None
    assert [type(driver) for driver in closed] == [kind]
    with pytest.raises(Unavailable):
        store.glance("e1")


def test_a_database_that_is_not_migrated(database_url: str) -> None:
    database = Database(database_url)
    with pytest.raises(Unavailable, match="not migrated"):
        begin(SqlStore(database))
    with pytest.raises(Unavailable, match="not migrated"):
        SqlStore(database).version("v1")
    database.close()


def test_a_full_disk_undoes_the_turn_and_heals(sqlite: Database) -> None:
    store = SqlStore(sqlite)
    begin(store)
    with sqlite.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()

    def limit(connection: sa.Connection, most: object) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={most}")

    def fill() -> None:
        with store.work() as work:
            limit(work.connection, pages)
            work.save(Saved(a_run(state="x" * 100_000)))

    with pytest.raises(Unavailable, match="full") as caught:
        fill()
    assert caught.value.undone
    with store.work() as work:
        limit(work.connection, 1_000_000)
        assert work.lock("e1") == a_run()
        work.save(Saved(a_run(state="x" * 100_000)))


@pytest.mark.postgresql
def test_a_key_too_long_for_its_index(postgres: Database) -> None:
    noise = "".join(sha512(b"%d" % n).hexdigest() for n in range(100))  # no compressing this
    with pytest.raises(Unstorable):
        begin(SqlStore(postgres), call=noise)


def _kill(postgres: Database) -> None:
    """End every other session, as a restart of the server does."""
    other = sa.create_engine(postgres.engine.url, poolclass=sa.NullPool)
    with other.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.mark.postgresql
def test_a_restart_in_a_turn_undoes_it_and_the_next_one_works(postgres: Database) -> None:
    store = SqlStore(postgres)
    begin(store)

    def interrupted() -> None:
        with store.work() as work:
            work.lock("e1")
            _kill(postgres)
            work.save(Saved(a_run(token="t2")))

    with pytest.raises(Unavailable) as caught:
        interrupted()
    assert caught.value.undone
    with store.work() as work:
        assert work.lock("e1") == a_run()


@pytest.mark.postgresql
def test_a_commit_without_an_answer_is_not_called_undone(postgres: Database) -> None:
    store = SqlStore(postgres)
    begin(store)

    def interrupted() -> None:
        with store.work() as work:
            work.save(Saved(a_run(token="t2")))
            _kill(postgres)

    with pytest.raises(Unavailable) as caught:
        interrupted()
    assert not caught.value.undone


@pytest.mark.postgresql
def test_an_idle_connection_is_asked_before_it_is_used(
    postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SqlStore(postgres)
    begin(store)
    _kill(postgres)
    monkeypatch.setattr("store.postgresql.IDLE_SECONDS", 0.0)
    with store.work() as work:
        assert work.lock("e1") == a_run()


@pytest.mark.postgresql
def test_first_requests_of_a_call_wait_for_each_other(postgres: Database) -> None:
    store = SqlStore(postgres)
    found: list[str] = []

    def second() -> None:
        with store.work() as work:
            found.append(work.enter_call("CA1"))

    waiting = threading.Thread(target=second)
    with store.work() as work:
        assert work.enter_call("CA1") == ""
        waiting.start()
        wait_until(lambda: _waiting(postgres) == 1)
        work.save(Saved(a_run(call="CA1"), new=True))
    waiting.join(10)
    assert found == ["e1"]


def _waiting(postgres: Database) -> object:
    other = sa.create_engine(postgres.engine.url, poolclass=sa.NullPool)
    with other.connect() as connection:
        return connection.exec_driver_sql(
            "SELECT count(*) FROM pg_locks WHERE NOT granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        ).scalar()
