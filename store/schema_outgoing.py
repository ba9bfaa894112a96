"""The tables of outgoing calls: the gate, what was let go, what was refused, who is not called."""

import sqlalchemy as sa

from store.schema import PREFIX, metadata
from store.types import CleanText, Moment


def _text(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, CleanText, primary_key=key, nullable=False)


gate = sa.Table(
    f"{PREFIX}gate",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("stopped", sa.Boolean, nullable=False),
    _text("reason"),
    sa.Column("since", Moment),
    sa.Column("free_from", Moment),
)
# Row 1 is of calls: its lock lets them through one by one, so that no limit is passed in a race.
# Row 2 is the switch of messages.

dialled = sa.Table(
    f"{PREFIX}dialled",
    metadata,
    _text("id", key=True),
    sa.Column("at", Moment, nullable=False),
    _text("api_key"),
    _text("number"),
    sa.Column("fresh", sa.Boolean, nullable=False),
    sa.Column("per_minute", sa.Float, nullable=False),
    sa.Column("seconds", sa.Integer, nullable=False),
    sa.Column("cost", sa.Float, nullable=False),
    sa.Column("ended", Moment),
)
sa.Index("lw_dialled_at_ix", dialled.c.at)
sa.Index("lw_dialled_api_key_at_ix", dialled.c.api_key, dialled.c.at)
sa.Index("lw_dialled_number_ix", dialled.c.number)
_OPEN = sa.text("ended IS NULL")
sa.Index("lw_dialled_open_ix", dialled.c.api_key, sqlite_where=_OPEN, postgresql_where=_OPEN)

refusals = sa.Table(
    f"{PREFIX}refusals",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", Moment, nullable=False),
    *map(_text, ("leg", "kind", "api_key", "reason", "detail", "number")),
)
sa.Index("lw_refusals_at_ix", refusals.c.at)
sa.Index("lw_refusals_api_key_at_ix", refusals.c.api_key, refusals.c.at)

outreach = sa.Table(
    f"{PREFIX}outreach",
    metadata,
    _text("id", key=True),
    sa.Column("at", Moment, nullable=False),
    *map(_text, ("api_key", "peer")),
)
for _of in ("api_key", "peer"):
    sa.Index(f"lw_outreach_{_of}_at_ix", outreach.c[_of], outreach.c.at)
sa.Index("lw_outreach_at_ix", outreach.c.at)

do_not_call = sa.Table(
    f"{PREFIX}do_not_call",
    metadata,
    _text("number", key=True),
    _text("reason"),
    sa.Column("added", Moment, nullable=False),
)
