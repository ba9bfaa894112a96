"""What agents write down after conversations; conversations and waits by their time."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table, and the indexes that the lists of the API read."""
    op.create_table(
        "lw_wrap_ups",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "notes", "disposition")),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("lw_wrap_ups_pk")),
        sa.ForeignKeyConstraint(
            ["id"], ["lw_assignments.id"], name=op.f("lw_wrap_ups_id_fk"), ondelete="CASCADE"
        ),
    )
    op.create_index("lw_assignments_began_ix", "lw_assignments", ["began", "id"])
    op.create_index("lw_assignments_contact_ix", "lw_assignments", ["contact"])
    op.create_index("lw_waiting_entered_ix", "lw_waiting", ["entered"])
