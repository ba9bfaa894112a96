"""Secrets that flows use by name: sealed bytes in, sealed bytes out; this room has no key."""

from datetime import datetime

import sqlalchemy as sa

from store.database import Database
from store.schema import secrets
from store.upserts import upsert


class Secrets:
    """The sealed secrets."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, name: str, sealed: bytes, at: datetime) -> None:
        """Add a secret, or replace the one of this name."""
        row = {"name": name, "sealed": sealed, "changed": at}
        with self._database.write() as connection:
            connection.execute(upsert(secrets, sqlite=self._database.sqlite), row)

    def get(self, name: str) -> bytes | None:
        """Give the sealed bytes, if there are any."""
        with self._database.read() as connection:
            return sealed_secret(connection, name)

    def names(self) -> list[str]:
        """Give the names of all secrets."""
        with self._database.read() as connection:
            return list(connection.scalars(sa.select(secrets.c.name).order_by(secrets.c.name)))

    def remove(self, name: str) -> bool:
        """Forget a secret; say if there was one."""
        with self._database.write() as connection:
            gone = connection.execute(sa.delete(secrets).where(secrets.c.name == name))
            return gone.rowcount == 1


def sealed_secret(connection: sa.Connection, name: str) -> bytes | None:
    """Read one sealed secret."""
    return connection.scalar(sa.select(secrets.c.sealed).where(secrets.c.name == name))
