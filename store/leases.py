"""Who is alive: each process writes that it was seen; work of the unseen is taken over."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import sqlalchemy as sa

from store import sqlite
from store.database import Database
from store.schema import leases
from store.upserts import upsert

_TRY = sa.text("SELECT pg_try_advisory_lock(hashtextextended(:key, 19543))")
_UNLOCK = sa.text("SELECT pg_advisory_unlock(hashtextextended(:key, 19543))")


class Leases:
    """When each executor of jobs was last seen."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def seen(self, executor: str, at: datetime) -> None:
        """Write that an executor lives."""
        with self._database.write() as connection:
            row = {"executor": executor, "seen": at}
            connection.execute(upsert(leases, sqlite=self._database.sqlite), row)

    def alive(self, since: datetime) -> list[str]:
        """Give the executors seen at `since` or later."""
        return self._executors(leases.c.seen >= since)

    def lost(self, before: datetime) -> list[str]:
        """Give the executors not seen since `before`."""
        return self._executors(leases.c.seen < before)

    def take_over(self, executor: str, before: datetime) -> bool:
        """Remove the lease of an executor that is still lost; true for exactly one caller."""
        gone = sa.delete(leases).where(leases.c.executor == executor, leases.c.seen < before)
        with self._database.write() as connection:
            return connection.execute(gone).rowcount == 1

    @contextmanager
    def exclusive(self, name: str) -> Iterator[bool]:
        """Hold a lock of that name, or learn at once that somebody else holds it.

        It is gone when the process is: an advisory lock of the session on PostgreSQL, a lock on
        a file beside the database on SQLite.
        """
        if self._database.sqlite:
            with sqlite.try_lock(self._database.engine.url, name) as held:
                yield held
            return
        key = {"key": f"linewalk:{name}"}
        with self._database.read() as connection:
            held = bool(connection.scalar(_TRY, key))
            try:
                yield held
            finally:
                if held:
                    connection.execute(_UNLOCK, key)

    def leave(self, executor: str) -> None:
        """Forget an executor that ends as it should."""
        with self._database.write() as connection:
            connection.execute(sa.delete(leases).where(leases.c.executor == executor))

    def _executors(self, condition: sa.ColumnElement[bool]) -> list[str]:
        query = sa.select(leases.c.executor).where(condition).order_by(leases.c.seen)
        with self._database.read() as connection:
            return list(connection.scalars(query))
