"""Legal holds: whose data neither time nor an erasure may remove."""

from collections.abc import Sequence

import sqlalchemy as sa

from desk.keeping import Hold, Person
from store.database import Database
from store.schema_keeping import holds


class Holds:
    """The holds of one installation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, hold: Hold) -> None:
        """Hold a person's data."""
        person = hold.person
        row = {"contact": person.contact, "number": person.number, "email": person.email}
        more = {"id": hold.id, "reason": hold.reason, "since": hold.since}
        with self._database.write() as connection:
            connection.execute(sa.insert(holds), row | more)

    def release(self, ids: Sequence[str]) -> int:
        """End holds; give how many there were."""
        with self._database.write() as connection:
            return connection.execute(sa.delete(holds).where(holds.c.id.in_(ids))).rowcount

    def all(self) -> list[Hold]:
        """List the holds, the oldest first."""
        with self._database.read() as connection:
            return list_holds(connection)

    def on(self, person: Person) -> list[Hold]:
        """List the holds that name a person in any way they are known."""
        return [hold for hold in self.all() if same(hold.person, person)]


def list_holds(connection: sa.Connection) -> list[Hold]:
    """List the holds, the oldest first."""
    rows = connection.execute(sa.select(holds).order_by(holds.c.since, holds.c.id))
    return [
        Hold(row.id, Person(row.contact, row.number, row.email), row.reason, row.since)
        for row in rows
    ]


def same(one: Person, other: Person) -> bool:
    """Say whether two descriptions share a way of being known."""
    pairs = zip(
        (one.contact, one.number, one.email),
        (other.contact, other.number, other.email),
        strict=True,
    )
    return any(a and a == b for a, b in pairs)
