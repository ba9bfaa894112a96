"""The short way of a turn: read without a lock, then write all of it if nobody was faster.

The rules of a flow are pure, so a turn can be worked out before anything is locked and thrown away
when the run has moved meanwhile. That takes one statement to read and, on PostgreSQL, one to
write: no BEGIN, no COMMIT, and no lock while we compute.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from itertools import count
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from flow.ledger import Run, Saved, Turn
from store.database import Database
from store.errors import StoreError, translated
from store.hot import FIXED, HISTORY, RUN, TURN, Hot
from store.libpq import Line, reader
from store.runs import history_row, read_run, read_turn, run_row, turn_row
from store.schema import executions, history, turns
from store.types import clean

T = TypeVar("T")

_GLANCE = Hot(sqlite=False).glance.replace("%s", "$1", 1).replace("%s", "$2", 1)


class Swaps:
    """Short turns on one database, over driver connections of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._hot = Hot(sqlite=database.sqlite)
        self._errors: Any = database.engine.dialect.loaded_dbapi.Error
        self._idle: deque[Any] = deque()
        self._statement = cache(_compose)
        database.closing.append(self._drop)
        self._readers = [reader(executions.c[name]) for name in RUN]
        self._readers += [reader(turns.c[name]) for name in TURN]

    def glance(self, execution: str, token: str) -> tuple[Run | None, Turn | None]:
        """Read a run and what a token was used for, as they are at this moment."""
        hot, read = self._hot, self._read_sqlite if self._hot.sqlite else self._read_postgresql
        keys = (clean(token), clean(execution))
        row = self._with(lambda driver: read(driver, keys), again=True)
        if row is None:
            return None, None
        found = row[len(RUN) :]
        return read_run(row, hot), read_turn(found, hot) if found[0] is not None else None

    def _read_sqlite(self, driver: Any, keys: tuple[str, str]) -> Sequence[Any] | None:
        row: Sequence[Any] | None = driver.execute(self._hot.glance, keys).fetchone()
        return row

    def _read_postgresql(self, line: Line, keys: tuple[str, str]) -> Sequence[Any] | None:
        row = line.first(_GLANCE, keys)
        if row is None:
            return None
        pairs = zip(row, self._readers, strict=True)
        return [None if value is None else read(value) for value, read in pairs]

    def swap(self, saved: Saved, token: str, moves: int) -> bool:
        """Write a turn if the run's token and count of moves are still these; say if they were.

        Raises:
            StoreError: the database does not answer; the turn may be written or not.
        """
        if saved.turn is None or saved.new or saved.outbox or saved.facts:
            raise ValueError("only a turn that changes the run and its history can be swapped in")
        hot, execution = self._hot, saved.run.id
        run = [*run_row(saved.run, hot)[FIXED:], execution, clean(token), moves]
        turn = turn_row(saved.turn, hot)
        steps = [history_row(execution, entry, hot) for entry in saved.history]
        write = self._on_sqlite if hot.sqlite else self._on_postgresql
        return write(run, turn, steps)

    def _on_postgresql(
        self, run: Sequence[Any], turn: Sequence[Any], steps: Sequence[Sequence[Any]]
    ) -> bool:
        values = [*run, *turn, *(value for step in steps for value in step)]
        text = self._statement(len(steps))
        count_ = self._with(lambda line: line.first(text, values))
        return bool(count_ == [b"1"])

    def _on_sqlite(
        self, run: Sequence[Any], turn: Sequence[Any], steps: Sequence[Sequence[Any]]
    ) -> bool:
        hot = self._hot

        def write(driver: Any) -> bool:
            driver.execute("BEGIN IMMEDIATE")
            done: bool = driver.execute(hot.swap_run, run).rowcount == 1
            if done:
                driver.execute(hot.insert_turn, turn)
                driver.executemany(hot.insert_history, steps)
            driver.execute("COMMIT")
            return done

        with self._database.turnstile():
            swapped = self._with(write)
        self._database.flush()
        return swapped

    def _with(self, work: Callable[[Any], T], *, again: bool = False) -> T:
        """Do `work` on an idle connection; a stale one is replaced once when that does no harm."""
        driver = self._idle.pop() if self._idle else None
        fresh = driver is None
        try:
            driver = driver or self._connect()
            done = work(driver)
        except self._errors as error:
            if driver is not None:
                with suppress(self._errors):
                    driver.close()
            if again and not fresh:
                self._drop()
                return self._with(work)
            raise self._told(error) from error
        self._idle.append(driver)
        return done

    def _connect(self) -> Any:
        try:
            proxied = self._database.engine.raw_connection()
        except sa.exc.SQLAlchemyError as error:
            raise translated(error) from error
        driver: Any = proxied.driver_connection
        proxied.detach()
        return driver if self._hot.sqlite else Line(driver)

    def _drop(self) -> None:
        while self._idle:
            with suppress(self._errors, IndexError):
                self._idle.pop().close()

    def _told(self, error: Exception) -> StoreError:
        wrapped = sa.exc.DBAPIError.instance(None, None, error, self._errors)
        return translated(wrapped, committing=not self._hot.sqlite)


def _compose(steps: int) -> str:
    """Write the one statement of PostgreSQL: everything hangs on the row that was updated."""
    marks = (f"${number}" for number in count(1))
    changes = ", ".join(f"{name} = {next(marks)}" for name in RUN[FIXED:])
    where = f"id = {next(marks)} AND token = {next(marks)} AND moves = {next(marks)}"
    parts = [
        f"e AS (UPDATE lw_executions SET {changes} WHERE {where} RETURNING id)",  # noqa: S608 constants of this room
        _following("t", turns, TURN, marks, 1),
    ]
    if steps:
        parts.append(_following("h", history, HISTORY, marks, steps))
    return f"WITH {', '.join(parts)} SELECT count(*) FROM e"  # noqa: S608 as above


def _following(
    name: str, table: sa.Table, columns: Sequence[str], marks: Iterator[str], rows: int
) -> str:
    """Write the insert of rows that happens only with the update `e`."""
    casts = [table.c[column].type.compile(dialect=postgresql.dialect()) for column in columns]  # type: ignore[no-untyped-call]  # the library has no types here
    lines = ["(" + ", ".join(f"{next(marks)}::{cast}" for cast in casts) + ")" for _ in range(rows)]
    named = ", ".join(columns)
    values = f"(VALUES {', '.join(lines)}) AS v({named})"
    given = ", ".join(f"v.{column}" for column in columns)
    return f"{name} AS (INSERT INTO {table.name} ({named}) SELECT {given} FROM e, {values})"  # noqa: S608 as above
