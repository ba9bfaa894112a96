"""The desk's rows, legs and tickets in dictionaries, as `store.desk` and `store.legs` keep them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from desk.agents import RingGroup
from desk.changes import Changes
from flow.ledger import Leg, OutboxItem, Ticket
from store.happenings import Happened
from store.types import clean, kept

TABLES = (
    *("desk", "ring_groups", "agents", "waiting", "offers", "assignments", "legs", "tickets"),
    "rooms",
)

Row = tuple[Any, bool, int]
"""A value, whether it counts (an agent who was not removed, a contact who waits), its change."""


class Rows(Protocol):
    """What the rest of the memory store gives this part."""

    _rows: dict[str, dict[Any, Any]]
    happened: list[Happened]

    def _put(self, table: str, key: Any, value: Any, *, new: bool = False) -> None:
        """Write a row, so that it can be undone."""

    def _take(self, table: str, key: Any) -> bool:
        """Remove a row, so that it can be undone; false when there is none."""


class MemoryDesk:
    """The desk inside one transaction on the dictionaries."""

    def open_desk(self: Rows) -> int:
        """Give the number of the desk's last change."""
        return int(self._rows["desk"].get(1, 0))

    def desk_since(self: Rows, version: int, horizon: datetime) -> Changes:
        """Read what changed after a version; at first only what is open or ended lately."""
        return changes_of(self._rows, version, horizon)

    def keep_desk(self: Rows, changes: Changes) -> None:
        """Write what changed, as the desk's next version."""
        mark = changes.version
        for table, values in (("agents", changes.agents), ("waiting", changes.waiting)):
            for value in values:
                self._put(table, value.id, (value, True, mark))
        for name in changes.removed:
            self._put("agents", name, (self._rows["agents"][name][0], False, mark))
        for contact in changes.gone:
            self._put("waiting", contact.id, (contact, False, mark))
        for offer in changes.offers:
            self._put("offers", offer.id, (offer, True, mark))
        for each in changes.assignments:
            self._put("assignments", each.id, (each, True, mark))
        for room in changes.rooms:
            self._put("rooms", room.id, (room, room.closed is None, mark))
        self._put("desk", 1, mark)
        self.happened.append(changes)

    def ring_groups(self: Rows) -> list[RingGroup]:
        """List the ring groups."""
        rows = self._rows["ring_groups"]
        return [rows[name] for name in sorted(rows)]

    def keep_ring_groups(self: Rows, groups: Iterable[RingGroup]) -> None:
        """Add ring groups, or write their titles anew."""
        for group in groups:
            self._put("ring_groups", group.id, group)

    def remove_ring_group(self: Rows, group: str) -> bool:
        """Remove a ring group; false when there is none."""
        return self._take("ring_groups", group)

    def leg(self: Rows, leg: str) -> Leg | None:
        """Read a leg."""
        found = self._rows["legs"].get(clean(leg))
        return replace(found) if found else None

    def keep_leg(self: Rows, leg: Leg) -> None:
        """Write a leg (insert or update)."""
        self._put("legs", clean(leg.id), kept(leg))

    def known_calls(self: Rows, sids: Collection[str]) -> set[str]:
        """Find which of these calls are ours already."""
        ours = {leg.sid for leg in self._rows["legs"].values()} | set(self._rows["calls"])
        return ours & set(sids)

    def keep_ticket(self: Rows, ticket: Ticket) -> Ticket:
        """Write a ticket, unless there is one of this id; give the one that counts."""
        known: Ticket | None = self._rows["tickets"].get(ticket.id)
        if known is None:
            self._put("tickets", ticket.id, kept(ticket))
        return known or ticket

    def tickets(self: Rows, ids: Collection[str]) -> Mapping[str, Ticket]:
        """Read tickets by their ids."""
        rows = self._rows["tickets"]
        return {name: rows[name] for name in ids if name in rows}

    def note_outbox(self: Rows, items: Sequence[OutboxItem]) -> None:
        """Insert new items; one that is there already stays as it is."""
        for item in items:
            if item.id not in self._rows["outbox"]:
                self._put("outbox", item.id, kept(item))

    def postpone(self: Rows, item: str, until: datetime) -> None:
        """Leave an item that is not done alone until then."""
        found = self._rows["outbox"].get(item)
        if found is not None and found.state == "ready":
            self._put("outbox", item, replace(found, lease=until))

    def is_outstanding(self: Rows, item: str) -> bool:
        """Say whether there is an item of this id that is neither done nor dead."""
        found = self._rows["outbox"].get(item)
        return found is not None and found.state == "ready"


def changes_of(rows: Mapping[str, Mapping[Any, Any]], version: int, horizon: datetime) -> Changes:
    """Read what changed after a version from the dictionaries."""
    reached = int(rows["desk"].get(1, 0))
    agents = _since(rows["agents"], version)
    contacts = _since(rows["waiting"], version)
    offers = [row[0] for row in _since(rows["offers"], version)]
    served = [row[0] for row in _since(rows["assignments"], version)]
    if not version:
        offers = [offer for offer in offers if offer.made > horizon]
        served = [each for each in served if each.ended is None or each.ended > horizon]
    return Changes(
        reached,
        tuple(agent for agent, counts, _ in agents if counts),
        tuple(agent.id for agent, counts, _ in agents if not counts),
        tuple(contact for contact, waits, _ in contacts if waits),
        tuple(contact for contact, waits, _ in contacts if not waits) if version else (),
        tuple(offers),
        tuple(served),
        tuple(room for room, counts, _ in _since(rows["rooms"], version) if counts or version),
    )


def _since(table: Mapping[Any, Row], version: int) -> list[Row]:
    return [row for row in table.values() if row[2] > version]
