"""Subscribers to events, and what is to be delivered to them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables."""
    _subscriptions()
    _events()
    _deliveries()


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _time(name: str, *, optional: bool = False) -> Any:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=optional)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _subscriptions() -> None:
    op.create_table(
        "lw_subscriptions",
        *map(_text, ("id", "url", "events")),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _time("created"),
        _time("paused", optional=True),
        _text("reason"),
        _number("failures"),
        _time("failing_since", optional=True),
        sa.PrimaryKeyConstraint("id", name=op.f("lw_subscriptions_pk")),
    )


def _events() -> None:
    op.create_table(
        "lw_events",
        *map(_text, ("id", "name", "interaction", "execution", "flow")),
        _time("at"),
        _text("data"),
        sa.PrimaryKeyConstraint("id", name=op.f("lw_events_pk")),
    )
    op.create_index("lw_events_at_ix", "lw_events", ["at"])
    op.create_index("lw_events_interaction_ix", "lw_events", ["interaction"])


def _deliveries() -> None:
    key = ("interaction", "subscription", "number")
    op.create_table(
        "lw_deliveries",
        *map(_text, ("interaction", "subscription")),
        _number("number"),
        *map(_text, ("event", "state")),
        _time("due"),
        _number("attempts"),
        _time("until", optional=True),
        _number("status"),
        _text("reason"),
        sa.PrimaryKeyConstraint(*key, name=op.f("lw_deliveries_pk")),
    )
    op.create_index("lw_deliveries_event_ix", "lw_deliveries", ["event"])
    _some("ready", ["subscription", "due"], "state = 'ready'")
    _some("owed", ["subscription"], "state != 'done'")


def _some(name: str, columns: list[str], condition: str) -> None:
    """Index only the rows that a query looks for."""
    where, index = sa.text(condition), f"lw_deliveries_{name}_ix"
    op.create_index(index, "lw_deliveries", columns, sqlite_where=where, postgresql_where=where)
