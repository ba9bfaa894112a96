"""What a contact centre is at a moment, and what changed of it: agents, who waits, who serves whom.

`desk.floor` moves it. What the world must do about a change collects in `tasks`, what has to be
written in `changed`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from desk import estimate, queue
from desk.agents import Agent
from desk.assignments import Assignment
from desk.offers import Offer
from desk.queue import Queue, Waiting
from desk.rooms import Room
from desk.weights import CALL
from desk.who import Roster, Who

ABOUT_A_DAY = timedelta(hours=24)
"""How long the past counts for an estimate."""

Kind = Literal[
    "ring",
    "end_ring",
    "exit",
    "assigned",
    "agent_left",
    "release",
    "arrange",
    "queued",
    "freed",
]
Table = Literal["agents", "waiting", "offers", "assignments", "rooms"]


@dataclass(frozen=True, slots=True)
class Task:
    """What the world must do: about an offer or assignment (`id`), for a contact, to an agent.

    `ring` and `end_ring` an agent for an offer; tell the contact's walk `exit` (`word` is the
    exit), `assigned` or `agent_left` (`word` is how); `release` the agent's leg; `arrange` a room
    (`id`) anew, as of its round (`word`). With `at_once` the contact is alone in the room, and does
    not come out of it by itself. `queued` and `freed`: a conversation by messages waits for an
    agent now, or is its walk's again.
    """

    kind: Kind
    contact: str
    id: str = ""
    agent: str = ""
    word: str = ""
    at_once: bool = False


@dataclass
class State:
    """The state of one contact centre, and what changed in it since `clear`."""

    agents: dict[str, Agent] = field(default_factory=dict)
    queue: Queue = ()
    offers: dict[str, Offer] = field(default_factory=dict)
    assignments: dict[str, Assignment] = field(default_factory=dict)
    contacts: dict[str, Waiting] = field(default_factory=dict)
    rooms: dict[str, Room] = field(default_factory=dict)
    wrap_up: float = 0.0
    call_weight: int = CALL
    tasks: list[Task] = field(default_factory=list)
    changed: set[tuple[Table, str]] = field(default_factory=set)
    _roster: Roster | None = None
    _rung: dict[str, Offer] | None = None

    @property
    def open_offers(self) -> list[Offer]:
        """The agents being rung."""
        if self._rung is None:
            self._rung = {name: offer for name, offer in self.offers.items() if offer.is_open}
        return list(self._rung.values())

    @property
    def roster(self) -> Roster:
        """The agents there are, indexed."""
        if self._roster is None:
            self._roster = Roster(self.agents.values())
        return self._roster

    def clear(self) -> None:
        """Forget what was to be written and done: it is."""
        self.tasks, self.changed = [], set()

    def forget_roster(self) -> None:
        """Index the agents anew when they are next asked for."""
        self._roster = None

    def put_agent(self, agent: Agent) -> None:
        """Add an agent, or write what changed of one."""
        self.seat(agent)
        self.changed.add(("agents", agent.id))

    def seat(self, agent: Agent) -> None:
        """Let an agent be as this says, without a change that is to be written."""
        self.agents[agent.id] = agent
        if self._roster is not None:
            self._roster = self._roster.with_agent(agent)

    def see(self, offer: Offer) -> None:
        """Let an offer be as this says, without a change that is to be written."""
        self.offers[offer.id] = offer
        if self._rung is not None and offer.is_open:
            self._rung[offer.id] = offer
        elif self._rung is not None:
            self._rung.pop(offer.id, None)

    def room_of(self, contact: str) -> Room | None:
        """Find the open room of a contact, or the one into which a pending place calls."""
        opened = (room for room in self.rooms.values() if room.closed is None)
        return next((room for room in opened if contact in {room.contact, room.pending}), None)

    def history(self, contact: str) -> list[Assignment]:
        """List who has served a contact, the first first."""
        found = (each for each in self.assignments.values() if each.contact == contact)
        return sorted(found, key=lambda each: (each.began, each.id))

    def serving(self, contact: str) -> list[Assignment]:
        """List who serves a contact now, the first first."""
        return [each for each in self.history(contact) if not each.ended]

    def last_agent(self, contact: str) -> str:
        """Name the agent who served a contact last; empty for none."""
        return next((each.agent for each in reversed(self.history(contact)) if each.agent), "")

    def talk_seconds(self, contact: str) -> int:
        """Count how long a contact was served, from the first to the last who left."""
        past = self.history(contact)
        ends = [each.ended for each in past if each.ended]
        return round((max(ends) - past[0].began).total_seconds()) if ends else 0

    def used(self, agent: Agent) -> int:
        """Count the points that an agent has taken; who is being rung may have a call at once."""
        is_rung = any(offer.agent == agent.id for offer in self.open_offers)
        return agent.load + (self.call_weight if agent.assignment or is_rung else 0)

    def keep_room(self, room: Room) -> None:
        """Write what changed of a room."""
        self.rooms[room.id] = replace(room, round=room.round + 1)
        self.changed.add(("rooms", room.id))

    def arrange(self, room: Room) -> None:
        """Write what changed of a room, and have those in it put so."""
        self.keep_room(room)
        self._task("arrange", room.contact, room.id, word=str(self.rooms[room.id].round))

    def position(self, contact: str, at: datetime) -> int | None:
        """Say how many-th in line a contact is; None for one who does not wait."""
        waiting = self.contacts.get(contact)
        if waiting is None or not self._waits(contact):
            return None
        return queue.position(self.queue, waiting, self.roster, at)

    def estimate(self, who: Who, position: int, at: datetime) -> int | None:
        """Estimate the seconds until the contact at this position is served."""
        return self.outlook(who, at)(position)

    def outlook(self, who: Who, at: datetime) -> Callable[[int], int | None]:
        """Give what estimates the wait of each position, for those who wait for these agents."""
        engaged = {offer.agent for offer in self.open_offers}
        staffing = self.roster.staffing(who, engaged, self.call_weight)
        meant = {agent.id for agent in self.roster.matching(who)}
        past = sorted(
            (a for a in self.assignments.values() if _was_call(a) and a.agent in meant),
            key=lambda a: a.began,
        )
        recent = [float(a.seconds) for a in past if at - a.began < ABOUT_A_DAY]
        handled = [seconds + self.wrap_up for seconds in recent]
        return lambda position: estimate.estimated_wait(
            position, staffing.at_work, staffing.free, handled
        )

    def would_be(self, waiting: Waiting, at: datetime) -> tuple[int, int | None]:
        """Give the place and the likely wait (seconds) that a new contact would have."""
        position = queue.position(self.queue, waiting, self.roster, at)
        return position, self.estimate(waiting.who, position, at)

    def _waits(self, contact: str) -> bool:
        waiting = self.contacts.get(contact)
        return waiting is not None and queue.holds(self.queue, waiting)

    def _is_pending(self, contact: str) -> bool:
        room = self.room_of(contact)
        return room is not None and room.pending == contact

    def _keep_waiting(self, waiting: Waiting) -> None:
        self.contacts[waiting.id] = waiting
        self.queue = queue.with_contact(self.queue, waiting)
        self.changed.add(("waiting", waiting.id))

    def _keep_offer(self, offer: Offer) -> None:
        self.see(offer)
        self.changed.add(("offers", offer.id))

    def _keep_assignment(self, assignment: Assignment) -> None:
        self.assignments[assignment.id] = assignment
        self.changed.add(("assignments", assignment.id))

    def _task(
        self, kind: Kind, contact: str, id_: str = "", agent: str = "", word: str = ""
    ) -> None:
        self.tasks.append(Task(kind, contact, id_, agent, word))


def _was_call(assignment: Assignment) -> bool:
    """Say whether a call was served, and is over: conversations by messages last for days."""
    return assignment.ended is not None and not assignment.conversation
