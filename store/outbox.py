"""What is to be done outside after the commit, and who is doing it until when."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa

from flow.ledger import OutboxItem
from store.errors import Missing
from store.part import Part
from store.schema import outbox
from store.upserts import add_missing

_COLUMNS = tuple(outbox.c[name] for name in OutboxItem.__dataclass_fields__)

_CLAIM = (
    sa.update(outbox)
    .where(
        outbox.c.id == sa.bindparam("item"),
        outbox.c.state == "ready",
        outbox.c.lease <= sa.bindparam("now"),
    )
    .values(owner=sa.bindparam("by"), lease=sa.bindparam("until"), attempts=outbox.c.attempts + 1)
    .returning(*_COLUMNS)
)
_FINISH = (
    sa.update(outbox).where(outbox.c.id == sa.bindparam("item")).values(state=sa.bindparam("to"))
)
_POSTPONE = (
    sa.update(outbox)
    .where(outbox.c.id == sa.bindparam("item"), outbox.c.state == "ready")
    .values(lease=sa.bindparam("until"))
)
_READY = sa.select(outbox.c.id).where(
    outbox.c.id == sa.bindparam("item"), outbox.c.state == "ready"
)
_DUE = (
    sa.select(outbox.c.id)
    .where(outbox.c.state == "ready", outbox.c.lease <= sa.bindparam("now"))
    .order_by(outbox.c.lease)
    .limit(sa.bindparam("most"))
)


def write_outbox(part: Part, items: Sequence[OutboxItem]) -> None:
    """Insert new items."""
    part.execute(sa.insert(outbox), [asdict(item) for item in items])


def overdue(connection: sa.Connection, now: datetime, limit: int) -> list[str]:
    """List the ids of items that nobody holds any more, the longest waiting first."""
    return list(connection.scalars(_DUE, {"now": now, "most": limit}))


class Outbox(Part):
    """The outbox inside one transaction."""

    def note_outbox(self, items: Sequence[OutboxItem]) -> None:
        """Insert new items; one that is there already stays as it is."""
        if items:
            rows = [asdict(item) for item in items]
            self.execute(add_missing(outbox, sqlite=self.hot.sqlite), rows)

    def postpone(self, item: str, until: datetime) -> None:
        """Leave an item that is not done alone until then."""
        self.execute(_POSTPONE, {"item": item, "until": until})

    def claim(self, item: str, owner: str, lease: datetime, now: datetime) -> OutboxItem | None:
        """Take over an item whose lease has passed and that is not done; None: not to be had."""
        values = {"item": item, "by": owner, "until": lease, "now": now}
        row = self.first(_CLAIM, values)
        return OutboxItem(*row) if row else None

    def is_outstanding(self, item: str) -> bool:
        """Say whether there is an item of this id that is neither done nor dead."""
        return self.first(_READY, {"item": item}) is not None

    def finish(self, item: str, state: str) -> None:
        """Write that an item is `done` or `dead`.

        Raises:
            Missing: there is no such item.
        """
        if self.execute(_FINISH, {"item": item, "to": state}).rowcount != 1:
            raise self.fail(Missing("there is no outbox item of this id"))
