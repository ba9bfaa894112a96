"""The tables of e-mails that are kept until they are sent, and of messages for agents."""

import sqlalchemy as sa

from store.schema import PREFIX, metadata, recordings
from store.types import CleanText, Json, Moment


def _text(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, CleanText, primary_key=key, nullable=False)


mails = sa.Table(
    f"{PREFIX}mails",
    metadata,
    _text("id", key=True),
    _text("execution"),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    _text("state"),
    sa.Column("created", Moment, nullable=False),
    sa.Column("updated", Moment, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    _text("reason"),
)
sa.Index("lw_mails_execution_ix", mails.c.execution)

voicemails = sa.Table(
    f"{PREFIX}voicemails",
    metadata,
    sa.Column(
        "id",
        CleanText,
        sa.ForeignKey(recordings.c.sid, ondelete="CASCADE"),
        primary_key=True,
    ),
    *map(_text, ("execution", "number", "name")),
    sa.Column("seconds", sa.Integer, nullable=False),
    sa.Column("at", Moment, nullable=False),
    _text("state"),
    *(sa.Column(name, Json, nullable=False) for name in ("who", "emails", "inboxes")),
    _text("heard_by"),
    sa.Column("heard", Moment),
)
"""Goes with its recording: time and erasures leave no message behind."""
sa.Index("lw_voicemails_at_ix", voicemails.c.at, voicemails.c.id)
