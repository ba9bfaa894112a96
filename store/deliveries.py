"""What is still to be sent to subscribers: claimed under a lease, settled once."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from desk.subscriptions import Delivery, DeliveryState, OutsideEvent, Parcel, Subscription
from store.database import Database
from store.hot import Hot
from store.part import Part
from store.schema import executions
from store.schema_events import OWED, READY, deliveries, events, subscriptions
from store.told import lock_line

_DELIVERY = tuple(deliveries.c[name] for name in Delivery.__dataclass_fields__)
_EVENT = tuple(events.c[name] for name in OutsideEvent.__dataclass_fields__)
_SUBSCRIPTION = tuple(subscriptions.c[name] for name in Subscription.__dataclass_fields__)
_DUE = (READY, deliveries.c.due <= sa.bindparam("now"))
_NOT_PAUSED = sa.exists(
    sa.select(subscriptions.c.id).where(
        subscriptions.c.id == deliveries.c.subscription, subscriptions.c.paused.is_(None)
    )
)
_COUNTS = (
    sa.select(deliveries.c.subscription, sa.func.count())
    .where(*_DUE, _NOT_PAUSED)
    .group_by(deliveries.c.subscription)
)
_PICK = (
    sa.select(*_DELIVERY)
    .where(*_DUE, _NOT_PAUSED, deliveries.c.subscription == sa.bindparam("s"))
    .order_by(deliveries.c.due, deliveries.c.interaction, deliveries.c.number)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_OPEN = ("ready", "waiting")
_AT_ONCE = 5_000  # events one transaction removes: on SQLite everybody else waits for it


class Deliveries:
    """The deliveries of one installation."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._hot = Hot(sqlite=database.sqlite)

    def due(self, now: datetime) -> Mapping[str, int]:
        """Count what is to be sent now, by subscription; the paused ones are left out."""
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(_COUNTS, {"now": now})}

    def claim(
        self, subscription: str, now: datetime, lease: datetime, until: datetime
    ) -> Parcel | None:
        """Take the delivery that is due for longest; others have it after the lease.

        `until` is when it will be given up, if this is its first try.
        """
        with self._database.write() as connection:
            row: Any = connection.execute(_PICK, {"now": now, "s": subscription}).first()
            if row is None:
                return None
            found = Delivery(*row)
            taken = replace(
                found, due=lease, attempts=found.attempts + 1, until=found.until or until
            )
            changed = {"due": taken.due, "attempts": taken.attempts, "until": taken.until}
            connection.execute(sa.update(deliveries).where(*_same(taken)).values(**changed))
            event = sa.select(*_EVENT).where(events.c.id == taken.event)
            whom = sa.select(*_SUBSCRIPTION).where(subscriptions.c.id == subscription)
            what: Any = connection.execute(event).one()
            who: Any = connection.execute(whom).one()
            return Parcel(Subscription(*who), taken, OutsideEvent(*what))

    def postpone(self, delivery: Delivery, due: datetime, status: int, reason: str) -> None:
        """Leave a claimed delivery until later; nothing if somebody has claimed it since."""
        change = sa.update(deliveries).where(*_mine(delivery))
        with self._database.write() as connection:
            connection.execute(change.values(due=due, status=status, reason=reason))

    def settle(
        self, delivery: Delivery, state: DeliveryState, now: datetime, status: int, reason: str
    ) -> bool:
        """Write that a claimed delivery is `done` or `dead`, and let the next of its line come.

        False if somebody has claimed it since.
        """
        change = sa.update(deliveries).where(*_mine(delivery))
        with self._database.write() as connection:
            part = Part(connection, self._hot)
            lock_line(part, delivery.interaction)
            done = part.execute(change.values(state=state, status=status, reason=reason))
            if done.rowcount != 1:
                return False
            self._let_next(part, delivery, now)
            return True

    def _let_next(self, part: Part, delivery: Delivery, now: datetime) -> None:
        line = (
            deliveries.c.interaction == delivery.interaction,
            deliveries.c.subscription == delivery.subscription,
        )
        query = sa.select(deliveries.c.number, deliveries.c.state)
        rows = part.execute(query.where(*line, deliveries.c.state.in_(_OPEN))).all()
        if not rows or any(row.state == "ready" for row in rows):
            return
        first = min(row.number for row in rows)
        following = sa.update(deliveries).where(*line, deliveries.c.number == first)
        part.execute(following.values(state="ready", due=now))

    def redeliver(self, name: str, now: datetime) -> int:
        """Send again: what a subscription was given up for, or one event to all who had it.

        Gives how many deliveries there will be.
        """
        dead = (deliveries.c.subscription == name) & OWED & (deliveries.c.state == "dead")
        settled = (deliveries.c.event == name) & deliveries.c.state.in_(("done", "dead"))
        fresh = {"state": "ready", "due": now, "attempts": 0, "until": None}
        changes = [sa.update(deliveries).where(which).values(**fresh) for which in (dead, settled)]
        with self._database.write() as connection:
            return sum(connection.execute(change).rowcount for change in changes)

    def forget(self, done: datetime, anything: datetime) -> int:
        """Remove the events of old interactions, for the numbers go on while one is there.

        Old is what has ended, had no event since `done`, and owes nobody one; and every event of
        before `anything`. Gives how many events there were.
        """
        old = sa.select(events.c.id).where(sa.or_(events.c.at < anything, _settled(done)))
        with self._database.write() as connection:
            gone = list(connection.scalars(old.limit(_AT_ONCE)))
            connection.execute(sa.delete(deliveries).where(deliveries.c.event.in_(gone)))
            connection.execute(sa.delete(events).where(events.c.id.in_(gone)))
        return len(gone)


def _settled(done: datetime) -> sa.ColumnElement[bool]:
    """Say of an event that nothing of its interaction is open or newer than `done`."""
    same = events.c.interaction
    other = events.alias("other")
    newer = sa.select(other.c.id).where(other.c.interaction == same, other.c.at >= done)
    owed = sa.select(deliveries.c.event).where(
        deliveries.c.interaction == same, deliveries.c.state != "done"
    )
    runs = sa.select(executions.c.id).where(
        executions.c.interaction == same, executions.c.ended.is_(None)
    )
    parts = (sa.exists(part.correlate(events)) for part in (newer, owed, runs))
    return sa.and_(events.c.at < done, *(~part for part in parts))


def _same(delivery: Delivery) -> tuple[sa.ColumnElement[bool], ...]:
    names = ("interaction", "subscription", "number")
    return tuple(deliveries.c[name] == getattr(delivery, name) for name in names)


def _mine(delivery: Delivery) -> tuple[sa.ColumnElement[bool], ...]:
    """Say which row a claim is, unless it was claimed again since."""
    claimed = (deliveries.c.state == "ready", deliveries.c.attempts == delivery.attempts)
    return (*_same(delivery), *claimed)
