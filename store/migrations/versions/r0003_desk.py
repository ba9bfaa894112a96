"""Agents, who waits, offers, assignments, and the calls that we place."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the desk's tables."""
    _desk()
    _agents()
    _queue()
    _legs()


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _time(name: str, *, optional: bool = False) -> Any:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=optional)


def _number(name: str, *, optional: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=optional)


def _flag(name: str, *, optional: bool = False) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=optional)


def _table(name: str, *columns: Any) -> None:
    flat: list[Any] = []
    for column in columns:
        flat.extend(column if isinstance(column, list) else [column])
    key = sa.PrimaryKeyConstraint("id", name=op.f(f"lw_{name}_pk"))
    op.create_table(f"lw_{name}", *flat, key)


def _desk() -> None:
    _table("desk", _number("id"), _number("version"))
    op.execute("INSERT INTO lw_desk (id, version) VALUES (1, 0)")
    _table("ring_groups", _text("id", "title"))


def _agents() -> None:
    _table(
        "agents",
        _text("id", "name", "address", "ring_groups", "attributes"),
        _flag("accept_by_key", optional=True),
        _text("presence"),
        _time("since", optional=True),
        _text("assignment", "then"),
        _time("wrap_up_until", optional=True),
        _time("last_call_ended", optional=True),
        _flag("removed"),
        _number("changed"),
    )
    op.create_index("lw_agents_changed_ix", "lw_agents", ["changed"])


def _queue() -> None:
    _table(
        "waiting",
        _text("id", "who"),
        _time("entered"),
        _number("priority"),
        _time("deadline", optional=True),
        _text("ringing", "tried", "excluded"),
        _flag("returned"),
        _time("not_before", optional=True),
        _text("kind"),
        _flag("waits"),
        _number("changed"),
    )
    op.create_index("lw_waiting_changed_ix", "lw_waiting", ["changed"])
    _table("tickets", _text("id", "execution", "data"), _time("created"))
    _table(
        "offers",
        _text("id", "contact", "agent"),
        _time("made"),
        _time("expires"),
        _text("state"),
        _time("ended", optional=True),
        _number("changed"),
    )
    op.create_index("lw_offers_changed_ix", "lw_offers", ["changed"])
    _table(
        "assignments",
        _text("id", "contact", "agent"),
        _time("began"),
        _time("ended", optional=True),
        _text("how"),
        _number("changed"),
    )
    op.create_index("lw_assignments_changed_ix", "lw_assignments", ["changed"])
    op.create_index("lw_assignments_agent_began_ix", "lw_assignments", ["agent", "began"])


def _legs() -> None:
    _table(
        "legs",
        _text("id", "token", "kind", "execution", "recipient", "sender"),
        _number("ring_seconds"),
        _flag("machine_detection"),
        _time("created"),
        _text("state", "sid", "status"),
        _number("sip", optional=True),
        _number("tries"),
        _time("tried", optional=True),
        _time("ended", optional=True),
        _text("reason"),
    )
    placed = sa.text("sid <> ''")
    op.create_index(
        "lw_legs_sid_ix", "lw_legs", ["sid"], sqlite_where=placed, postgresql_where=placed
    )
