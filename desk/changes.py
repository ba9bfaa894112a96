"""What changed of the desk since somebody last looked: how the floor is kept.

Every row carries the number of the change that wrote it; who remembers the floor as of a number
needs only the rows above it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from desk.agents import Agent
from desk.assignments import Assignment
from desk.floor import Floor
from desk.offers import Offer
from desk.queue import Waiting, with_contact, without
from desk.rooms import Room


@dataclass(frozen=True, slots=True)
class Changes:
    """Rows as they are at change `version`: agents and those removed, who waits and who no more."""

    version: int
    agents: Sequence[Agent] = ()
    removed: Sequence[str] = ()
    waiting: Sequence[Waiting] = ()
    gone: Sequence[Waiting] = ()
    offers: Sequence[Offer] = ()
    assignments: Sequence[Assignment] = ()
    rooms: Sequence[Room] = ()


def gather(floor: Floor, version: int) -> Changes:
    """Collect what changed in a floor since it was cleared, as change `version`."""
    names: dict[str, list[str]] = {table: [] for table in _TABLES}
    for table, name in sorted(floor.changed):
        names[table].append(name)
    queued = {waiting.id for waiting in floor.queue}
    contacts = [floor.contacts[name] for name in names["waiting"]]
    return Changes(
        version,
        agents=[floor.agents[name] for name in names["agents"] if name in floor.agents],
        removed=[name for name in names["agents"] if name not in floor.agents],
        waiting=[contact for contact in contacts if contact.id in queued],
        gone=[contact for contact in contacts if contact.id not in queued],
        offers=[floor.offers[name] for name in names["offers"]],
        assignments=[floor.assignments[name] for name in names["assignments"]],
        rooms=[floor.rooms[name] for name in names["rooms"]],
    )


def bring_up_to_date(floor: Floor, changes: Changes) -> None:
    """Take in what others changed; nothing counts as changed by it."""
    for agent in changes.agents:
        floor.seat(agent)
    for name in changes.removed:
        floor.agents.pop(name, None)
    for waiting in changes.waiting:
        floor.contacts[waiting.id] = waiting
        floor.queue = with_contact(floor.queue, waiting)
    for waiting in changes.gone:
        floor.contacts[waiting.id] = waiting
        floor.queue = without(floor.queue, waiting.id)
    for offer in changes.offers:
        floor.see(offer)
    floor.assignments.update({each.id: each for each in changes.assignments})
    for room in changes.rooms:
        if room.closed is None:
            floor.rooms[room.id] = room
        else:
            floor.rooms.pop(room.id, None)
    if changes.removed:
        floor.forget_roster()


_TABLES = ("agents", "waiting", "offers", "assignments", "rooms")
