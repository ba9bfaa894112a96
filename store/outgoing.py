"""Outgoing calls inside one transaction: the gate, what was let go, refusals, the do-not-call list.

The gate is the last lock of a transaction but for events; who holds it counts what others have
committed, and nobody else counts meanwhile.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from desk.access import AuditEntry
from desk.call_book import Blocked, Dialled, Gate, Refusal, Tally
from desk.call_limits import DAY, HOUR
from desk.outreach import Begun, Outreach
from store.part import ADVISORY, Part
from store.schema import api_keys, audit, calls, executions, interactions, legs
from store.schema_outgoing import dialled, do_not_call, gate, outreach, refusals
from store.upserts import add_missing, upsert

_GATE = sa.select(*(gate.c[name] for name in Gate.__dataclass_fields__)).where(
    gate.c.id == sa.bindparam("key")
)
_LOCKED = _GATE.with_for_update()
_KEY = (
    sa.select(interactions.c.api_key)
    .join(executions, executions.c.interaction == interactions.c.id)
    .where(executions.c.id == sa.bindparam("execution"))
)
_CALLERS = (
    sa.select(calls.c.execution, interactions.c.api_key)
    .join(executions, executions.c.id == calls.c.execution)
    .join(interactions, interactions.c.id == executions.c.interaction)
    .where(calls.c.sid == sa.bindparam("sid"), interactions.c.api_key != "")
)
_DIALLED = sa.select(*(dialled.c[name] for name in Dialled.__dataclass_fields__))
_STILL = (
    sa.select(dialled.c.at, dialled.c.per_minute)
    .outerjoin(legs, legs.c.id == dialled.c.id)
    .outerjoin(calls, sa.and_(calls.c.sid == legs.c.sid, calls.c.sid != ""))
    .where(dialled.c.ended.is_(None), calls.c.ended.is_(None))
)
_REFUSALS = sa.select(*(refusals.c[name] for name in Refusal.__dataclass_fields__))
_BLOCKED = sa.select(*(do_not_call.c[name] for name in Blocked.__dataclass_fields__))

_COUNTED = sa.select(sa.func.count()).select_from(outreach)
_CALLS, _MESSAGES = 1, 2
"""The rows of the gate's table."""


class Outgoing(Part):
    """What outgoing calls need of one transaction."""

    def open_gate(self) -> Gate:
        """Read the gate and keep everybody else from it until the commit; after other locks."""
        row = self.first(_LOCKED, {"key": _CALLS})
        if row is None and not self.hot.sqlite:
            self.plain(ADVISORY, "gate")
            row = self.first(_LOCKED, {"key": _CALLS})
        return Gate(*row) if row else Gate()

    def gate(self) -> Gate:
        """Read the gate as it stands."""
        row = self.first(_GATE, {"key": _CALLS})
        return Gate(*row) if row else Gate()

    def keep_gate(self, changed: Gate) -> None:
        """Write the gate that was opened."""
        self.execute(upsert(gate, sqlite=self.hot.sqlite), {"id": _CALLS, **asdict(changed)})

    def message_switch(self) -> Gate:
        """Read the switch of outgoing messages as it stands."""
        row = self.first(_GATE, {"key": _MESSAGES})
        return Gate(*row) if row else Gate()

    def keep_message_switch(self, changed: Gate) -> None:
        """Write the switch of outgoing messages."""
        self.execute(upsert(gate, sqlite=self.hot.sqlite), {"id": _MESSAGES, **asdict(changed)})

    def enter_outreach(self) -> None:
        """Keep everybody else from counting messages until the commit; after other locks."""
        if not self.hot.sqlite:
            self.plain(ADVISORY, "outreach")

    def keep_outreach(self, entry: Outreach) -> None:
        """Write a message that was begun; a second time it changes nothing."""
        self.execute(add_missing(outreach, sqlite=self.hot.sqlite), asdict(entry))

    def begun(self, at: datetime, key: str | None, peer: str) -> Begun:
        """Count the messages that one key has begun, or all have where it is None."""
        own = sa.true() if key is None else outreach.c.api_key == key
        to_one = sa.and_(own, outreach.c.peer == peer)
        found = [
            self.first(_COUNTED.where(whose, outreach.c.at > since))[0]
            for whose, since in ((own, at - HOUR), (own, at - DAY), (to_one, at - HOUR))
        ]
        return Begun(*found)

    def api_key_of(self, execution: str) -> str:
        """Find the API key that began an execution's interaction; "" for none."""
        row = self.first(_KEY, {"execution": execution})
        return str(row[0]) if row else ""

    def dialled(self, leg: str) -> Dialled | None:
        """Find what was let go for a leg."""
        row = self.first(_DIALLED.where(dialled.c.id == leg))
        return Dialled(*row) if row else None

    def was_dialled(self, number: str) -> bool:
        """Say whether a number (its digest) was let go before."""
        return bool(self.first(sa.select(sa.exists().where(dialled.c.number == number)))[0])

    def keep_dialled(self, call: Dialled) -> None:
        """Write a call that is let go, or how it ended."""
        self.execute(upsert(dialled, sqlite=self.hot.sqlite), asdict(call))

    def put_through(self, call: str, number: str, since: datetime) -> Dialled | None:
        """Find what was let go for a caller (the call's id) who was put through to a number.

        Nothing was counted for it yet. The number may be written otherwise than it was asked for:
        then it is the caller's newest.
        """
        row = self.first(_CALLERS, {"sid": call})
        if row is None:
            return None
        query = _DIALLED.where(
            dialled.c.api_key == row.api_key,
            dialled.c.at > since,
            dialled.c.id.startswith(f"{row.execution}.", autoescape=True),
            dialled.c.seconds == 0,
            ~sa.exists().where(legs.c.id == dialled.c.id),
        )
        same = sa.case((dialled.c.number == number, 1), else_=0)
        found = self.first(query.order_by(same.desc(), dialled.c.at.desc()).limit(1))
        return Dialled(*found) if found else None

    def forget_dialled(self, leg: str) -> None:
        """Strike off a call that was let go and never left."""
        self.execute(sa.delete(dialled).where(dialled.c.id == leg))

    def tally(self, at: datetime, key: str | None) -> Tally:
        """Count what was let go, by one key, or in all where it is None."""
        late = dialled.c.at > at - HOUR
        counted = sa.select(
            sa.func.count().filter(late),
            sa.func.count().filter(late, dialled.c.fresh),
            sa.func.count(),
            sa.func.coalesce(sa.func.sum(dialled.c.seconds), 0),
            sa.func.coalesce(sa.func.sum(dialled.c.cost), 0.0),
        ).where(dialled.c.at > at - DAY)
        row = self.first(_of(counted, key))
        still = self.execute(_of(_STILL.where(dialled.c.at > at - DAY), key))
        hour, fresh, day, seconds, cost = row
        lasting = tuple((each.at, each.per_minute) for each in still)
        return Tally(hour, fresh, day, int(seconds), float(cost), lasting)

    def let_go_at(
        self, since: datetime, back: int, key: str | None, *, fresh: bool = False
    ) -> datetime | None:
        """Find when the call so far `back` (1: the newest) was let go, if after `since`."""
        query = _of(sa.select(dialled.c.at).where(dialled.c.at > since), key)
        if fresh:
            query = query.where(dialled.c.fresh)
        row = self.first(query.order_by(dialled.c.at.desc()).limit(1).offset(max(0, back - 1)))
        return row[0] if row else None

    def keep_refusal(self, refusal: Refusal) -> None:
        """Write a refusal; rows are only ever added."""
        self.execute(sa.insert(refusals), asdict(refusal))

    def breaches(self, key: str, since: datetime) -> int:
        """Count the calls of a key that its limits refused, since then and since it was thawed."""
        row = self.first(sa.select(api_keys.c.thawed).where(api_keys.c.id == key))
        begun = max(since, row[0]) if row and row[0] else since
        found = sa.select(sa.func.count()).where(
            refusals.c.api_key == key, refusals.c.at > begun, refusals.c.reason == "key_limit"
        )
        return int(self.first(found)[0])

    def is_frozen(self, key: str) -> bool:
        """Say whether a key is frozen."""
        row = self.first(sa.select(api_keys.c.frozen).where(api_keys.c.id == key))
        return bool(row and row[0])

    def freeze_key(self, key: str, at: datetime, why: str) -> bool:
        """Freeze a key, with an entry of the audit log; false: it is, or there is none."""
        change = sa.update(api_keys).where(api_keys.c.id == key, api_keys.c.frozen.is_(None))
        if self.execute(change.values(frozen=at, frozen_why=why)).rowcount != 1:
            return False
        entry = AuditEntry(at, "linewalk", "keys.freeze", key, {"why": why})
        self.execute(sa.insert(audit), asdict(entry))
        return True

    def refusals(self, limit: int) -> Sequence[Refusal]:
        """List the latest refusals, the newest first."""
        query = _REFUSALS.order_by(refusals.c.id.desc()).limit(limit)
        rows: list[Any] = list(self.execute(query))
        return [Refusal(*row) for row in rows]

    def block(self, entry: Blocked) -> None:
        """Put a number on the do-not-call list, or write its reason anew."""
        self.execute(upsert(do_not_call, sqlite=self.hot.sqlite), asdict(entry))

    def unblock(self, number: str) -> bool:
        """Take a number off the list; false when it is not there."""
        gone = sa.delete(do_not_call).where(do_not_call.c.number == number)
        return self.execute(gone).rowcount == 1

    def blocked(self, numbers: Collection[str]) -> set[str]:
        """Find which of these numbers are on the list."""
        query = sa.select(do_not_call.c.number).where(do_not_call.c.number.in_(numbers))
        return {row[0] for row in self.execute(query)} if numbers else set()

    def do_not_call(self, after: str, limit: int) -> Sequence[Blocked]:
        """List the numbers behind `after`, in their order."""
        query = _BLOCKED.where(do_not_call.c.number > after).order_by(do_not_call.c.number)
        rows: list[Any] = list(self.execute(query.limit(limit)))
        return [Blocked(*row) for row in rows]


def _of(query: sa.Select[Any], key: str | None) -> sa.Select[Any]:
    return query if key is None else query.where(dialled.c.api_key == key)
