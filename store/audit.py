"""The audit log: who did what by the API; rows are only ever added."""

from collections.abc import Sequence
from dataclasses import asdict

import sqlalchemy as sa

from desk.access import AuditEntry
from store.database import Database
from store.schema import audit


class Audit:
    """The audit log of one installation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self, entry: AuditEntry) -> None:
        """Add an entry; it is durable when this returns."""
        with self._database.write() as connection:
            connection.execute(sa.insert(audit), asdict(entry))

    def newest(self, limit: int) -> Sequence[AuditEntry]:
        """List the newest entries, the newest first."""
        columns = [audit.c[name] for name in AuditEntry.__dataclass_fields__]
        query = sa.select(*columns).order_by(audit.c.id.desc()).limit(limit)
        with self._database.read() as connection:
            return [AuditEntry(*row) for row in connection.execute(query)]
