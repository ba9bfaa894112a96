"""The databases that are measured: both as durable as in production, or the bench refuses."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from tests.services.postgresql import running_postgresql

NAMES = ("sqlite", "postgresql")

# Nothing that makes it faster than an owner's own: its defaults, and room for connections.
_SETTINGS = """
fsync = on
synchronous_commit = on
full_page_writes = on
max_connections = 300
"""

NewDatabase = Callable[[], str]


class NotDurable(RuntimeError):
    """A database that forgets at a power cut is measured by nobody."""


@contextmanager
def databases(kind: str, folder: Path) -> Iterator[NewDatabase]:
    """Give a maker of new, empty databases of one kind; it returns their addresses.

    Raises:
        NotDurable: the PostgreSQL server given from outside does not write through.
    """
    if kind == "sqlite":
        yield lambda: f"sqlite:///{folder / f'bench-{len(list(folder.iterdir()))}.db'}"
        return
    with running_postgresql(folder, _SETTINGS) as server:
        made: list[str] = []

        def make() -> str:
            made.append(server.create())
            _must_be_durable(made[-1])
            return made[-1]

        try:
            yield make
        finally:
            for url in made:
                server.drop(url)


def connect(url: str) -> psycopg.Connection:
    """Open a PostgreSQL database by its SQLAlchemy address."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True)


def _must_be_durable(url: str) -> None:
    with connect(url) as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            row = connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
            if row is None or row[0] != "on":
                raise NotDurable(f"PostgreSQL runs with {name} off: set it on, then measure")
