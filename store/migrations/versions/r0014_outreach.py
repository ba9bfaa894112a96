"""The messages that were begun, so that they can be counted."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "lw_outreach",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("api_key", sa.Text(), nullable=False),
        sa.Column("peer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="lw_outreach_pk"),
    )
    op.create_index("lw_outreach_at_ix", "lw_outreach", ["at"])
    op.create_index("lw_outreach_api_key_at_ix", "lw_outreach", ["api_key", "at"])
    op.create_index("lw_outreach_peer_at_ix", "lw_outreach", ["peer", "at"])
