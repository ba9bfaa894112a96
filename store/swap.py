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

from flow.ledger import Call, Greeting, Run, Saved, Turn
from store.database import Database
from store.errors import Conflict, StoreError, translated
from store.greeting import CALL, READ, WELCOME, call_row, greeting_keys, read_greeting
from store.hot import FIXED, HISTORY, RUN, TURN, Hot, sql
from store.libpq import Line, reader
from store.runs import history_row, read_run, run_row, turn_row
from store.schema import calls, executions, history, turns
from store.types import clean

T = TypeVar("T")


def _numbered(text: str, mark: str) -> str:
    """Write the parameters of a statement as libpq wants them, by number."""
    first, *rest = text.split(mark)
    return first + "".join(f"${number}{part}" for number, part in enumerate(rest, start=1))


_GLANCE = _numbered(Hot(sqlite=False).glance, "%s")
_WELCOME = _numbered(WELCOME, "?")


class Swaps:
    """Short turns on one database, over driver connections of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._hot = Hot(sqlite=database.sqlite)
        self._errors: Any = database.engine.dialect.loaded_dbapi.Error
        self._idle: deque[Any] = deque()
        self._statement = cache(_compose)
        self._admission = cache(_compose_first)
        database.closing.append(self._drop)
        self._readers = [reader(executions.c[name]) for name in RUN]

    def glance(self, execution: str) -> Run | None:
        """Read a run as it is at this moment."""
        hot, read = self._hot, self._read_sqlite if self._hot.sqlite else self._read_postgresql
        keys = (clean(execution),)
        row = self._with(lambda driver: read(driver, keys), again=True)
        return read_run(row, hot) if row is not None else None

    def _read_sqlite(self, driver: Any, keys: tuple[str]) -> Sequence[Any] | None:
        row: Sequence[Any] | None = driver.execute(self._hot.glance, keys).fetchone()
        return row

    def _read_postgresql(self, line: Line, keys: tuple[str]) -> Sequence[Any] | None:
        row = line.first(_GLANCE, keys)
        if row is None:
            return None
        pairs = zip(row, self._readers, strict=True)
        return [None if value is None else read(value) for value, read in pairs]

    def welcome(self, sid: str, recipient: str, sender: str) -> tuple[str, Greeting]:
        """Read the execution a call has ("" for none) and what a new call needs to know."""
        hot = self._hot
        keys = (*greeting_keys(sid, recipient, sender), clean(sid))
        read = self._welcome_sqlite if hot.sqlite else self._welcome_postgresql
        row = self._with(lambda driver: read(driver, keys), again=True)
        return row[0] or "", read_greeting(row[1:], hot)

    def _welcome_sqlite(self, driver: Any, keys: Sequence[str]) -> Sequence[Any]:
        row: Sequence[Any] = driver.execute(WELCOME, keys).fetchone()
        return row

    def _welcome_postgresql(self, line: Line, keys: Sequence[str]) -> Sequence[Any]:
        row = line.first(_WELCOME, keys) or []
        pairs = zip(row, (bytes.decode, *READ), strict=True)
        return [None if value is None else read(value) for value, read in pairs]

    def admit(self, saved: Saved, call: Call) -> bool:
        """Write the first turn of a call and its leg, if nobody has entered the call meanwhile.

        Raises:
            StoreError: the database does not answer; the turn may be written or not.
        """
        turn = short_turn(saved, new=True)
        hot, execution = self._hot, saved.run.id
        parts = (run_row(saved.run, hot), call_row(call, hot), turn_row(turn, hot))
        steps = [history_row(execution, entry, hot) for entry in saved.history]
        try:
            if hot.sqlite:
                return self._admit_sqlite(*parts, steps)
            values = [clean(call.sid), *(v for part in (*parts, *steps) for v in part)]
            found = self._with(lambda line: line.first(self._admission(len(steps)), values))
        except Conflict:
            return False
        return bool(found == [b"1"])

    def _admit_sqlite(
        self, run: Sequence[Any], call: Sequence[Any], turn: Sequence[Any], steps: Sequence[Any]
    ) -> bool:
        hot = self._hot

        def write(driver: Any) -> bool:
            driver.execute("BEGIN IMMEDIATE")
            driver.execute(hot.insert_run, run)
            driver.execute(hot.insert_call, call)
            driver.execute(hot.insert_turn, turn)
            driver.executemany(hot.insert_history, steps)
            driver.execute("COMMIT")
            return True

        with self._database.turnstile():
            admitted = self._with(write)
        self._database.flush()
        return admitted

    def swap(self, saved: Saved, token: str, moves: int) -> bool:
        """Write a turn if the run's token and count of moves are still these; say if they were.

        Raises:
            StoreError: the database does not answer; the turn may be written or not.
        """
        turn = short_turn(saved, new=False)
        hot, execution = self._hot, saved.run.id
        run = [*run_row(saved.run, hot)[FIXED:], execution, clean(token), moves]
        steps = [history_row(execution, entry, hot) for entry in saved.history]
        write = self._on_sqlite if hot.sqlite else self._on_postgresql
        return write(run, turn_row(turn, hot), steps)

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
        if self._database.closed:  # meanwhile: nobody else will close what has just come back
            self._drop()
        return done

    def _connect(self) -> Any:
        self._database.require_open()
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


def short_turn(saved: Saved, *, new: bool) -> Turn:
    """Give the turn of what can be written the short way.

    Raises:
        ValueError: it is more than a turn, its run and its history.
    """
    if saved.turn is None or saved.new is not new or saved.outbox or saved.facts:
        raise ValueError("only a turn, its run and its history are written the short way")
    return saved.turn


def _compose(steps: int) -> str:
    """Write the one statement of PostgreSQL: everything hangs on the row that was updated."""
    marks = (f"${number}" for number in count(1))
    changes = ", ".join(f"{name} = {next(marks)}" for name in RUN[FIXED:])
    where = f"id = {next(marks)} AND token = {next(marks)} AND moves = {next(marks)}"
    update = sql("UPDATE lw_executions SET", changes, "WHERE", where, "RETURNING id")
    parts = [_named("e", update), _following("t", turns, TURN, marks, 1)]
    if steps:
        parts.append(_following("h", history, HISTORY, marks, steps))
    return _counted(parts)


def _compose_first(steps: int) -> str:
    """Write the one statement of PostgreSQL for a first turn.

    It holds the call's lock (`Runs.enter_call`) first: a status report of the same call waits.
    """
    marks = (f"${number}" for number in count(1))
    lock = f"SELECT pg_advisory_xact_lock(hashtextextended({next(marks)}, 19543))::text AS x"
    run = ", ".join(f"{next(marks)}::{cast}" for cast in _casts(executions, RUN))
    held = "FROM l WHERE l.x IS NOT NULL ON CONFLICT DO NOTHING RETURNING id"
    into = sql("INSERT INTO lw_executions (", ", ".join(RUN), ") SELECT", run, held)
    parts = [
        f"l AS MATERIALIZED ({lock})",
        _named("e", into),
        _following("c", calls, CALL, marks, 1),
        _following("t", turns, TURN, marks, 1),
    ]
    if steps:
        parts.append(_following("h", history, HISTORY, marks, steps))
    return _counted(parts)


def _named(name: str, text: str) -> str:
    return f"{name} AS ({text})"


def _counted(parts: Sequence[str]) -> str:
    return sql("WITH", ", ".join(parts), "SELECT count(*) FROM e")


def _casts(table: sa.Table, columns: Sequence[str]) -> list[str]:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # the library has no types here
    return [table.c[column].type.compile(dialect=dialect) for column in columns]


def _following(
    name: str, table: sa.Table, columns: Sequence[str], marks: Iterator[str], rows: int
) -> str:
    """Write the insert of rows that happens only with the row of `e`."""
    casts = _casts(table, columns)
    lines = ["(" + ", ".join(f"{next(marks)}::{cast}" for cast in casts) + ")" for _ in range(rows)]
    named = ", ".join(columns)
    values = f"(VALUES {', '.join(lines)}) AS v({named})"
    given = ", ".join(f"v.{column}" for column in columns)
    into = sql("INSERT INTO", table.name, "(", named, ") SELECT", given, "FROM e,", values)
    return _named(name, into)
