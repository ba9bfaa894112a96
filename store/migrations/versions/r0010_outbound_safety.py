"""The hours of a callback beside its place, how long a call may last, and keys that are frozen."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the columns; the release before this one writes its rows without them."""
    op.add_column("lw_waiting", sa.Column("permitted", sa.Text(), nullable=True))
    op.add_column("lw_legs", sa.Column("longest", sa.Integer(), nullable=True))
    for name in ("frozen", "thawed"):
        moment = sa.Column(name, sa.DateTime(timezone=True), nullable=True)
        op.add_column("lw_api_keys", moment)
    why = sa.Column("frozen_why", sa.Text(), nullable=False, server_default="")
    op.add_column("lw_api_keys", why)
    # One row for each refusal of a limit: a key's are counted at every further one.
    op.create_index("lw_refusals_api_key_at_ix", "lw_refusals", ["api_key", "at"])
