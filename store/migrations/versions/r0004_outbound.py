"""What outgoing calls may do: counts, lists, switch, refusals."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables."""
    _gate()
    _dialled()
    _refusals()
    _do_not_call()


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _time(name: str, *, optional: bool = False) -> Any:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=optional)


def _key(table: str, column: str = "id") -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(column, name=op.f(f"{table}_pk"))


def _gate() -> None:
    op.create_table(
        "lw_gate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        *_text("reason"),
        _time("since", optional=True),
        _time("free_from", optional=True),
        _key("lw_gate"),
    )
    op.execute("INSERT INTO lw_gate (id, stopped, reason) VALUES (1, false, '')")


def _dialled() -> None:
    op.create_table(
        "lw_dialled",
        *_text("id"),
        _time("at"),
        *_text("api_key", "number"),
        sa.Column("fresh", sa.Boolean(), nullable=False),
        sa.Column("per_minute", sa.Float(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Float(), nullable=False),
        _time("ended", optional=True),
        _key("lw_dialled"),
    )
    op.create_index("lw_dialled_at_ix", "lw_dialled", ["at"])
    op.create_index("lw_dialled_api_key_at_ix", "lw_dialled", ["api_key", "at"])
    op.create_index("lw_dialled_number_ix", "lw_dialled", ["number"])
    still = sa.text("ended IS NULL")
    op.create_index(
        "lw_dialled_open_ix", "lw_dialled", ["api_key"], sqlite_where=still, postgresql_where=still
    )


def _refusals() -> None:
    op.create_table(
        "lw_refusals",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        _time("at"),
        *_text("leg", "kind", "api_key", "reason", "detail", "number"),
        _key("lw_refusals"),
    )
    op.create_index("lw_refusals_at_ix", "lw_refusals", ["at"])


def _do_not_call() -> None:
    op.create_table(
        "lw_do_not_call",
        *_text("number", "reason"),
        _time("added"),
        _key("lw_do_not_call", "number"),
    )
