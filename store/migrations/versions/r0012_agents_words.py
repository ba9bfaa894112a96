"""The language that agents are spoken to in, and telephones that answer by themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the columns; the release before this one writes agents and legs without them."""
    language = sa.Column("language", sa.Text(), nullable=False, server_default="")
    op.add_column("lw_agents", language)
    op.add_column("lw_legs", sa.Column("answer_after", sa.Integer(), nullable=True))
