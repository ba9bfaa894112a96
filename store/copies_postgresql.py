"""A PostgreSQL database out to an archive, table by table, and back in one transaction."""

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from psycopg import sql

from store import migrate
from store.archive import Archive, BadArchive, Writer
from store.database import Database
from store.scanning import take_time
from store.schema import PREFIX

JOBS = "dbos"
"""The schema of the job library's tables."""

LIST = "database/tables.json"

_NOT_COPIED = {f"public.{migrate.VERSION_TABLE}", f"{JOBS}.dbos_migrations"}
"""What the migrations themselves keep."""

_TABLES = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND (n.nspname = %s OR (n.nspname = 'public' AND left(c.relname, 3) = %s))
ORDER BY 1, 2
"""
_COLUMNS = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = %s AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position
"""
_KEYS = """
SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
WHERE contype = 'f' AND conrelid <> confrelid
"""
_FUNCTIONS = """
SELECT oid::regprocedure::text FROM pg_proc
WHERE left(proname, 3) = %s AND pronamespace = 'public'::regnamespace
"""
_SERIALS = """
SELECT a.attname, pg_get_serial_sequence(%s, a.attname) FROM pg_attribute a
WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
AND pg_get_serial_sequence(%s, a.attname) IS NOT NULL
"""


def copy_out(database: Database, writer: Writer) -> None:
    """Write every table as PostgreSQL's own COPY text, all as of one moment."""
    with database.engine.connect() as connection:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        take_time(database, connection)
        cursor = connection.connection.cursor()
        told = _tables(cursor)
        for name, columns in told.items():
            _write(cursor, writer, name, columns)
    with writer.entry(LIST) as entry:
        entry.write(json.dumps(told).encode())


def copy_in(archive: Archive, database: Database) -> None:
    """Make our tables anew as the copy's version had them, fill them, and bring them up to date."""
    told = _list(archive)
    with database.write() as connection:
        take_time(database, connection)
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(migrate.LOCK)))
        cursor = connection.connection.cursor()
        _clear(cursor)
        migrate.upgrade_on(connection, str(archive.manifest["revision"]))
        here = _tables(cursor)
        _empty(cursor, here)
        for name in _in_order(cursor, [name for name in told if name in here]):
            _read(cursor, archive, name, [c for c in told[name] if c in here[name]], told[name])
        migrate.upgrade_on(connection)


def _tables(cursor: Any) -> dict[str, list[str]]:
    """List our tables and the job library's, with their columns."""
    found = cursor.execute(_TABLES, (JOBS, PREFIX)).fetchall()
    names = [row for row in found if ".".join(row) not in _NOT_COPIED]
    return {
        ".".join(row): [each[0] for each in cursor.execute(_COLUMNS, row).fetchall()]
        for row in names
    }


def _write(cursor: Any, writer: Writer, name: str, columns: list[str]) -> None:
    query = sql.SQL("COPY {} ({}) TO STDOUT").format(_table(name), _names(columns))
    with writer.entry(_entry(name)) as entry, cursor.copy(query) as copy:
        for piece in copy:
            entry.write(bytes(piece))


def _read(
    cursor: Any, archive: Archive, name: str, columns: list[str], all_columns: list[str]
) -> None:
    if columns != all_columns:
        raise BadArchive(f"{name} in the backup has columns this version does not know")
    query = sql.SQL("COPY {} ({}) FROM STDIN").format(_table(name), _names(columns))
    with cursor.copy(query) as copy:
        for piece in archive.pieces(_entry(name)):
            copy.write(piece)
    quoted = _table(name).as_string(cursor)
    for column, sequence in cursor.execute(_SERIALS, (quoted, quoted, quoted)).fetchall():
        highest = sql.SQL("SELECT setval({}, coalesce(max({}), 0) + 1, false) FROM {}")
        cursor.execute(highest.format(sequence, sql.Identifier(column), _table(name)))


def _clear(cursor: Any) -> None:
    """Remove our tables and functions; the migrations make them anew."""
    for name in [name for name in _tables(cursor) if name.startswith("public.")]:
        cursor.execute(sql.SQL("DROP TABLE {} CASCADE").format(_table(name)))
    versions = sql.Identifier("public", migrate.VERSION_TABLE)
    cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(versions))
    for (function,) in cursor.execute(_FUNCTIONS, (PREFIX,)).fetchall():
        cursor.execute(sql.SQL("DROP FUNCTION {} CASCADE").format(sql.SQL(function)))


def _empty(cursor: Any, names: dict[str, list[str]]) -> None:
    """Remove what the migrations and the job library have put in."""
    together = sql.SQL(", ").join(_table(name) for name in names)
    cursor.execute(sql.SQL("TRUNCATE {} CASCADE").format(together))


def _in_order(cursor: Any, names: list[str]) -> list[str]:
    """Sort tables so that none comes before those it refers to."""
    refers: dict[str, set[str]] = {name: set() for name in names}
    for one, other in cursor.execute(_KEYS).fetchall():
        pair = [name if "." in name else f"public.{name}" for name in (one, other)]
        if set(pair) <= set(names):
            refers[pair[0]].add(pair[1])
    return list(_sorted(refers))


def _sorted(refers: dict[str, set[str]]) -> Iterator[str]:
    left = dict(refers)
    while left:
        free = sorted(name for name, others in left.items() if not others & left.keys())
        if not free:
            raise BadArchive("the tables of the backup refer to each other in a circle")
        for name in free:
            del left[name]
        yield from free


def _list(archive: Archive) -> dict[str, list[str]]:
    try:
        told = json.loads(b"".join(archive.pieces(LIST)))
    except (KeyError, ValueError):
        told = None
    if not isinstance(told, dict) or any(_entry(name) not in archive.names for name in told):
        raise BadArchive("the backup does not name its tables: nothing was touched")
    return told


def _entry(name: str) -> str:
    return f"database/{name}.copy"


def _table(name: str) -> sql.Identifier:
    return sql.Identifier(*name.split(".", 1))


def _names(columns: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(column) for column in columns)
