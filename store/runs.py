"""One turn in the database: find the walk, lock it, write all that the turn changed."""

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from flow.ledger import Answer, Run, Saved, Turn
from flow.step import HistoryEntry
from store import facts
from store.errors import Missing
from store.happenings import tells
from store.hot import RUN, Hot
from store.outbox import write_outbox
from store.part import ADVISORY, Part
from store.schema import turns
from store.types import clean, to_json

_LATEST = (
    sa.select(turns.c.body, turns.c.content_type, turns.c.status)
    .where(turns.c.execution == sa.bindparam("e"), turns.c.body.is_not(None))
    .order_by(turns.c.number.desc())
    .limit(1)
)
_ANSWER = (
    sa.update(turns)
    .where(turns.c.execution == sa.bindparam("e"), turns.c.token == sa.bindparam("t"))
    .values(body=sa.bindparam("b"), content_type=sa.bindparam("c"), status=sa.bindparam("s"))
)


class Runs(Part):
    """Executions and their turns, inside one transaction."""

    def enter_call(self, sid: str) -> str:
        """Find the execution of a call, or "" for none; first requests of a call queue up here."""
        if not sid:
            return ""
        if not self.hot.sqlite:
            self.plain(ADVISORY, clean(sid))
        row = self.plain(self.hot.by_call, clean(sid)).fetchone()
        return row[0] if row else ""

    def lock(self, execution: str) -> Run | None:
        """Read a run and keep everybody else from it until the commit."""
        row = self.plain(self.hot.lock, clean(execution)).fetchone()
        return read_run(row, self.hot) if row else None

    def turn(self, execution: str, token: str) -> Turn | None:
        """Find what a token was used for."""
        row = self.plain(self.hot.turn, clean(execution), clean(token)).fetchone()
        return read_turn(row, self.hot) if row else None

    def open_turn(self, execution: str, token: str) -> tuple[Run | None, Turn | None]:
        """Do `lock` and `turn` at once: one round trip when the token is the run's own.

        PostgreSQL reads the turn as it was before it waited for the lock. So unless the token is
        still the one that may move the run, the turn is read again. It may be that and used all
        the same while the run awaits something: only an answer brings a new one.
        """
        row = self.plain(self.hot.open, clean(token), clean(execution)).fetchone()
        if row is None:
            return None, None
        run, found = read_run(row, self.hot), row[len(RUN) :]
        turn = read_turn(found, self.hot) if found[0] is not None else None
        asks = not run.awaits and run.undelivered == "[]" and run.status != "ended"
        stale = turn is None and not (asks and run.token == token)
        if not self.hot.sqlite and (stale or (turn is not None and turn.answer is None)):
            turn = self.turn(execution, token)
        return run, turn

    def latest_answer(self, execution: str) -> Answer | None:
        """Find the answer of the newest turn that has one."""
        row = self.first(_LATEST, {"e": execution})
        return Answer(*row) if row else None

    def save(self, saved: Saved) -> None:
        """Write everything one turn changes.

        Raises:
            Conflict: the token was used before, or the call has another execution already.
            Missing: the run was never inserted.
        """
        execution, hot = saved.run.id, self.hot
        turn = turn_row(saved.turn, hot) if saved.turn else ()
        history = [history_row(execution, entry, hot) for entry in saved.history]
        for text, values in hot.save(run_row(saved.run, hot), turn, history, new=saved.new):
            result = self.plain(text, *values)
        if result.rowcount != 1:
            raise self.fail(Missing("there is no execution of this id to save"))
        if saved.outbox:
            write_outbox(self, saved.outbox)
        if saved.facts:
            facts.write(self, saved)
        if tells(saved):
            self.happened.append(saved)

    def answer(self, execution: str, token: str, answer: Answer) -> None:
        """Write the answer of a turn that had none.

        Raises:
            Missing: there is no such turn.
        """
        key = {"e": execution, "t": token}
        values = {"b": answer.body, "c": answer.content_type, "s": answer.status}
        if self.execute(_ANSWER, key | values).rowcount != 1:
            raise self.fail(Missing("there is no turn of this token to answer"))


def read_run(row: Sequence[Any], hot: Hot) -> Run:
    """Read a run from the columns `store.hot.RUN`."""
    when = hot.read_moment
    return Run(
        id=row[0],
        flow=row[1],
        type=row[2],
        version=row[3],
        interaction=row[4],
        started=when(row[5]),
        call=row[6],
        token=row[7],
        state=row[8],
        status=row[9],
        updated=when(row[10]),
        sealed=row[11],
        undelivered=row[12],
        pins=json.loads(row[13]) if row[13] != "{}" else {},
        awaits=row[14],
        live=bool(row[15]),
        outcome=row[16],
        contact=row[17],
        business_hours=row[18],
        ended=when(row[19]) if row[19] is not None else None,
        moves=row[20],
    )


def run_row(run: Run, hot: Hot) -> list[Any]:
    """Write a run as the columns `store.hot.RUN`."""
    fixed = (run.id, run.flow, run.type, run.version, run.interaction)
    moment = hot.moment
    return [
        *map(clean, fixed),
        moment(run.started),
        *map(clean, (run.call, run.token, run.state, run.status)),
        moment(run.updated),
        run.sealed,
        clean(run.undelivered),
        to_json(run.pins) if run.pins else "{}",
        clean(run.awaits),
        run.live,
        *map(clean, (run.outcome, run.contact, run.business_hours)),
        moment(run.ended) if run.ended is not None else None,
        run.moves,
    ]


def read_turn(row: Sequence[Any], hot: Hot) -> Turn:
    """Read a turn from the columns `store.hot.TURN`."""
    execution, token, fingerprint, number, at, body, content_type, status = row
    answer = Answer(body, content_type, status) if body is not None else None
    return Turn(execution, token, fingerprint, number, hot.read_moment(at), answer)


def turn_row(turn: Turn, hot: Hot) -> tuple[Any, ...]:
    """Write a turn as the columns `store.hot.TURN`."""
    key = (clean(turn.execution), clean(turn.token), clean(turn.fingerprint))
    answer = turn.answer
    kept = (answer.body, clean(answer.content_type), answer.status) if answer else (None, "", 0)
    return (*key, turn.number, hot.moment(turn.at), *kept)


def history_row(execution: str, entry: HistoryEntry, hot: Hot) -> tuple[Any, ...]:
    """Write a history entry as the columns `store.hot.HISTORY`."""
    names = (entry.path, entry.component, entry.exit)
    times = (hot.moment(entry.entered), hot.moment(entry.left))
    result = to_json(entry.result)
    return (clean(execution), entry.seq, *map(clean, names), *times, result, clean(entry.error))
