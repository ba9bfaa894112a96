"""API keys, who started what by the API and was answered what, and the audit log."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables of the API."""
    _keys()
    _interactions()
    _idempotency()
    _audit()


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _time(name: str, *, optional: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=optional)


def _keys() -> None:
    op.create_table(
        "lw_api_keys",
        *_text("id", "name", "prefix", "digest", "scopes"),
        _time("created"),
        *(_time(name, optional=True) for name in ("expires", "revoked", "last_used")),
        sa.PrimaryKeyConstraint("id", name=op.f("lw_api_keys_pk")),
        sa.UniqueConstraint("prefix", name=op.f("lw_api_keys_prefix_uq")),
    )


def _interactions() -> None:
    op.create_table(
        "lw_interactions",
        *_text("id", "flow", "execution", "api_key"),
        _time("created"),
        sa.Column("running", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("lw_interactions_pk")),
    )
    columns = ["api_key", "created"]
    op.create_index("lw_interactions_api_key_created_ix", "lw_interactions", columns)
    running = sa.text("running")
    op.create_index(
        "lw_interactions_running_ix",
        "lw_interactions",
        ["api_key"],
        sqlite_where=running,
        postgresql_where=running,
    )


def _idempotency() -> None:
    op.create_table(
        "lw_idempotency",
        *_text("api_key", "name", "fingerprint"),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        _time("at"),
        sa.PrimaryKeyConstraint("api_key", "name", name=op.f("lw_idempotency_pk")),
    )
    op.create_index("lw_idempotency_api_key_at_ix", "lw_idempotency", ["api_key", "at"])


def _audit() -> None:
    op.create_table(
        "lw_audit",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        _time("at"),
        *_text("actor", "action", "subject", "detail"),
        sa.PrimaryKeyConstraint("id", name=op.f("lw_audit_pk")),
    )
    op.create_index("lw_audit_at_ix", "lw_audit", ["at"])
