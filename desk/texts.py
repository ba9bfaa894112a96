"""What agents and supervisors ask of a conversation by messages: to take it, pass it on, close it.

Each function moves a floor by one wish, or raises and changes nothing. A wish that is fulfilled
already is no error.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from desk.assignments import Assignment
from desk.floor import Floor
from desk.handling import NotNow, Wrong
from desk.queue import Waiting, able
from desk.who import Who

_TOO_SMALL = "this agent's whole capacity is not enough for it"


@dataclass(frozen=True, slots=True)
class Whom:
    """Who shall have it: exactly one of an agent and a ring group."""

    agent: str = ""
    ring_group: str = ""


def waiting(floor: Floor, conversation: str) -> Waiting | None:
    """Find the place in the queue of a conversation that waits for an agent."""
    return next((each for each in floor.queue if each.conversation == conversation), None)


def serving(floor: Floor, conversation: str) -> Assignment | None:
    """Find who has a conversation now."""
    open_ones = (each for each in floor.assignments.values() if not each.ended)
    return next((each for each in open_ones if each.conversation == conversation), None)


def may_take(floor: Floor, place: Waiting, agent: str) -> str:
    """Say in words why an agent may not take a conversation that waits; empty when it may be."""
    known = floor.agents[agent]
    if not place.who.matches(known) or agent in place.excluded:
        return "it is meant for others"
    if known.presence == "offline":
        return f"{agent} is offline"
    room = known.capacity - floor.used(known)
    if room < place.weight:
        return f"{agent} has room for {max(0, room)} points, and it takes {place.weight}"
    return ""


def take(floor: Floor, conversation: str, agent: str, name: str, at: datetime) -> None:
    """Let an agent take a conversation that waits; the assignment gets this name.

    Raises:
        NotNow: somebody else has it, it does not wait, or the agent may not take it.
    """
    _known(floor, agent)
    held = serving(floor, conversation)
    if held is not None and held.agent == agent:
        return
    if held is not None:
        raise NotNow(f"{held.agent} has this conversation")
    place = waiting(floor, conversation)
    if place is None:
        raise NotNow("this conversation does not wait for an agent")
    if why := may_take(floor, place, agent):
        raise NotNow(why)
    floor.hand(place.id, agent, name, at)


def transfer(floor: Floor, conversation: str, whom: Whom, at: datetime) -> None:
    """Put a conversation at the head of the queue for an agent or a ring group.

    Whoever has it is free of it at once, and is not meant by the group. When the agent goes
    offline before having it, those are meant again who were before.

    Raises:
        NotNow: nobody has it and it does not wait, or nobody is there who could have it.
    """
    held = serving(floor, conversation)
    if held is not None and held.agent == whom.agent:
        raise NotNow(f"{whom.agent} has this conversation", "agent")
    excluded = (held.agent,) if held is not None else ()
    who = _who(floor, whom)
    place = waiting(floor, conversation) if held is None else _place(held, who, at)
    if place is None:
        raise NotNow("this conversation is with its flow, or over")
    instead = _before(floor, place.id) if whom.agent else None
    head = replace(place, who=who, returned=True, inbox=False, deadline=None, excluded=excluded)
    head = replace(head, instead=instead)
    if not able(head, floor.roster):
        nobody = "there is no other agent in this ring group who could have it"
        raise NotNow(*((nobody, "ring_group") if whom.ring_group else (_TOO_SMALL, "agent")))
    floor.pass_on(held, head, at)


def close(floor: Floor, conversation: str, at: datetime) -> Assignment:
    """Let the agent be through with a conversation; gives what it was.

    Raises:
        NotNow: nobody has it.
    """
    held = serving(floor, conversation)
    if held is None:
        raise NotNow("nobody has this conversation")
    floor.agent_left(held.id, "finished", at)
    return held


def _place(held: Assignment, who: Who, at: datetime) -> Waiting:
    return Waiting(
        *(held.contact, who, at),
        kind="message",
        weight=held.weight,
        conversation=held.conversation,
    )


def _before(floor: Floor, contact: str) -> Who | None:
    """Find who was meant before a conversation was passed on to one agent."""
    known = floor.contacts.get(contact)
    return (known.instead or known.who) if known is not None else None


def _who(floor: Floor, whom: Whom) -> Who:
    if whom.agent:
        _known(floor, whom.agent)
        if floor.agents[whom.agent].presence == "offline":
            raise NotNow(f"{whom.agent} is offline", "agent")
        return Who(agents=(whom.agent,))
    return Who(ring_groups=(whom.ring_group,))


def _known(floor: Floor, agent: str) -> None:
    if agent not in floor.agents:
        raise Wrong(f"there is no agent {agent!r}", "agent")
