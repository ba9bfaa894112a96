"""Who waits, and in which order: priority, then the longest waiting, accidents before all.

A queue is a tuple of `Waiting` in the order in which they are served.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from desk.agents import Agent
from desk.weights import CALL
from desk.who import Roster, Who
from desk.window import Window

Kind = Literal["call", "callback", "message"]
Order = Literal["most_idle", "most_proficient"]
Attempts = Literal["single", "exhaust"]
Status = Literal["available", "any"]
Fate = Literal["wait", "no_match", "timeout", "no_answer"]

AT_ONCE = 10
"""Agents rung at once for one contact, at most."""

PRIORITIES = range(1, 11)
"""Priority 1 is served first, 10 last."""

Queue = tuple["Waiting", ...]


@dataclass(frozen=True, slots=True)
class Ringing:
    """How agents are rung for a contact.

    `single` is one attempt: so many agents as are rung at once, and no more; `exhaust` goes on
    until every agent meant was tried. With `any` agents are rung whatever their presence, unless
    they serve or are offered somebody. `seconds` is how long each is rung.
    """

    at_once: int = 1
    seconds: float = 20
    attempts: Attempts = "exhaust"
    order: Order = "most_idle"
    status: Status = "available"

    def __post_init__(self) -> None:
        """Refuse a number of agents that cannot be rung at once."""
        if not 1 <= self.at_once <= AT_ONCE:
            raise ValueError(f"at_once must be 1 to {AT_ONCE}")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One contact in the queue; `id` is that of the contact's execution.

    `deadline` ends the wait (None: never). `tried` are the agents who were rung in vain,
    `excluded` those never to ring. `returned` marks a contact whom an accident brought back.
    Before `not_before` the contact keeps the place, but nobody is rung (a callback outside its
    hours, which are `permitted`, or between two tries). `weight` is how many points of an agent the
    contact takes. A `conversation` by messages (its id) is not rung: an agent is given it, or, when
    it lies in the `inbox`, takes it. `instead` are those meant when the one agent to whom it was
    passed on goes offline.
    """

    id: str
    who: Who
    entered: datetime
    priority: int = 5
    deadline: datetime | None = None
    ringing: Ringing = Ringing()
    tried: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    returned: bool = False
    not_before: datetime | None = None
    kind: Kind = "call"
    permitted: Window | None = None
    weight: int = CALL
    conversation: str = ""
    inbox: bool = False
    instead: Who | None = None

    def __post_init__(self) -> None:
        """Refuse a priority outside the scale."""
        if self.priority not in PRIORITIES:
            raise ValueError(f"priority must be 1 to 10, not {self.priority}")

    def sleeps(self, at: datetime) -> bool:
        """Say whether the contact only keeps a place, and nobody is rung yet."""
        return self.not_before is not None and at < self.not_before


def place(waiting: Waiting) -> tuple[bool, int, datetime, str]:
    """Give what the queue is sorted by; the id decides between twins."""
    return (not waiting.returned, waiting.priority, waiting.entered, waiting.id)


def ordered(waiting: Iterable[Waiting]) -> Queue:
    """Bring contacts into the order in which they are served."""
    return tuple(sorted(waiting, key=place))


def with_contact(queue: Queue, waiting: Waiting) -> Queue:
    """Put a contact at its place in the queue; one who waits already is replaced."""
    others = list(without(queue, waiting.id))
    insort(others, waiting, key=place)
    return tuple(others)


def holds(queue: Queue, waiting: Waiting) -> bool:
    """Say whether a contact stands at this place of the queue."""
    index = bisect_left(queue, place(waiting), key=place)
    return index < len(queue) and queue[index].id == waiting.id


def without(queue: Queue, contact: str) -> Queue:
    """Take a contact out of the queue."""
    return tuple(waiting for waiting in queue if waiting.id != contact)


def put_back(waiting: Waiting, at: datetime, max_wait: float | None) -> Waiting:
    """Return a contact whose agent had an accident: to the head, with the time of entering kept.

    The wait allowed (`max_wait`, seconds) begins anew, else the time spent talking would end it
    at once; every agent may be tried again.
    """
    deadline = None if max_wait is None else at + timedelta(seconds=max_wait)
    return replace(waiting, returned=True, tried=(), not_before=None, deadline=deadline)


def left_alone(waiting: Waiting, roster: Roster) -> Waiting:
    """Mean others for a contact passed on to one agent who has gone; else it is as it was."""
    if waiting.instead is None:
        return waiting
    if any(agent.presence != "offline" for agent in roster.matching(waiting.who)):
        return waiting
    return replace(waiting, who=waiting.instead, instead=None, excluded=())


def tried(waiting: Waiting, agent: str) -> Waiting:
    """Remember that an agent was rung in vain."""
    return waiting if agent in waiting.tried else replace(waiting, tried=(*waiting.tried, agent))


def position(queue: Queue, waiting: Waiting, roster: Roster, at: datetime) -> int:
    """Say how many-th in line a contact is, 1 being the next.

    Counted are those ahead whom one of the same agents could take; those who only keep a place
    are not. `queue` is in order; the contact need not be in it.
    """
    ahead = queue[: bisect_left(queue, place(waiting), key=place)]
    mine = {agent.id for agent in roster.matching(waiting.who)}
    rivals: dict[Who, bool] = {}
    count = 1
    for other in ahead:
        if other.who not in rivals:
            theirs = (agent.id for agent in roster.matching(other.who))
            rivals[other.who] = other.who == waiting.who or not mine.isdisjoint(theirs)
        count += rivals[other.who] and not other.sleeps(at)
    return count


def able(waiting: Waiting, roster: Roster) -> list[Agent]:
    """List the agents meant who could ever have this contact, whatever they do now."""
    return [
        agent
        for agent in roster.matching(waiting.who)
        if agent.id not in waiting.excluded and agent.capacity >= waiting.weight
    ]


def fate(waiting: Waiting, roster: Roster, offered: int, at: datetime) -> Fate:
    """Say whether a contact goes on waiting, or by which exit it leaves.

    `offered` is how many agents are being rung for it. `no_match`: no such agent exists.
    `timeout`: the wait allowed is over, even while somebody is rung. `no_answer`: the attempt
    was made in vain (`single`), or every agent meant was tried (`exhaust`).
    """
    meant = able(waiting, roster)
    if not meant:
        return "no_match"
    if waiting.deadline is not None and at >= waiting.deadline:
        return "timeout"
    if offered or not waiting.tried:
        return "wait"
    if waiting.ringing.attempts == "single":
        return "no_answer"
    left = any(agent.id not in waiting.tried for agent in meant)
    return "wait" if left else "no_answer"


def due(queue: Queue, roster: Roster, offered: Mapping[str, int], at: datetime) -> dict[str, Fate]:
    """Find the contacts who leave the queue now, and by which exit."""
    pressed = (w for w in queue if _is_pressed(w, roster, at))
    fates = {w.id: fate(w, roster, offered.get(w.id, 0), at) for w in pressed}
    return {contact: exit_ for contact, exit_ in fates.items() if exit_ != "wait"}


def _is_pressed(waiting: Waiting, roster: Roster, at: datetime) -> bool:
    """Say whether a contact might leave: hardly anybody does, and everybody is looked at."""
    late = waiting.deadline is not None and at >= waiting.deadline
    return bool(late or waiting.tried or waiting.excluded) or not roster.matching(waiting.who)


def next_change(queue: Queue, at: datetime) -> datetime | None:
    """Find the next moment at which time alone changes the queue, for the one timer it needs."""
    moments = (moment for w in queue for moment in (w.deadline, w.not_before) if moment)
    return min((moment for moment in moments if moment > at), default=None)
