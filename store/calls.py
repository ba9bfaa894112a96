"""Call legs, and the log of what carriers said of them."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from flow.ledger import Call, CallFact
from store.part import Part
from store.schema import call_log, calls

_COLUMNS = tuple(calls.c[name] for name in Call.__dataclass_fields__)
_SELECT = sa.select(*_COLUMNS).where(calls.c.sid == sa.bindparam("key")).with_for_update()
_SILENT = (
    sa.select(*_COLUMNS)
    .where(calls.c.ended.is_(None), calls.c.updated < sa.bindparam("before"))
    .order_by(calls.c.updated)
    .limit(sa.bindparam("most"))
)
_FACT = tuple(call_log.c[name] for name in CallFact.__dataclass_fields__)


class Calls(Part):
    """Call legs inside one transaction."""

    def call(self, sid: str) -> Call | None:
        """Read what is known of a call leg, locked."""
        row = self.locked(_SELECT, sid)
        return Call(*row) if row else None

    def log_call(self, fact: CallFact) -> None:
        """Keep one callback as it came."""
        values = {name: getattr(fact, name) for name in CallFact.__dataclass_fields__}
        self.execute(sa.insert(call_log), values | {"raw": dict(fact.raw)})


def silent_calls(connection: sa.Connection, before: datetime, limit: int) -> Sequence[Call]:
    """List calls that are not over and of which nothing was heard since `before`."""
    rows = connection.execute(_SILENT, {"before": before, "most": limit})
    return [Call(*row) for row in rows]


def call_facts(connection: sa.Connection, sid: str) -> list[CallFact]:
    """Give every callback of a call, in the order they came."""
    query = sa.select(*_FACT).where(call_log.c.sid == sid).order_by(call_log.c.id)
    return [CallFact(*row) for row in connection.execute(query)]
