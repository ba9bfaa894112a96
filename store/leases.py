"""Who is alive: each process writes that it was seen; work of the unseen is taken over."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import sqlalchemy as sa

from store import sqlite
from store.database import Database
from store.schema import leases
from store.upserts import upsert

_TRY = sa.text("SELECT pg_try_advisory_xact_lock(hashtextextended(:key, 19543))")


class Leases:
    """When each executor of jobs was last seen."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def seen(self, executor: str, at: datetime) -> None:
        """Write that an executor lives."""
        with self._database.write() as connection:
            row = {"executor": executor, "seen": at}
            connection.execute(upsert(leases, sqlite=self._database.sqlite), row)

    def beats(self) -> dict[str, datetime]:
        """Give when each executor was last seen, by its own clock."""
        query = sa.select(leases.c.executor, leases.c.seen)
        with self._database.read() as connection:
            return {row.executor: row.seen for row in connection.execute(query)}

    @contextmanager
    def exclusive(self, name: str) -> Iterator[bool]:
        """Hold a lock of that name, or learn at once that somebody else holds it.

        It is gone when the process is: an advisory lock of the transaction on PostgreSQL, a lock
        on a file beside the database on SQLite.
        """
        if self._database.sqlite:
            with sqlite.try_lock(self._database.engine.url, name) as held:
                yield held
            return
        with self._database.read() as connection:
            yield bool(connection.scalar(_TRY, {"key": f"linewalk:{name}"}))

    def leave(self, executor: str) -> None:
        """Forget an executor that ends as it should."""
        with self._database.write() as connection:
            connection.execute(sa.delete(leases).where(leases.c.executor == executor))
