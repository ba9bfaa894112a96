"""API keys: found by their open part; the secret itself is never here."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from desk.access import ApiKey, AuditEntry
from store.database import Database
from store.schema import api_keys, audit

_COLUMNS = tuple(api_keys.c[name] for name in ApiKey.__dataclass_fields__)


class ApiKeys:
    """The keys of one installation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, key: ApiKey) -> None:
        """Keep a new key.

        Raises:
            Conflict: there is one of this id or prefix.
        """
        with self._database.write() as connection:
            connection.execute(sa.insert(api_keys), asdict(key))

    def find(self, prefix: str) -> ApiKey | None:
        """Find a key by its prefix."""
        query = sa.select(*_COLUMNS).where(api_keys.c.prefix == prefix)
        with self._database.read() as connection:
            row: Any = connection.execute(query).first()
            return ApiKey(*row) if row else None

    def all(self) -> list[ApiKey]:
        """List all keys, the oldest first."""
        query = sa.select(*_COLUMNS).order_by(api_keys.c.created, api_keys.c.id)
        with self._database.read() as connection:
            rows: list[Any] = list(connection.execute(query))
            return [ApiKey(*row) for row in rows]

    def revoke(self, key: str, at: datetime) -> bool:
        """Revoke a key by its id, once; false when there is no such key that still counts."""
        return self._mark(key, api_keys.c.revoked, at)

    def thaw(self, key: str, at: datetime) -> bool:
        """Let a frozen key count again, with an entry of the audit log; false: it is not frozen."""
        change = sa.update(api_keys).where(api_keys.c.id == key, api_keys.c.frozen.is_not(None))
        entry = AuditEntry(at, "operator", "keys.unfreeze", key)
        with self._database.write() as connection:
            done = connection.execute(change.values(frozen=None, frozen_why="", thawed=at))
            if done.rowcount == 1:
                connection.execute(sa.insert(audit), asdict(entry))
            return done.rowcount == 1

    def used(self, key: str, at: datetime) -> None:
        """Note when a key was last used."""
        self._mark(key, api_keys.c.last_used, at)

    def _mark(self, key: str, column: sa.Column[Any], at: datetime) -> bool:
        change = sa.update(api_keys).where(api_keys.c.id == key).values({column.name: at})
        if column is api_keys.c.revoked:
            change = change.where(column.is_(None))
        with self._database.write() as connection:
            return connection.execute(change).rowcount == 1
