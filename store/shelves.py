"""The shelves of the audio room: rows of prompts and of kept recordings, found by name or id."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from store.database import Database
from store.schema import prompts, recording_files
from store.upserts import upsert


class Shelf:
    """Rows of one table, found by its first column; they come back as plain dictionaries."""

    table: sa.Table

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, row: Mapping[str, Any], /) -> None:
        """Add the row, or replace the one of the same key."""
        with self._database.write() as connection:
            connection.execute(upsert(self.table, sqlite=self._database.sqlite), self._row(row))

    def get(self, key: str, /) -> Mapping[str, Any] | None:
        """Give the row of that key, if there is one."""
        query = sa.select(self.table).where(self._key == key)
        with self._database.read() as connection:
            row = connection.execute(query).first()
            return dict(row._mapping) if row else None  # noqa: SLF001  SQLAlchemy's public name

    def list(self) -> list[Mapping[str, Any]]:
        """Give all rows, in the order of their keys."""
        query = sa.select(self.table).order_by(self._key)
        with self._database.read() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def remove(self, key: str, /) -> bool:
        """Remove the row; say if there was one."""
        with self._database.write() as connection:
            return connection.execute(sa.delete(self.table).where(self._key == key)).rowcount == 1

    @property
    def _key(self) -> sa.Column[Any]:
        return next(iter(self.table.primary_key))

    def _row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return dict(row)


class PromptShelf(Shelf):
    """Rows of the prompt library; each carries when it was last `replaced`."""

    table = prompts

    def _row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {"replaced": datetime.now(UTC), **row}


class RecordingShelf(Shelf):
    """Rows of the recordings whose files we keep."""

    table = recording_files
