"""The desk at work: every change of queue, offers and agents is one short transaction.

The floor (`desk.floor`) is kept in memory as of a version; under the desk's lock it is brought up
to date by the rows changed since, moved by one event, settled, and written. What the world must do
about it leaves as orders of the same transaction. No walk is locked meanwhile: walks and the desk
tell each other by orders, each of which may come twice.
"""

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from desk import presence
from desk.agents import Agent
from desk.assignments import Assignment
from desk.changes import bring_up_to_date, gather
from desk.floor import Floor
from desk.handling import NotNow
from desk.queue import Waiting
from desk.state import Task
from desk.who import Who
from flow.effects import Drop, EnterQueue, EstimateWait
from flow.ledger import Leg, Ticket
from runner.agent_words import UNREACHED
from runner.ids import new_id, new_token
from runner.messages.whose_turn import write_turns
from runner.numbers import zone_of
from runner.orders import Arrange, EndLeg, Noted, Orders, Ring, SayAndEnd, Tell
from runner.places import NO_RULES, DeskRules, kept_of
from runner.ports import Jobs, Store, Work

PAST = timedelta(hours=24)
"""How far back the desk looks when a process meets it first."""

MOST_KNOWN = 5_000
"""Contacts that a process remembers, those who left among them, before it reads the desk anew."""


@dataclass(slots=True)
class Open:
    """The desk while it is being changed: the transaction, the floor, the time.

    `orders`, under their names, are written down and carried out with those that follow.
    `is_revoked`: the API key for which the desk was opened counts no more.
    """

    work: Work
    floor: Floor
    at: datetime
    orders: list[tuple[str, Any]] = field(default_factory=list)
    is_revoked: bool = False


class Desk:
    """Changes and reads the desk. One instance serves all threads of a process."""

    def __init__(
        self,
        store: Store,
        orders: Orders,
        jobs: Jobs,
        clock: Callable[[], datetime],
        rules: DeskRules = NO_RULES,
    ) -> None:
        self._store, self._orders, self._jobs, self._clock = store, orders, jobs, clock
        self._rules = rules
        self._lock = Lock()
        self._floor = rules.floor()
        self._version = 0
        self._woken: datetime | None = None

    @contextmanager
    def change(self, api_key: str = "") -> Iterator[Open]:
        """Open the desk for one change; at its end it is settled, written, and carried out.

        With an API key, other requests by this key wait until the commit.
        """
        with self._lock:
            try:
                noted = yield from self._changed(api_key)
            except NotNow:
                if self._floor.changed or self._floor.tasks:
                    self._forget()
                raise
            except BaseException:
                self._forget()
                raise
        self._orders.begin(noted)

    def _changed(self, api_key: str) -> Generator[Open, None, list[Noted]]:
        with self._store.work() as work:
            revoked = bool(api_key) and not work.enter_key(api_key)
            version = work.open_desk()
            at = self._clock()
            floor = self._current(work, version, at)
            opened = Open(work, floor, at, is_revoked=revoked)
            yield opened
            floor.settle(at, new_id)
            noted = self._carry_out(opened)
            if floor.changed:
                version += 1
                work.keep_desk(gather(floor, version))
            self._wake_up(opened)
            floor.clear()
        self._version = version
        return noted

    def enter(self, effect: EnterQueue) -> tuple[str, Mapping[str, Any]]:
        """Put a contact into the queue: `waiting` or `no_match`; done twice it changes nothing."""
        with self.change() as desk:
            known = desk.work.tickets([effect.id]).get(effect.id)
            if known is not None:
                return ("waiting" if known.data else "no_match"), {}
            own = zone_of(desk.work, str(effect.callback.get("number", "")))
            if desk.floor.enter(self._rules.place(effect, desk.at, own)) == "no_match":
                return "no_match", {}
            execution = effect.id.rpartition(".")[0]
            desk.work.keep_ticket(Ticket(effect.id, execution, kept_of(effect), desk.at))
        return "waiting", {}

    def drop(self, order: Drop) -> None:
        """Forget what a walk ordered: a place in the queue, a conversation, a call being placed."""
        self.leave(order.order, order.word)

    def leave(self, place: str, word: str = "") -> None:
        """Take a contact out of the queue, or release the agent; also one who never came in."""
        with self.change() as desk:
            if desk.work.tickets([place]):
                desk.floor.leave(place, desk.at, word)
            elif desk.work.leg(place) is None:
                execution = place.rpartition(".")[0]
                desk.work.keep_ticket(Ticket(place, execution, {}, desk.at))
            else:
                desk.orders.append((f"end-{place}", EndLeg(place)))

    def settle(self) -> None:
        """Do what time alone brings: offers and waits that end, after-call work that is over."""
        with self.change():
            pass

    @contextmanager
    def look(self) -> Iterator[tuple[Floor, datetime]]:
        """Read the desk as it stands, and the time; the floor must not be changed."""
        with self._lock:
            at = self._clock()
            changes = self._store.desk_since(self._version, at - PAST)
            if changes.version < self._version:
                self._forget()
                changes = self._store.desk_since(0, at - PAST)
            bring_up_to_date(self._floor, changes)
            self._version = changes.version
            yield self._floor, at

    def served(self, place: str) -> Assignment | None:
        """Find the conversation that came of a place in the queue: of several one that goes on."""
        with self.look() as (floor, _):
            found = [*floor.history(place), *floor.serving(place)]
        return found[-1] if found else None

    def awaits(self, place: str) -> bool:
        """Say whether nobody serves a contact for the moment, but somebody is being called."""
        with self.look() as (floor, _):
            return floor.room_of(place) is not None and not floor.serving(place)

    def stands(self, place: str) -> tuple[int | None, int | None]:
        """Say which place in line a contact has, and the likely wait in seconds."""
        with self.look() as (floor, at):
            position = floor.position(place, at)
            if position is None:
                return None, None
            return position, floor.estimate(floor.contacts[place].who, position, at)

    def estimate(self, effect: EstimateWait) -> tuple[str, Mapping[str, Any]]:
        """Say how long a new contact of these ring groups would wait."""
        with self.look() as (floor, at):
            contact = Waiting("~", Who(ring_groups=effect.ring_groups), at, effect.priority)
            position, seconds = floor.would_be(contact, at)
        if seconds is None:
            return "unknown", {"position": position}
        return "known", {"seconds": seconds, "position": position}

    def choose(self, agent: str, word: str) -> Agent | None:
        """Set an agent's presence; None: there is no such agent.

        Raises:
            NotAllowed: it cannot be chosen.
        """
        presence.choice(word)
        with self.change() as desk:
            if agent not in desk.floor.agents:
                return None
            return desk.floor.choose(agent, word, desk.at)

    def _current(self, work: Work, version: int, at: datetime) -> Floor:
        """Bring the floor that is remembered up to date, or read it anew."""
        if version < self._version or len(self._floor.contacts) > MOST_KNOWN:
            self._forget()
        if version != self._version:
            bring_up_to_date(self._floor, work.desk_since(self._version, at - PAST))
        return self._floor

    def _forget(self) -> None:
        self._floor, self._version = self._rules.floor(), 0
        self._woken = None

    def _carry_out(self, desk: Open) -> list[Noted]:
        tasks = desk.floor.tasks
        tickets = desk.work.tickets({task.contact for task in tasks})
        write_turns(desk.work, desk.floor, tasks, desk.at, self._rules.changed)
        given = [self._ordered(desk, task, tickets) for task in tasks]
        named = [*desk.orders, *(order for order in given if order)]
        return self._orders.note(desk.work, named, desk.at)

    def _ordered(
        self, desk: Open, task: Task, tickets: Mapping[str, Ticket]
    ) -> tuple[str, Any] | None:
        """Turn a task of the floor into an order; a contact without a ticket is nobody's."""
        ticket = tickets.get(task.contact)
        match task.kind:
            case "ring" if ticket is not None:
                desk.work.keep_leg(_leg(desk, task, ticket))
                return f"ring-{task.id}", Ring(task.id)
            case "release" if task.word in UNREACHED:
                return f"say-{task.id}", SayAndEnd(task.id, task.word)
            case "arrange":
                return f"arrange-{task.id}-{task.word}", Arrange(task.id)
            case "end_ring" | "release":
                return f"end-{task.id}", EndLeg(task.id)
            case "exit" if ticket is not None:
                told = Tell(ticket.execution, task.contact, task.word, desk.at, last=True)
                return f"tell-{task.contact}-{task.word}", told
            case "assigned" if ticket is not None:
                return _assigning(task.id), _assigned(desk, task, ticket)
            case "agent_left" if ticket is not None:
                spoke = {
                    "how": task.word,
                    "talk_seconds": desk.floor.talk_seconds(task.contact),
                    "agent": desk.floor.last_agent(task.contact),
                }
                about = (ticket.execution, task.contact, task.kind, desk.at, spoke)
                told = Tell(*about, last=True, at_once=task.at_once, after=_assigning(task.id))
                return f"tell-{task.id}-left", told
            case _:
                return None

    def _wake_up(self, desk: Open) -> None:
        """Have the desk settled at the next moment at which time alone changes it, asked once."""
        moment = desk.floor.next_moment(desk.at) if desk.floor.changed else None
        if moment is not None and moment != self._woken:
            self._woken = moment
            delay = (moment - desk.at).total_seconds() + 0.05
            self._jobs.enqueue(desk.work, "desk", f"desk-{moment:%Y%m%d%H%M%S%f}", {}, delay)


def _leg(desk: Open, task: Task, ticket: Ticket) -> Leg:
    agent = desk.floor.agents[task.agent]
    return Leg(
        id=task.id,
        token=new_token(),
        kind="agent",
        execution=ticket.execution,
        recipient=agent.address,
        sender=str(ticket.data["line"]),
        ring_seconds=round(desk.floor.contacts[task.contact].ringing.seconds),
        created=desk.at,
        answer_after=ticket.data.get("auto_answer"),
    )


def _assigning(assignment: str) -> str:
    """Name the outbox row that tells a walk who serves its contact."""
    return f"tell-{assignment}"


def _assigned(desk: Open, task: Task, ticket: Ticket) -> Tell:
    waited = desk.at - desk.floor.contacts[task.contact].entered
    agent = desk.floor.agents[task.agent]
    until = desk.floor.called_until(task.contact, desk.at)
    result = {
        "assignment": task.id,
        "agent": agent.id,
        "name": agent.name,
        "wait_seconds": round(waited.total_seconds()),
        **({"until": until.isoformat()} if until else {}),
    }
    by_messages = bool(desk.floor.assignments[task.id].conversation)
    again = task.id if by_messages else ""
    before = [each.id for each in desk.floor.history(task.contact) if each.id != task.id]
    after = _assigning(before[-1]) if before else ""
    about = (ticket.execution, task.contact, "assigned", desk.at, result)
    return Tell(*about, again=again, after=after)
