"""E-mails that are kept until they are sent, messages for agents, agents' addresses."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the tables and the column; the release before this one writes agents without it."""
    email = sa.Column("email", sa.Text(), nullable=False, server_default="")
    op.add_column("lw_agents", email)
    op.create_table(
        "lw_mails",
        *map(_text, ("id", "execution")),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _text("state"),
        *map(_time, ("created", "updated")),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _text("reason"),
        sa.PrimaryKeyConstraint("id", name=op.f("lw_mails_pk")),
    )
    op.create_index("lw_mails_execution_ix", "lw_mails", ["execution"])
    op.create_table(
        "lw_voicemails",
        *map(_text, ("id", "execution", "number", "name")),
        sa.Column("seconds", sa.Integer(), nullable=False),
        _time("at"),
        *map(_text, ("state", "who", "emails", "inboxes", "heard_by")),
        sa.Column("heard", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("lw_voicemails_pk")),
        sa.ForeignKeyConstraint(
            ["id"], ["lw_recordings.sid"], name=op.f("lw_voicemails_id_fk"), ondelete="CASCADE"
        ),
    )
    op.create_index("lw_voicemails_at_ix", "lw_voicemails", ["at", "id"])


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _time(name: str) -> Any:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)
