"""What must not come back, and what the carrier shall delete: inside one transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa

from store.part import Part
from store.schema_keeping import carrier_copies, erased
from store.types import clean
from store.upserts import add_missing

_LEFT = (
    sa.select(carrier_copies.c.sid)
    .where(carrier_copies.c.gone.is_(None), carrier_copies.c.since < sa.bindparam("before"))
    .order_by(carrier_copies.c.since, carrier_copies.c.sid)
    .limit(sa.bindparam("most"))
)


class Marks(Part):
    """Marks of erased calls and recordings, and of copies at the carrier."""

    def is_erased(self, *sids: str) -> bool:
        """Say whether one of these calls or recordings was erased here."""
        asked = [clean(sid) for sid in sids if sid]
        return self.first(sa.select(erased.c.sid).where(erased.c.sid.in_(asked))) is not None

    def mark_erased(self, sids: Collection[str], at: datetime) -> None:
        """Remember calls and recordings of which later reports are not taken in."""
        if sids:
            rows = [{"sid": sid, "at": at} for sid in sids]
            self.execute(add_missing(erased, sqlite=self.hot.sqlite), rows)

    def want_gone(self, sid: str, at: datetime) -> bool:
        """Note that the carrier shall delete a recording; false when it has already."""
        row = {"sid": sid, "since": at, "gone": None}
        self.execute(add_missing(carrier_copies, sqlite=self.hot.sqlite), row)
        query = sa.select(carrier_copies.c.gone).where(carrier_copies.c.sid == sid)
        return self.first(query)[0] is None

    def copy_gone(self, sid: str, at: datetime) -> None:
        """Note that the carrier has deleted a recording."""
        change = sa.update(carrier_copies).where(carrier_copies.c.sid == sid)
        self.execute(change.values(gone=at))

    def copies_left(self, before: datetime, limit: int) -> Sequence[str]:
        """List recordings that the carrier was to delete before a moment and has not."""
        return list(self.execute(_LEFT, {"before": before, "most": limit}).scalars())
