"""SQLite as it has to be set for calls: one writer at a time, fairly; `store.flush` is durability.

Several processes that retry for SQLite's own lock starve each other for seconds, so every write
transaction stands in one queue first: a lock file beside the database, in the kernel's order.
"""

import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import QueuePool

from store.errors import Unavailable, translated

BUSY_SECONDS = 10.0
_CUTTING, _CUTS = 0.2, 25  # seconds of one try to cut the log and between two; how many tries
WRITE = "lw_write"  # the connection option that makes a transaction BEGIN IMMEDIATE


class WriteLock:
    """The queue of all writers, in this process (thread lock) and in others (flock)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = threading.Lock()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock; a new descriptor each time, as flock belongs to the open file."""
        if not self._threads.acquire(timeout=BUSY_SECONDS):
            raise Unavailable(f"the database was busy for {BUSY_SECONDS:g} s")
        try:
            descriptor = self._locked()
            try:
                yield
            finally:
                os.close(descriptor)
        finally:
            self._threads.release()

    def _locked(self) -> int:
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError as error:
            raise Unavailable(f"the lock file of the database: {error.strerror}") from error
        return descriptor


def database_path(url: sa.URL) -> Path:
    """Give the file of the database.

    Raises:
        Unavailable: the address names no file; several processes could not share it.
    """
    if not url.database or url.database == ":memory:" or url.query:
        raise Unavailable("a SQLite address names a plain file: sqlite:////var/lib/linewalk/db")
    return Path(url.database)


def write_lock(url: sa.URL) -> WriteLock:
    """Give the writers' queue of this database."""
    path = database_path(url)
    return WriteLock(path.with_name(path.name + ".lock"))


@contextmanager
def try_lock(url: sa.URL, name: str) -> Iterator[bool]:
    """Hold a lock of that name beside the database; False at once when another process does."""
    path = database_path(url)
    with path.with_name(f"{path.name}.{name}").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def engine(url: sa.URL, connections: int) -> sa.Engine:
    """Make the engine of a database file and put the file into WAL mode."""
    _make_wal(url)
    made = sa.create_engine(
        url,
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS,
        connect_args={"timeout": BUSY_SECONDS, "isolation_level": None},
    )
    sa.event.listen(made, "connect", _prepare)
    sa.event.listen(made, "begin", _begin)
    return made


def _make_wal(url: sa.URL) -> None:
    path = database_path(url)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with write_lock(url).held(), closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as file:
            file.execute("PRAGMA journal_mode=WAL")
    except (OSError, sqlite3.Error) as error:
        raise Unavailable(f"the database file cannot be opened: {error}") from error


def _prepare(connection: Any, _record: Any) -> None:
    """Set what SQLite keeps per connection."""
    connection.execute("PRAGMA synchronous=NORMAL")  # store.flush does what FULL adds, in groups
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute(
        "PRAGMA secure_delete=ON"
    )  # what is erased is overwritten, not only unlinked


def _begin(connection: sa.Connection) -> None:
    """Begin in SQLite's own words; the driver would begin later, and as a reader."""
    writing = connection.get_execution_options().get(WRITE)
    driver: Any = connection.connection.driver_connection
    try:
        driver.execute("BEGIN IMMEDIATE" if writing else "BEGIN")
    except sqlite3.Error as error:
        raise translated(error) from error


def forget_log(url: sa.URL) -> bool:
    """Take the log into the database and cut it to nothing; false when others kept it busy.

    A try waits briefly only: SQLite lets nobody write while it waits for those who read.
    """
    with closing(sqlite3.connect(database_path(url), timeout=_CUTTING)) as file:
        for _ in range(_CUTS):
            busy, *_ = file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if not busy:
                return True
            time.sleep(_CUTTING)
    return False
