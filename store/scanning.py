"""Reads whole tables without being in anybody's way: page by page, or once with patience."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa

from store.database import Database

PAGE = 1_000
"""Rows one statement reads: milliseconds, far below the server's time-out for statements."""

BATCH = 50
"""Keys one transaction removes by: on SQLite everybody else waits for it."""

T = TypeVar("T")
Rest = Callable[[float], object]


def pages(database: Database, *columns: sa.Column[Any]) -> Iterator[Sequence[sa.Row[Any]]]:
    """Read a table a page at a time, in the order of the first column, its key."""
    key, after = columns[0], None
    while True:
        query = sa.select(*columns).order_by(key).limit(PAGE)
        with database.read() as connection:
            rows = connection.execute(query if after is None else query.where(key > after)).all()
        if rows:
            yield rows
        if len(rows) < PAGE:
            return
        after = rows[-1][0]


def batches(keys: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """Cut keys into lists of `size` at the most."""
    left = iter(keys)
    while batch := list(islice(left, size)):
        yield batch


@contextmanager
def patient(database: Database) -> Iterator[sa.Connection]:
    """Open a transaction that only reads, whose statements may take their time."""
    with database.read() as connection:
        take_time(database, connection)
        yield connection


def take_time(database: Database, connection: sa.Connection) -> None:
    """Let the statements of an open transaction take their time."""
    if not database.sqlite:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")


@contextmanager
def gently(database: Database, rest: Rest = time.sleep) -> Iterator[sa.Connection]:
    """Write one batch, then leave the database to the others for as long as it took."""
    began = time.monotonic()
    with database.write() as connection:
        yield connection
    rest(time.monotonic() - began)
