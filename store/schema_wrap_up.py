"""The table of what agents write down after conversations."""

import sqlalchemy as sa

from store.schema import PREFIX, assignments, metadata
from store.types import CleanText, Moment

wrap_ups = sa.Table(
    f"{PREFIX}wrap_ups",
    metadata,
    sa.Column(
        "id",
        CleanText,
        sa.ForeignKey(assignments.c.id, ondelete="CASCADE"),
        primary_key=True,
    ),
    sa.Column("notes", CleanText, nullable=False),
    sa.Column("disposition", CleanText, nullable=False),
    sa.Column("at", Moment, nullable=False),
)
"""Goes with its conversation: what is old, or somebody's who was erased, leaves no notes behind."""
