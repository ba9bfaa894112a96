"""Reads which agents have had a conversation by messages, and what they noted of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from store.database import Database
from store.schema import assignments
from store.schema_wrap_up import wrap_ups


@dataclass(frozen=True, slots=True)
class Served:
    """An agent had a conversation, from `began` to `ended`; `noted` is when notes were made."""

    id: str
    agent: str
    began: datetime
    ended: datetime | None
    notes: str
    disposition: str
    noted: datetime | None


_QUERY: sa.Select[Any] = (
    sa.select(
        *(assignments.c[name] for name in ("id", "agent", "began", "ended")),
        sa.func.coalesce(wrap_ups.c.notes, ""),
        sa.func.coalesce(wrap_ups.c.disposition, ""),
        wrap_ups.c.at,
    )
    .select_from(assignments.outerjoin(wrap_ups, wrap_ups.c.id == assignments.c.id))
    .order_by(assignments.c.began, assignments.c.id)
)


class Hands:
    """Reads in whose hands conversations were; changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, conversation: str) -> Sequence[Served]:
        """List who has had a conversation, the first first."""
        theirs = assignments.c.conversation == conversation
        query = _QUERY.where(theirs, sa.text("conversation <> ''"))
        with self._database.read() as connection:
            return [Served(*row) for row in connection.execute(query)]
