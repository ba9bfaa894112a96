"""The tables of events: who subscribes, what happened, and what of it is still to be sent."""

import sqlalchemy as sa

from store.schema import PREFIX, metadata
from store.types import CleanText, Json, Moment


def _text(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, CleanText, primary_key=key, nullable=False)


subscriptions = sa.Table(
    f"{PREFIX}subscriptions",
    metadata,
    _text("id", key=True),
    _text("url"),
    sa.Column("events", Json, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("created", Moment, nullable=False),
    sa.Column("paused", Moment),
    _text("reason"),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("failing_since", Moment),
)

events = sa.Table(
    f"{PREFIX}events",
    metadata,
    _text("id", key=True),
    _text("name"),
    _text("interaction"),
    _text("execution"),
    _text("flow"),
    sa.Column("at", Moment, nullable=False),
    sa.Column("data", Json, nullable=False),
)
sa.Index("lw_events_at_ix", events.c.at)
sa.Index("lw_events_interaction_ix", events.c.interaction)

deliveries = sa.Table(
    f"{PREFIX}deliveries",
    metadata,
    _text("interaction", key=True),
    _text("subscription", key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    _text("event"),
    _text("state"),
    sa.Column("due", Moment, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("until", Moment),
    sa.Column("status", sa.Integer, nullable=False),
    _text("reason"),
)
sa.Index("lw_deliveries_event_ix", deliveries.c.event)
READY = deliveries.c.state == sa.literal_column("'ready'")
OWED = deliveries.c.state != sa.literal_column("'done'")
# Written out, not bound: a plan for any value would not use an index of some rows.
sa.Index(
    "lw_deliveries_ready_ix",
    deliveries.c.subscription,
    deliveries.c.due,
    sqlite_where=READY,
    postgresql_where=READY,
)
sa.Index(
    "lw_deliveries_owed_ix", deliveries.c.subscription, sqlite_where=OWED, postgresql_where=OWED
)
