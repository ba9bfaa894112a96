"""The tables of keeping and erasing: holds, proofs, and what must not come back."""

from sqlalchemy import Column, Table

from store.schema import PREFIX, metadata
from store.types import CleanText, Json, Moment

holds = Table(
    PREFIX + "holds",
    metadata,
    Column("id", CleanText, primary_key=True),
    *(Column(name, CleanText, nullable=False) for name in ("contact", "number", "email", "reason")),
    Column("since", Moment, nullable=False),
)
"""Whose data neither time nor an erasure may remove."""

erasures = Table(
    PREFIX + "erasures",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("counts", Json, nullable=False),
)
"""The proofs: what was erased, how much of it and when; never whose."""

erased = Table(
    PREFIX + "erased",
    metadata,
    Column("sid", CleanText, primary_key=True),
    Column("at", Moment, nullable=False),
)
"""Calls and recordings of which late reports are not taken in again."""

carrier_copies = Table(
    PREFIX + "carrier_copies",
    metadata,
    Column("sid", CleanText, primary_key=True),
    Column("since", Moment, nullable=False),
    Column("gone", Moment, nullable=True),
)
"""Recordings that the carrier shall delete, and when it had."""
