"""Marks of what was erased and of copies at the carrier, in dictionaries."""

from collections.abc import Collection, Sequence
from datetime import datetime

from store.memory_desk import Rows
from store.types import clean

KEEPING_TABLES = ("erased", "carrier_copies")


class MemoryMarks:
    """Marks inside one transaction on the dictionaries."""

    def is_erased(self: Rows, *sids: str) -> bool:
        """Say whether one of these calls or recordings was erased here."""
        return any(clean(sid) in self._rows["erased"] for sid in sids if sid)

    def mark_erased(self: Rows, sids: Collection[str], at: datetime) -> None:
        """Remember calls and recordings of which later reports are not taken in."""
        for sid in sids:
            if clean(sid) not in self._rows["erased"]:
                self._put("erased", clean(sid), at)

    def want_gone(self: Rows, sid: str, at: datetime) -> bool:
        """Note that the carrier shall delete a recording; false when it has already."""
        if sid not in self._rows["carrier_copies"]:
            self._put("carrier_copies", sid, (at, None))
        return self._rows["carrier_copies"][sid][1] is None

    def copy_gone(self: Rows, sid: str, at: datetime) -> None:
        """Note that the carrier has deleted a recording."""
        if sid in self._rows["carrier_copies"]:
            self._put("carrier_copies", sid, (self._rows["carrier_copies"][sid][0], at))

    def copies_left(self: Rows, before: datetime, limit: int) -> Sequence[str]:
        """List recordings that the carrier was to delete before a moment and has not."""
        rows = self._rows["carrier_copies"].items()
        left = sorted((since, sid) for sid, (since, gone) in rows if gone is None)
        return [sid for since, sid in left if since < before][:limit]
