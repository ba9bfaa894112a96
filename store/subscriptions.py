"""Who subscribes to events, and what each has not got yet."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from desk.subscriptions import Backlog, Subscription
from store.database import Database
from store.schema_events import OWED, READY, deliveries, subscriptions

_COLUMNS = tuple(subscriptions.c[name] for name in Subscription.__dataclass_fields__)
_DEAD = sa.case((deliveries.c.state == "dead", 1), else_=0)


class Subscriptions:
    """The subscribers of one installation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, subscription: Subscription) -> None:
        """Keep a new subscription; from now on its events are written."""
        with self._database.write() as connection:
            connection.execute(sa.insert(subscriptions), asdict(subscription))
        self._database.audience.forget()

    def all(self) -> list[Subscription]:
        """List the subscriptions, the oldest first."""
        query = sa.select(*_COLUMNS).order_by(subscriptions.c.created, subscriptions.c.id)
        with self._database.read() as connection:
            return [Subscription(*row) for row in connection.execute(query)]

    def find(self, subscription: str) -> Subscription | None:
        """Find a subscription by its id."""
        query = sa.select(*_COLUMNS).where(subscriptions.c.id == subscription)
        with self._database.read() as connection:
            row: Any = connection.execute(query).first()
            return Subscription(*row) if row else None

    def remove(self, subscription: str) -> bool:
        """Forget a subscription and what it has not got; false when there is none."""
        with self._database.write() as connection:
            lines = sa.delete(deliveries).where(deliveries.c.subscription == subscription)
            connection.execute(lines)
            gone = sa.delete(subscriptions).where(subscriptions.c.id == subscription)
            found = connection.execute(gone).rowcount == 1
        self._database.audience.forget()
        return found

    def pause(self, subscription: str, at: datetime, reason: str) -> bool:
        """Send nothing from now on; false when there is none, or it is paused already."""
        return self._change(
            subscription, subscriptions.c.paused.is_(None), paused=at, reason=reason
        )

    def resume(self, subscription: str, at: datetime) -> bool:
        """Send again, at once and with all patience; false when there is none that is paused."""
        fresh = {"paused": None, "reason": "", "failures": 0, "failing_since": None}
        if not self._change(subscription, subscriptions.c.paused.is_not(None), **fresh):
            return False
        ready = (deliveries.c.subscription == subscription, READY)
        again = sa.update(deliveries).where(*ready).values(due=at, until=None, attempts=0)
        with self._database.write() as connection:
            connection.execute(again)
        return True

    def failed(self, subscription: str, at: datetime) -> Subscription | None:
        """Count a failure; give the subscription as it is then, None when it was removed."""
        since = sa.func.coalesce(subscriptions.c.failing_since, sa.literal(at, _MOMENT))
        counted = subscriptions.c.failures + 1
        self._change(subscription, sa.true(), failures=counted, failing_since=since)
        return self.find(subscription)

    def succeeded(self, subscription: str) -> None:
        """Forget the failures."""
        self._change(subscription, subscriptions.c.failures > 0, failures=0, failing_since=None)

    def backlogs(self) -> dict[str, Backlog]:
        """Count, by subscription, what is still to be sent and what was given up."""
        columns = (deliveries.c.subscription, sa.func.count(), sa.func.sum(_DEAD))
        query = sa.select(*columns).where(OWED).group_by(deliveries.c.subscription)
        with self._database.read() as connection:
            rows = [(row[0], row[1], int(row[2])) for row in connection.execute(query)]
        return {name: Backlog(count - dead, dead) for name, count, dead in rows}

    def _change(self, subscription: str, condition: sa.ColumnElement[bool], **values: Any) -> bool:
        change = sa.update(subscriptions).where(subscriptions.c.id == subscription, condition)
        with self._database.write() as connection:
            return connection.execute(change.values(**values)).rowcount == 1


_MOMENT = subscriptions.c.failing_since.type
