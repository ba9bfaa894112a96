"""How long things are kept, and what was erased."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables."""
    _table("holds", "id", *_text("contact", "number", "email", "reason"), _time("since"))
    _table("erasures", "id", _time("at"), *_text("counts"))
    _table("erased", "sid", _time("at"))
    _table("carrier_copies", "sid", _time("since"), _time("gone", optional=True))


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _time(name: str, *, optional: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=optional)


def _table(name: str, key: str, *columns: sa.Column[Any]) -> None:
    primary = sa.PrimaryKeyConstraint(key, name=op.f(f"lw_{name}_pk"))
    op.create_table(f"lw_{name}", *_text(key), *columns, primary)
