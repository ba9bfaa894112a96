"""One database, SQLite or PostgreSQL: read and write transactions, and whether it lives."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress

import sqlalchemy as sa

from store import flush, postgresql, sqlite
from store.audience import Audience
from store.errors import Unavailable, translated

CONNECTIONS = 40  # per process: as many as a web process has threads


class Database:
    """The engine behind everything in this room; make it after the process has forked."""

    def __init__(self, url: str, connections: int = CONNECTIONS) -> None:
        """Open `sqlite:///FILE` or `postgresql+psycopg://…`.

        Raises:
            Unavailable: the address is of no database we know, or the file cannot be opened.
        """
        parsed = _parsed(url)
        self.sqlite = parsed.drivername.startswith("sqlite")
        self._lock = sqlite.write_lock(parsed) if self.sqlite else None
        self._flush = flush.Flush(sqlite.database_path(parsed)).flush if self.sqlite else None
        make = sqlite.engine if self.sqlite else postgresql.engine
        self.engine = make(parsed, connections)
        self.closing: list[Callable[[], None]] = []
        self.closed = False
        self.audience = Audience()
        self._writer = self.engine.execution_options(**{sqlite.WRITE: True})

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Open a write transaction; leaving it without an error commits, durably."""
        with self.turnstile(), self._opened() as connection:
            yield connection
            self._commit(connection)
        self.flush()

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Open a transaction that only reads."""
        with self._opened(writing=False) as connection:
            yield connection

    def ping(self) -> None:
        """Return when the database answers.

        Raises:
            Unavailable: it does not.
        """
        with self.read() as connection:
            connection.exec_driver_sql("SELECT 1")

    def close(self) -> None:
        """Close every connection; whoever comes later finds the database away."""
        self.closed = True
        for close in self.closing:
            close()
        self.engine.pool.dispose()  # the pool stays: what is still out comes back to it

    def require_open(self) -> None:
        """Return when this process may still open connections.

        Raises:
            Unavailable: it has closed the database.
        """
        if self.closed:
            raise Unavailable("this process has closed the database")

    def turnstile(self) -> AbstractContextManager[None]:
        """Stand in the queue of SQLite's writers; PostgreSQL needs none."""
        return self._lock.held() if self._lock else nullcontext()

    def flush(self) -> None:
        """Return when what this thread has committed on SQLite is on the disk."""
        if self._flush:
            self._flush()

    @contextmanager
    def _opened(self, *, writing: bool = True) -> Iterator[sa.Connection]:
        connection = None
        self.require_open()
        try:
            connection = (self._writer if writing else self.engine).connect()
            if writing:
                connection.begin()
            yield connection
        except sa.exc.SQLAlchemyError as error:
            raise translated(error) from error
        finally:
            if connection is not None:
                self._give_back(connection)

    def _give_back(self, connection: sa.Connection) -> None:
        with suppress(sa.exc.SQLAlchemyError):
            connection.close()
        if self.closed:  # meanwhile: nobody else will close what has just come back
            self.engine.pool.dispose()

    def _commit(self, connection: sa.Connection) -> None:
        try:
            connection.commit()
        except sa.exc.SQLAlchemyError as error:
            raise translated(error, committing=not self.sqlite) from error


def _parsed(url: str) -> sa.URL:
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise Unavailable("DATABASE_URL is no database address") from error
    if parsed.drivername in {"postgres", "postgresql"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in {"sqlite", "sqlite+pysqlite", "postgresql+psycopg"}:
        raise Unavailable("DATABASE_URL begins with sqlite:/// or postgresql+psycopg://")
    return parsed
