"""Bring a database to the schema this version needs; safe when several processes start at once.

Downgrades are not offered: a release only adds, so the one before it goes on working.
"""

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from store import (
    schema_keeping,
    schema_mail,
    schema_messages,
    schema_rooms,
    schema_templates,
    schema_wrap_up,
)
from store.database import Database
from store.schema import PREFIX

VERSION_TABLE = "lw_alembic"
TABLES = (
    schema_keeping,
    schema_mail,
    schema_messages,
    schema_wrap_up,
    schema_rooms,
    schema_templates,
)  # whose tables belong to the schema besides those of store.schema
LOCK = 0x4C57_0001  # the advisory lock of everybody who migrates this database


def upgrade(url: str) -> str:
    """Run every migration the database lacks, in one transaction; give the revision reached.

    Raises:
        Unavailable: the database does not answer, or another process migrates it for too long.
    """
    database = Database(url, connections=1)
    try:
        with database.write() as connection:
            if not database.sqlite:
                connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
            upgrade_on(connection)
        return _head()
    finally:
        database.close()


def upgrade_on(connection: sa.Connection, revision: str = "head") -> None:
    """Run the migrations up to a revision in an open transaction, which the caller commits."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def is_known(revision: str) -> bool:
    """Say whether this version has the migrations of a revision."""
    scripts = ScriptDirectory.from_config(_config())
    return any(script.revision == revision for script in scripts.walk_revisions())


def current(url: str) -> str | None:
    """Give the revision a database is at; None when it was never migrated."""
    database = Database(url, connections=1)
    try:
        with database.read() as connection:
            return _revision(connection)
    finally:
        database.close()


def is_current(database: Database) -> bool:
    """Say whether the database has the schema of this version."""
    with database.read() as connection:
        return _revision(connection) == _head()


def ours(name: str | None, kind: str, _parents: object = None) -> bool:
    """Say whether a table is ours: the job library keeps its own in the same database."""
    return kind != "table" or bool(name and name.startswith(PREFIX) and name != VERSION_TABLE)


def _revision(connection: sa.Connection) -> str | None:
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    return context.get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


@cache
def _head() -> str:
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise RuntimeError("store/migrations has no migration")
    return head
