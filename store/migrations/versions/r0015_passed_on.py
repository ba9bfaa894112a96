"""Who is meant when the agent to whom a conversation was passed on goes offline."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the column."""
    op.add_column("lw_waiting", sa.Column("instead", sa.Text(), nullable=True))
