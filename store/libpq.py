"""Runs prepared statements of PostgreSQL straight on libpq, for the two statements of a short turn.

The driver's cursors cost more than such a statement itself: they parse the text, choose types for
every parameter and build rows. Here parameters go and values come as text, by the table's types.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import pq

_FINE = {pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK}

Reader = Callable[[bytes], Any]


def _to_bytes(value: bytes) -> bytes:
    return bytes.fromhex(value[2:].decode())


def _to_time(value: bytes) -> datetime:
    return datetime.fromisoformat(value.decode())


def _to_bool(value: bytes) -> bool:
    return value == b"t"


def reader(column: sa.Column[Any]) -> Reader:
    """Choose how the text of a column's value is read."""
    kind = column.type
    if isinstance(kind, sa.LargeBinary):
        return _to_bytes
    if isinstance(kind, sa.Boolean):
        return _to_bool
    if isinstance(kind, sa.Integer):
        return int
    plain = kind.impl if isinstance(kind, sa.TypeDecorator) else kind
    return _to_time if isinstance(plain, sa.DateTime) else bytes.decode


def _param(value: Any) -> bytes | None:
    if isinstance(value, str):
        return value.encode()
    if value is None:
        return None
    if isinstance(value, bytes):
        return b"\\x" + value.hex().encode()
    if isinstance(value, bool):
        return b"t" if value else b"f"
    return (value.isoformat() if isinstance(value, datetime) else str(value)).encode()


def _params(values: Sequence[Any]) -> list[Any]:
    return [_param(value) for value in values]


class Line:
    """One connection, in autocommit, with the statements it has prepared."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        connection.autocommit = True
        self._connection = connection
        self._names: dict[str, bytes] = {}

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def first(self, text: str, values: Sequence[Any]) -> list[Any] | None:
        """Run a statement (parameters `$1`, `$2`, …); give its first row, None without one.

        Raises:
            psycopg.Error: the server refused, or is gone.
        """
        conn = self._connection.pgconn
        name = self._names.get(text) or self._prepare(text)
        result = conn.exec_prepared(name, _params(values))
        self._check(result)
        if not result.ntuples:
            return None
        return [result.get_value(0, column) for column in range(result.nfields)]

    def _prepare(self, text: str) -> bytes:
        name = b"lw%d" % len(self._names)
        self._check(self._connection.pgconn.prepare(name, text.encode()))
        self._names[text] = name
        return name

    def _check(self, result: pq.abc.PGresult) -> None:
        if result.status not in _FINE:
            raise psycopg.errors.error_from_result(result)
