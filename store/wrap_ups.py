"""Notes and dispositions inside one transaction."""

from dataclasses import asdict

import sqlalchemy as sa

from desk.wrap_up import WrapUp
from store.part import Part
from store.schema import assignments
from store.schema_wrap_up import wrap_ups
from store.upserts import upsert

_CALL = sa.select(assignments.c.id).where(assignments.c.id == sa.bindparam("key"))
_SELECT = sa.select(*(wrap_ups.c[name] for name in WrapUp.__dataclass_fields__)).where(
    wrap_ups.c.id == sa.bindparam("key")
)


class WrapUps(Part):
    """What agents wrote down, one row for each conversation."""

    def keep_wrap_up(self, wrap_up: WrapUp) -> bool:
        """Write it, instead of what was written before; false: there is no such conversation."""
        if self.first(_CALL, {"key": wrap_up.id}) is None:
            return False
        self.execute(upsert(wrap_ups, sqlite=self.hot.sqlite), asdict(wrap_up))
        return True

    def wrap_up(self, call: str) -> WrapUp | None:
        """Read what was written of a conversation."""
        row = self.first(_SELECT, {"key": call})
        return WrapUp(*row) if row else None
