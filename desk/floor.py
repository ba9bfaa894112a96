"""The whole desk as one thing: who waits, who is rung, who serves whom, and what follows.

Every event is a method; `settle` then answers the two questions that every event raises: who
leaves the queue now, and who is rung now. What the world must do about it collects in `tasks`,
what has to be written in `changed`. Nothing here reads a clock or makes up an id.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from desk import assignments, estimate, offers, presence, queue, routing
from desk.agents import Agent
from desk.assignments import Assignment, How
from desk.offers import Answer, Ending, Offer
from desk.queue import Fate, Queue, Waiting
from desk.who import Roster, Who

SET_UP = 10.0
"""Seconds that a call to an agent may take before it rings; carriers add 5 s of their own."""

AT_THE_KEY = 20.0
"""Seconds an agent who picked up has to accept by the key."""

ABOUT_A_DAY = timedelta(hours=24)
"""How long the past counts for an estimate."""

Kind = Literal["ring", "end_ring", "exit", "assigned", "agent_left", "release"]
Table = Literal["agents", "waiting", "offers", "assignments"]


@dataclass(frozen=True, slots=True)
class Task:
    """What the world must do: about an offer or assignment (`id`), for a contact, to an agent.

    `ring` and `end_ring` an agent for an offer; tell the contact's walk `exit` (`word` is the
    exit), `assigned` or `agent_left` (`word` is how); `release` the agent's leg.
    """

    kind: Kind
    contact: str
    id: str = ""
    agent: str = ""
    word: str = ""


@dataclass
class Floor:
    """The state of one contact centre, and what changed in it since `clear`."""

    agents: dict[str, Agent] = field(default_factory=dict)
    queue: Queue = ()
    offers: dict[str, Offer] = field(default_factory=dict)
    assignments: dict[str, Assignment] = field(default_factory=dict)
    contacts: dict[str, Waiting] = field(default_factory=dict)
    wrap_up: float = 0.0
    tasks: list[Task] = field(default_factory=list)
    changed: set[tuple[Table, str]] = field(default_factory=set)
    _roster: Roster | None = None

    @property
    def open_offers(self) -> list[Offer]:
        """The agents being rung."""
        return [offer for offer in self.offers.values() if offer.is_open]

    @property
    def roster(self) -> Roster:
        """The agents there are, indexed."""
        if self._roster is None:
            self._roster = Roster(tuple(self.agents.values()))
        return self._roster

    def clear(self) -> None:
        """Forget what was to be written and done: it is."""
        self.tasks, self.changed = [], set()

    def forget_roster(self) -> None:
        """Index the agents anew when they are next asked for."""
        self._roster = None

    def enter(self, waiting: Waiting) -> Fate:
        """Put a contact into the queue: `wait`, or `no_match` where no such agent exists."""
        if waiting.id in self.contacts:
            return "wait"
        if not any(a.id not in waiting.excluded for a in self.roster.matching(waiting.who)):
            return "no_match"
        self._keep_waiting(waiting)
        return "wait"

    def leave(self, contact: str, at: datetime, word: str = "") -> None:
        """The contact has gone, or took another exit: nobody is rung, whoever served is free.

        `word` is what the agent is told.
        """
        if self._waits(contact):
            self._exit(contact, at)
        for assignment in self._serving(contact):
            self._end(assignment, "contact_left", at)
            self._task("release", contact, assignment.id, assignment.agent, word)

    def take(self, agent: str, contact: str, room: str, at: datetime) -> None:
        """Give an agent a contact without a queue: the agent calls somebody.

        Raises:
            NotAllowed: the agent serves somebody already.
        """
        self.put_agent(presence.start_call(self.agents[agent], contact, at))
        self._keep_assignment(Assignment(room, contact, agent, at))

    def picked_up(self, offer_id: str, at: datetime) -> None:
        """The agent's telephone was answered: there is time to press the key."""
        offer = self.offers[offer_id]
        if offer.is_open:
            self._keep_offer(replace(offer, expires=at + timedelta(seconds=AT_THE_KEY)))

    def accept(self, offer_id: str, at: datetime) -> Answer:
        """Decide an acceptance: the first wins, the others hear so."""
        offer = self.offers[offer_id]
        siblings = [o for o in self.offers.values() if o.contact == offer.contact]
        waits = self._waits(offer.contact)
        decision = offers.accept(offer, siblings, at, is_waiting=waits)
        for changed in decision.changed:
            self._keep_offer(changed)
            if changed.state != "accepted":
                self._task("end_ring", changed.contact, changed.id, changed.agent)
        if decision.answer == "accepted" and decision.changed:
            self._serve(offer, at)
        return decision.answer

    def end_offer(self, offer_id: str, how: Ending, at: datetime) -> None:
        """An offer came to nothing; `lost` sets the agent not ready, whose line does not work."""
        offer = self.offers[offer_id]
        if not offer.is_open:
            return
        ended = offers.end(offer, how, at)
        self._keep_offer(ended)
        waiting = self.contacts.get(ended.contact)
        if waiting and self._waits(ended.contact):
            self._keep_waiting(offers.after(waiting, ended))
        agent = self.agents.get(offer.agent)
        if how == "lost" and agent:
            self.put_agent(presence.lose(agent, at))

    def agent_left(self, assignment_id: str, how: How, at: datetime) -> None:
        """The agent's leg has ended: the walk goes on, or the contact returns to the queue."""
        assignment = self.assignments.get(assignment_id)
        if assignment is None or assignment.ended:
            return
        self._end(assignment, how, at)
        self._task("agent_left", assignment.contact, assignment.id, assignment.agent, how)

    def choose(self, agent: str, word: str, at: datetime) -> Agent:
        """Take an agent's choice of presence; who goes offline is rung no more.

        Raises:
            NotAllowed: it cannot be chosen.
        """
        chosen = presence.choose(self.agents[agent], word, at)
        self.put_agent(chosen)
        if word == "offline":
            self._end_rings((o for o in self.open_offers if o.agent == agent), at)
        return chosen

    def put_agent(self, agent: Agent) -> None:
        """Add an agent, or write what changed of one."""
        self.agents[agent.id] = agent
        self.changed.add(("agents", agent.id))
        self._roster = None

    def remove_agent(self, agent: str, at: datetime) -> bool:
        """Take an agent out, who is rung no more; not one who serves somebody."""
        known = self.agents.get(agent)
        if known is None or known.assignment:
            return False
        self._end_rings((o for o in self.open_offers if o.agent == agent), at)
        del self.agents[agent]
        self.changed.add(("agents", agent))
        self._roster = None
        return True

    def settle(self, at: datetime, new_id: Callable[[], str]) -> None:
        """Do what follows of the present state: ends of time, exits, and new ringing."""
        for offer in self.open_offers:
            if at >= offer.expires:
                self.end_offer(offer.id, "expired", at)
                self._task("end_ring", offer.contact, offer.id, offer.agent)
        for agent in list(self.agents.values()):
            rested = presence.end_wrap_up(agent, at)
            if rested is not agent:
                self.put_agent(rested)
        rung = offers.count_open(self.open_offers)
        for contact, word in queue.due(self.queue, self.roster, rung, at).items():
            self._exit(contact, at)
            self._task("exit", contact, word=word)
        for ring in routing.plan(self.queue, self.roster, self.open_offers, at):
            made = offers.make(new_id(), ring.contact, ring.agent, at, ring.seconds + SET_UP)
            self._keep_offer(made)
            self._task("ring", made.contact, made.id, made.agent)

    def next_moment(self, at: datetime) -> datetime | None:
        """Find the next moment at which time alone changes something."""
        moments = [offer.expires for offer in self.open_offers]
        moments += [a.wrap_up_until for a in self.agents.values() if a.wrap_up_until]
        waits = queue.next_change(self.queue, at)
        return min([m for m in (*moments, waits) if m is not None and m > at], default=None)

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
        staffing = self.roster.staffing(who, engaged)
        meant = {agent.id for agent in self.roster.matching(who)}
        past = sorted(
            (a for a in self.assignments.values() if a.ended and a.agent in meant),
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
        return any(waiting.id == contact for waiting in self.queue)

    def _serving(self, contact: str) -> list[Assignment]:
        return [a for a in self.assignments.values() if a.contact == contact and not a.ended]

    def _serve(self, offer: Offer, at: datetime) -> None:
        self.put_agent(presence.start_call(self.agents[offer.agent], offer.contact, at))
        self.queue = queue.without(self.queue, offer.contact)
        self.changed.add(("waiting", offer.contact))
        made = Assignment(offer.id, offer.contact, offer.agent, at)
        self._keep_assignment(made)
        self._task("assigned", offer.contact, offer.id, offer.agent)

    def _end(self, assignment: Assignment, how: How, at: datetime) -> None:
        self._keep_assignment(assignments.end(assignment, how, at))
        agent = self.agents.get(assignment.agent)
        if agent is None:
            return
        if how == "accident":
            agent = presence.lose(agent, at)
        wrap_up = 0.0 if how == "accident" else self.wrap_up
        self.put_agent(presence.end_call(agent, assignment.contact, at, wrap_up))

    def _exit(self, contact: str, at: datetime) -> None:
        self._end_rings((o for o in self.open_offers if o.contact == contact), at)
        self.queue = queue.without(self.queue, contact)
        self.changed.add(("waiting", contact))

    def _end_rings(self, ended: Iterable[Offer], at: datetime) -> None:
        for offer in offers.withdraw(ended, at):
            self._keep_offer(offer)
            self._task("end_ring", offer.contact, offer.id, offer.agent)

    def _keep_waiting(self, waiting: Waiting) -> None:
        self.contacts[waiting.id] = waiting
        self.queue = queue.with_contact(self.queue, waiting)
        self.changed.add(("waiting", waiting.id))

    def _keep_offer(self, offer: Offer) -> None:
        self.offers[offer.id] = offer
        self.changed.add(("offers", offer.id))

    def _keep_assignment(self, assignment: Assignment) -> None:
        self.assignments[assignment.id] = assignment
        self.changed.add(("assignments", assignment.id))

    def _task(
        self, kind: Kind, contact: str, id_: str = "", agent: str = "", word: str = ""
    ) -> None:
        self.tasks.append(Task(kind, contact, id_, agent, word))
