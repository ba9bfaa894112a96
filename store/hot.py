"""The statements of every turn, written for each database once.

Measured on PostgreSQL: a turn as four SQLAlchemy statements costs twice the CPU of a turn as two
on the driver. So these few are plain SQL text, and PostgreSQL gets update, turn and history as
one statement (CTEs), in one round trip. All other SQL of this room is SQLAlchemy Core.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from flow.ledger import Call
from store.types import from_sqlite, to_sqlite, utc

RUN = (
    *("id", "flow", "type", "version", "interaction", "started", "call"),
    *("token", "state", "status", "updated", "sealed", "undelivered", "pins"),
    *("awaits", "live", "outcome", "contact", "business_hours", "ended", "moves"),
)
"""The columns of an execution, in the order all statements here use."""

FIXED = 6
"""How many of them never change after the first turn."""

TURN = ("execution", "token", "fingerprint", "number", "at", "body", "content_type", "status")
HISTORY = (
    *("execution", "seq", "path", "component", "exit"),
    *("entered_at", "left_at", "result", "error"),
)
ROWS = 8
"""So many history rows at most go in with the rest: a statement is prepared for each number."""

Statement = tuple[str, list[Any]]


class Hot:
    """The texts for one database; `moment` and `read_moment` translate its times."""

    def __init__(self, *, sqlite: bool) -> None:
        self.sqlite = sqlite
        self.mark = "?" if sqlite else "%s"
        self.moment: Callable[[Any], Any] = to_sqlite if sqlite else utc
        self.read_moment: Callable[[Any], Any] = from_sqlite if sqlite else utc
        locked = "" if sqlite else "FOR NO KEY UPDATE OF e"
        run, turn = _columns("e", RUN), _columns("t", TURN)
        changes = ", ".join(f"{name} = {self.mark}" for name in RUN[FIXED:])
        this = f"= {self.mark}"
        one = ("FROM lw_executions e WHERE e.id", this, locked)
        both = "FROM lw_executions e LEFT JOIN lw_turns t ON t.execution = e.id AND t.token"
        self.lock = sql("SELECT", run, *one)
        self.open = sql("SELECT", run, ",", turn, both, this, "WHERE e.id", this, locked)
        self.glance = sql("SELECT", run, "FROM lw_executions e WHERE e.id", this)
        of_turn = ("WHERE t.execution", this, "AND t.token", this)
        self.turn = sql("SELECT", turn, "FROM lw_turns t", *of_turn)
        self.by_call = sql("SELECT id FROM lw_executions WHERE call <> '' AND call", this)
        self.insert_run = self._insert("executions", RUN, 1)
        self.insert_turn = self._insert("turns", TURN, 1)
        self.update_run = sql("UPDATE lw_executions SET", changes, "WHERE id", this)
        moved = ("WHERE id", this, "AND token", this, "AND moves", this)
        self.swap_run = sql("UPDATE lw_executions SET", changes, *moved)
        self.insert_call = self._insert("calls", tuple(Call.__dataclass_fields__), 1)
        self.insert_history = self._insert("history", HISTORY, 1)
        self.together = cache(self._together)

    def save(
        self,
        run: Sequence[Any],
        turn: Sequence[Any],
        history: Sequence[Sequence[Any]],
        *,
        new: bool,
    ) -> list[Statement]:
        """Give the statements of one turn, the one that writes the execution last.

        `run`, `turn` and the rows of `history` are values in column order; `turn` may be empty.
        """
        values = list(run) if new else [*run[FIXED:], run[0]]
        statements: list[Statement] = []
        if turn and self.sqlite:
            statements.append((self.insert_turn, list(turn)))
        whole = 0 if self.sqlite else min(len(history), ROWS)
        for start in range(whole, len(history), ROWS):
            rows = history[start : start + ROWS]
            statements.append((self._insert("history", HISTORY, len(rows)), _flat(rows)))
        text = self.together(new=new, turn=bool(turn), rows=whole)
        ahead = [] if self.sqlite else [*turn, *_flat(history[:whole])]
        return [*statements, (text, ahead + values)]

    def _together(self, *, new: bool, turn: bool, rows: int) -> str:
        """Write one statement for the whole turn; on SQLite it writes the execution alone."""
        main = self.insert_run if new else self.update_run
        parts = []
        if turn and not self.sqlite:
            parts.append(f"t AS ({self.insert_turn})")
        if rows:
            parts.append(f"h AS ({self._insert('history', HISTORY, rows)})")
        return f"WITH {', '.join(parts)} {main}" if parts else main

    def _insert(self, table: str, columns: Sequence[str], rows: int) -> str:
        row = "(" + ", ".join([self.mark] * len(columns)) + ")"
        names = "(" + ", ".join(columns) + ")"
        return sql("INSERT INTO", f"lw_{table}", names, "VALUES", ", ".join([row] * rows))


def sql(*words: str) -> str:
    """Join the words of a statement: constants of this file; values always go as parameters."""
    return " ".join(words)


def _columns(alias: str, names: Sequence[str]) -> str:
    return ", ".join(f"{alias}.{name}" for name in names)


def _flat(rows: Sequence[Sequence[Any]]) -> list[Any]:
    return [value for row in rows for value in row]
