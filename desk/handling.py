"""What those who speak ask of their room: hold, transfers, more people, supervisors.

Each function moves a floor by one wish, or raises and changes nothing. A wish that is fulfilled
already is no error.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from desk import presence
from desk.assignments import Assignment
from desk.floor import Floor
from desk.queue import Ringing, Waiting
from desk.rooms import Purpose, Room, Seat, Watcher, seats
from desk.who import Who

RING = 20.0
"""Seconds that each agent is rung, and an outside number, for a transfer."""

AGENT_WITHIN, GROUP_WITHIN = timedelta(seconds=45), timedelta(minutes=2)
"""How long a contact may wait for an agent who was named, and for one of a group."""

MOST = 5
"""Who may serve one contact at a time."""


class NotNow(ValueError):
    """It cannot be done as things stand; the text says why, `field` what of the wish is wrong."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class Wrong(NotNow):
    """What was named is not there at all."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom a transfer means: an agent, a ring group, or (both empty) somebody outside.

    `name` is the new place in the queue, or the outside leg.
    """

    name: str
    purpose: Purpose
    agent: str = ""
    ring_group: str = ""


def find(floor: Floor, call: str) -> tuple[Assignment, Room] | None:
    """Find a conversation and its room; None: there is none, or the contact is served no more."""
    assignment = floor.assignments.get(call)
    if assignment is None or assignment.conversation:
        return None
    room = floor.room_of(assignment.contact)
    if room is None and assignment.ended:
        return None
    return assignment, room or Room(call, assignment.contact)


def hold(floor: Floor, room: Room) -> None:
    """Let the contact hear music instead of those who serve.

    Raises:
        NotNow: somebody is being called into the room.
    """
    if room.is_held:
        return
    if room.pending:
        raise NotNow("somebody is being called: wait for it, or cancel the transfer")
    floor.arrange(replace(room, is_held=True))


def resume(floor: Floor, room: Room) -> None:
    """Bring the contact back to those who serve; whoever is being called will join them.

    Raises:
        NotNow: nobody is there to whom the contact could come back.
    """
    if not room.is_held:
        return
    if not floor.serving(room.contact):
        raise NotNow("nobody is there yet: the contact hears music until somebody comes")
    purpose: Purpose = "add" if room.pending else ""
    floor.arrange(replace(room, is_held=False, purpose=purpose))


def transfer(floor: Floor, call: str, room: Room, wanted: Wanted, at: datetime) -> None:
    """Call somebody into the room, who takes over (`warm`, `blind`) or joins (`add`).

    Raises:
        NotNow: somebody is being called already, or nobody could come.
    """
    serving = floor.serving(room.contact)
    _check(floor, call, room, wanted, serving)
    room = replace(room, pending=wanted.name, purpose=wanted.purpose)
    if wanted.purpose != "add":
        room = replace(room, is_held=True)
    if wanted.agent or wanted.ring_group:
        if floor.enter(_place(wanted, serving, at, floor.call_weight)) == "no_match":
            raise NotNow("there is no other agent in this ring group", "ring_group")
    else:
        floor.call_outside(wanted.name, at, RING)
    if wanted.purpose == "blind":
        _dismiss(floor, call, room, at)
    else:
        floor.arrange(room)


def complete(floor: Floor, call: str, room: Room, at: datetime) -> None:
    """Leave the contact to the others, or to whoever is being called.

    Raises:
        NotNow: nobody else serves the contact or is being called.
    """
    assignment, serving = floor.assignments[call], floor.serving(room.contact)
    if assignment.ended:
        return
    if len(serving) == 1 and not room.pending:
        raise NotNow("nobody else is there: transfer first, or end the call")
    _dismiss(floor, call, room, at)


def cancel(floor: Floor, call: str, room: Room, at: datetime) -> None:
    """Call nobody any more; who came last leaves, and the contact is back.

    After a blind transfer nobody is there any more: the contact goes back to the queue.

    Raises:
        NotNow: nobody is being called, and nobody else is there.
    """
    if room.pending:
        floor.withdraw(room.pending, at)
        floor.nobody_came(room.pending, at)
        return
    others = [each for each in floor.serving(room.contact) if each.id != call]
    if not others or floor.assignments[call].ended:
        raise NotNow("no transfer goes on")
    _dismiss(floor, others[-1].id, room, at)


def watch(floor: Floor, room: Room, watcher: Watcher, at: datetime) -> str:
    """Let a supervisor in, or change what one does who is there; gives the supervisor's leg.

    Raises:
        NotNow: there is no such agent, or one who serves somebody or is being rung.
    """
    known = next((each for each in room.watchers if each.agent == watcher.agent), None)
    if known is not None:
        changed = replace(known, mode=watcher.mode)
        stay = tuple(changed if each is known else each for each in room.watchers)
        if known.mode != watcher.mode:
            floor.arrange(replace(room, watchers=stay))
        return known.leg
    _check_free(floor, watcher.agent)
    floor.put_agent(presence.start_call(floor.agents[watcher.agent], watcher.leg, at))
    floor.keep_room(replace(room, watchers=(*room.watchers, watcher)))
    return watcher.leg


def watcher(floor: Floor, leg: str) -> tuple[Room, Watcher] | None:
    """Find the room that a supervisor's leg belongs to, and whose it is."""
    for room in floor.rooms.values():
        for each in room.watchers:
            if each.leg == leg and room.closed is None:
                return room, each
    return None


def entrance(floor: Floor, leg: str) -> tuple[str, Seat] | None:
    """Say which room a leg that serves somebody enters, and how; None: it serves nobody."""
    served = floor.assignments.get(leg)
    if served is None or served.ended is not None:
        return None
    room = floor.room_of(served.contact)
    if room is None:
        return leg, Seat(ends=True)
    return room.id, seats(room, floor.serving(room.contact))[leg]


def _dismiss(floor: Floor, call: str, room: Room, at: datetime) -> None:
    """Let one leave, whose leg is ended when the room can do without."""
    floor.keep_room(replace(room, leaving=(*room.leaving, call)))
    floor.agent_left(call, "finished", at)


def _check(
    floor: Floor, call: str, room: Room, wanted: Wanted, serving: Sequence[Assignment]
) -> None:
    if floor.assignments[call].ended:
        raise NotNow("this conversation is over")
    if room.pending:
        raise NotNow("somebody is being called already: wait for it, or cancel the transfer")
    if wanted.purpose != "add" and len(serving) > 1:
        raise NotNow("others are there already: complete or cancel that transfer first")
    if len(serving) >= MOST:
        raise NotNow(f"at most {MOST} may serve one contact")
    if wanted.agent:
        _check_free(floor, wanted.agent)
        if floor.agents[wanted.agent].presence != "available":
            raise NotNow(f"{wanted.agent} is not available", "agent")
        if floor.agents[wanted.agent].room < floor.call_weight:
            raise NotNow(f"{wanted.agent} has no room for a call beside messages", "agent")


def _check_free(floor: Floor, name: str) -> None:
    agent = floor.agents.get(name)
    if agent is None:
        raise Wrong(f"there is no agent {name!r}", "agent")
    if agent.assignment:
        raise NotNow(f"{name} is in a conversation", "agent")
    if any(offer.agent == name for offer in floor.open_offers):
        raise NotNow(f"{name} is being rung", "agent")


def _place(wanted: Wanted, serving: Sequence[Assignment], at: datetime, weight: int) -> Waiting:
    """Make the place in the queue, before all others, of a contact who is being transferred."""
    who = Who(agents=(wanted.agent,)) if wanted.agent else Who(ring_groups=(wanted.ring_group,))
    return Waiting(
        wanted.name,
        who,
        at,
        deadline=at + (AGENT_WITHIN if wanted.agent else GROUP_WITHIN),
        ringing=Ringing(seconds=RING, attempts="single" if wanted.agent else "exhaust"),
        excluded=tuple(each.agent for each in serving if each.agent),
        returned=True,
        weight=weight,
    )
