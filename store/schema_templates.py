"""The table of answers that agents have ready."""

import sqlalchemy as sa

from store.schema import PREFIX, metadata
from store.types import CleanText, Moment

templates = sa.Table(
    f"{PREFIX}message_templates",
    metadata,
    sa.Column("id", CleanText, primary_key=True),
    sa.Column("title", CleanText, nullable=False),
    sa.Column("text", CleanText, nullable=False),
    sa.Column("updated", Moment, nullable=False),
)
