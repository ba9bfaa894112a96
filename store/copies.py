"""The database's part of a backup: one consistent copy out while it runs, and back in.

SQLite: `VACUUM INTO`, which SQLite names beside its backup API for copying a live database. It
reads one snapshot, nobody waits for it, and what was erased is not in the copy, which the backup
API would take along in free pages. PostgreSQL: COPY of every table, ours and the job library's,
in one REPEATABLE READ transaction: no program of the server's version has to be at hand.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from store import copies_postgresql, migrate
from store.archive import Archive, BadArchive, Writer
from store.database import Database
from store.errors import Refused, translated
from store.schema import PREFIX, metadata
from store.sqlite import database_path

FILE = "database/linewalk.sqlite3"

Migrate = Callable[[str], object]
"""Brings the job library's tables up to date in the database of this address."""

_OWN = (
    *("executions", "conversations", "contacts", "agents"),
    *("prompts", "recordings", "api_keys", "secrets"),
)
"""Tables that are empty in a new installation, which has the examples and nothing else."""


def engine_of(database: Database) -> str:
    """Name the kind of database, for the manifest."""
    return "sqlite" if database.sqlite else "postgresql"


def copy_out(database: Database, writer: Writer, folder: Path) -> None:
    """Write the database into an archive, as it is at one moment; `folder` is for drafts."""
    if database.sqlite:
        _copy_sqlite(database, writer, folder / "database.draft")
    else:
        copies_postgresql.copy_out(database, writer)


def is_empty(database: Database) -> bool:
    """Say whether a migrated database holds nothing but what a new one has."""
    with database.read() as connection:
        own = (metadata.tables[PREFIX + name] for name in _OWN)
        return not any(connection.execute(sa.select(one).limit(1)).first() for one in own)


def check(archive: Archive, database: Database) -> None:
    """See that a copy can go into a database.

    Raises:
        Refused: it is from the other kind of database.
        BadArchive: the copy is not there, or of a version this one does not know.
    """
    kind = engine_of(database)
    if archive.manifest.get("database") != kind:
        raise Refused(
            f"the backup is of {archive.manifest.get('database')}, this database is {kind}:"
            " set DATABASE_URL to one of the same kind"
        )
    if not migrate.is_known(str(archive.manifest.get("revision"))):
        raise BadArchive("the backup was made by a newer version: restore it with that one")


def copy_in(archive: Archive, database: Database, migrate_jobs: Migrate, folder: Path) -> None:
    """Put a copy in the place of what a database holds, brought up to this version.

    All of it becomes visible in one moment, also to processes that run; `folder` is for drafts.
    """
    if database.sqlite:
        _put_sqlite(archive, database, migrate_jobs, folder / "database.draft")
    else:
        copies_postgresql.copy_in(archive, database)


def _copy_sqlite(database: Database, writer: Writer, draft: Path) -> None:
    source = database_path(database.engine.url)
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as live:
        live.execute("VACUUM INTO ?", (str(draft),))
    writer.add(FILE, draft)
    draft.unlink()


def _put_sqlite(archive: Archive, database: Database, migrate_jobs: Migrate, draft: Path) -> None:
    archive.take(FILE, draft)
    url = f"sqlite:///{draft}"
    migrate.upgrade(url)
    migrate_jobs(url)
    with database.turnstile(), closing(sqlite3.connect(draft)) as source:
        if source.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise BadArchive("the database in the backup is damaged: nothing was touched")
        _replace(source, database)
    database.flush()


def _replace(source: sqlite3.Connection, database: Database) -> None:
    """Write one database over the other as one transaction of SQLite's own."""
    path: Any = database_path(database.engine.url)
    try:
        with closing(sqlite3.connect(path, timeout=10)) as live:
            source.backup(live)
    except sqlite3.Error as error:
        raise translated(error) from error
