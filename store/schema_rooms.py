"""The table of rooms in which more goes on than that two speak."""

import sqlalchemy as sa

from store.schema import PREFIX, metadata
from store.types import CleanText, Json, Moment

rooms = sa.Table(
    f"{PREFIX}rooms",
    metadata,
    sa.Column("id", CleanText, primary_key=True),
    sa.Column("contact", CleanText, nullable=False),
    sa.Column("is_held", sa.Boolean, nullable=False),
    sa.Column("pending", CleanText, nullable=False),
    sa.Column("purpose", CleanText, nullable=False),
    sa.Column("watchers", Json, nullable=False),
    sa.Column("leaving", Json, nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("closed", Moment),
    sa.Column("changed", sa.Integer, nullable=False),
)
sa.Index("lw_rooms_changed_ix", rooms.c.changed)
