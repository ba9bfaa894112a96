"""Calls that we place, and the tickets of those who wait for them."""

from collections.abc import Collection, Mapping
from dataclasses import asdict

import sqlalchemy as sa

from flow.ledger import Leg, Ticket
from store.part import Part
from store.schema import calls, legs, tickets
from store.upserts import upsert

_LEG = tuple(legs.c[name] for name in Leg.__dataclass_fields__)
_TICKET = tuple(tickets.c[name] for name in Ticket.__dataclass_fields__)
_SELECT = sa.select(*_LEG).where(legs.c.id == sa.bindparam("key")).with_for_update()


class Legs(Part):
    """Legs and tickets inside one transaction."""

    def leg(self, leg: str) -> Leg | None:
        """Read a leg, locked."""
        row = self.first(_SELECT, {"key": leg})
        return Leg(*row) if row else None

    def keep_leg(self, leg: Leg) -> None:
        """Write a leg (insert or update)."""
        self.execute(upsert(legs, sqlite=self.hot.sqlite), asdict(leg))

    def known_calls(self, sids: Collection[str]) -> set[str]:
        """Find which of these calls are ours already: legs we placed, or calls we heard of."""
        ours = sa.select(legs.c.sid).where(legs.c.sid.in_(sids))
        heard = sa.select(calls.c.sid).where(calls.c.sid.in_(sids))
        return {row[0] for row in self.execute(sa.union(ours, heard))} if sids else set()

    def keep_ticket(self, ticket: Ticket) -> Ticket:
        """Write a ticket, unless there is one of this id; give the one that counts."""
        known = self.tickets([ticket.id]).get(ticket.id)
        if known is None:
            self.execute(sa.insert(tickets), asdict(ticket) | {"data": dict(ticket.data)})
        return known or ticket

    def tickets(self, ids: Collection[str]) -> Mapping[str, Ticket]:
        """Read tickets by their ids."""
        if not ids:
            return {}
        rows = self.execute(sa.select(*_TICKET).where(tickets.c.id.in_(ids)))
        found = [Ticket(row.id, row.execution, row.data, row.created) for row in rows]
        return {ticket.id: ticket for ticket in found}
