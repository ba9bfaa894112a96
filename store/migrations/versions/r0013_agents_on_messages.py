"""Agents on messages: capacity in points, conversations in the queue, answers kept ready."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make columns and table; the release before this one writes its rows without them."""
    _add("lw_agents", capacity=100, load=0)
    _add("lw_waiting", weight=100, conversation="")
    op.add_column(
        "lw_waiting",
        sa.Column("inbox", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    _add("lw_assignments", weight=100, conversation="")
    condition = sa.text("conversation <> ''")
    op.create_index(
        "lw_assignments_conversation_ix",
        "lw_assignments",
        ["conversation", "began"],
        sqlite_where=condition,
        postgresql_where=condition,
    )
    op.create_table(
        "lw_message_templates",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "title", "text")),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("lw_message_templates_pk")),
    )


def _add(table: str, **columns: int | str) -> None:
    for name, default in columns.items():
        kind = sa.Integer() if isinstance(default, int) else sa.Text()
        column = sa.Column(name, kind, nullable=False, server_default=str(default))
        op.add_column(table, column)
