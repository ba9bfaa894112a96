"""Days of a contact centre: one event after another, and after each what must always hold."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

from desk import floor as product
from desk import offers, presence, queue, routing
from desk.agents import Agent
from desk.offers import Offer
from desk.queue import Queue, Waiting
from desk.who import Roster

START = datetime(2026, 11, 23, 9, tzinfo=UTC)


def naive_plan(
    waiting: Queue, agents: Collection[Agent], open_offers: Sequence[Offer], at: datetime
) -> list[tuple[str, str]]:
    """The rule of routing as one says it, with no thought for speed."""
    engaged = {offer.agent for offer in open_offers}
    found = []
    for contact in waiting:
        rung = sum(offer.contact == contact.id for offer in open_offers)
        for _ in range(routing.wanted(contact, rung, at)):
            free = [a for a in agents if a.id not in engaged and routing.may_take(contact, a)]
            if not free:
                break
            best = min(free, key=lambda a: _naive_rank(contact, a))
            engaged.add(best.id)
            found.append((contact.id, best.id))
    return found


def _naive_rank(contact: Waiting, agent: Agent) -> tuple[float, float, str]:
    idle = agent.idle_since.timestamp() if agent.idle_since else float("-inf")
    skilled = contact.ringing.order == "most_proficient"
    return (-contact.who.proficiency(agent) if skilled else 0, idle, agent.id)


@dataclass
class Floor:
    """The product's floor through one day; every method is one event, a second after the last."""

    agents: dict[str, Agent]
    at: datetime = START
    gone: dict[str, str] = field(default_factory=dict)
    wrap_up: float = 0
    max_wait: float | None = None
    real: product.Floor = field(init=False)

    def __post_init__(self) -> None:
        """Let the agents in."""
        self.real = product.Floor(agents=self.agents, wrap_up=self.wrap_up)
        self._ids = count()

    @property
    def queue(self) -> Queue:
        """Who waits."""
        return self.real.queue

    @property
    def offers(self) -> dict[str, Offer]:
        """Every offer of the day."""
        return self.real.offers

    @property
    def open_offers(self) -> list[Offer]:
        """Who is rung."""
        return self.real.open_offers

    @property
    def contacts(self) -> dict[str, Waiting]:
        """Everybody who ever waited."""
        return self.real.contacts

    @property
    def roster(self) -> Roster:
        """The agents."""
        return self.real.roster

    @property
    def served(self) -> dict[str, str]:
        """Who serves whom now."""
        return {a.contact: a.agent for a in self.real.assignments.values() if not a.ended}

    def arrive(self, contact: Waiting) -> None:
        contact = replace(contact, entered=self.at)
        if self.max_wait is not None:
            contact = replace(contact, deadline=self.at + timedelta(seconds=self.max_wait))
        if self.real.enter(contact) == "no_match":
            self.contacts[contact.id] = contact
            self.gone[contact.id] = "no_match"
        self.settle()

    def leave(self, contact: str) -> None:
        if contact in self.served:
            self.gone[contact] = "left the call"
        elif contact not in self.gone:
            self.gone[contact] = "left"
        self.real.leave(contact, self.at)
        self.settle()

    def accept(self, offer_id: str) -> str:
        answer = self.real.accept(offer_id, self.at)
        self.settle()
        return answer

    def decline(self, offer_id: str) -> None:
        self.real.end_offer(offer_id, "declined", self.at)
        self.settle()

    def pass_time(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.settle()

    def lose_line(self, agent: str) -> None:
        """The agent's line drops: while rung, or during a call (an accident)."""
        served = [a for a in self.real.assignments.values() if a.agent == agent and not a.ended]
        for offer in self.open_offers:
            if offer.agent == agent:
                self.real.end_offer(offer.id, "lost", self.at)
        for assignment in served:
            self.real.agent_left(assignment.id, "accident", self.at)
            self.gone[assignment.contact] = "accident"
            back = queue.put_back(self.contacts[assignment.contact], self.at, self.max_wait)
            self.real.enter(replace(back, id=f"{back.id}+"))
        if not served:
            self.real.put_agent(presence.lose(self.agents[agent], self.at))
        self.settle()

    def choose(self, agent: str, word: str) -> None:
        self.real.choose(agent, word, self.at)
        self.settle()

    def end_call(self, agent: str) -> None:
        for assignment in list(self.real.assignments.values()):
            if assignment.agent == agent and not assignment.ended:
                self.real.agent_left(assignment.id, "finished", self.at)
                self.gone[assignment.contact] = "call_finished"
        self.settle()

    def settle(self) -> None:
        self._check_ringing()
        self._note_exits()
        self.real.clear()
        self._check()
        self._check_nobody_is_overlooked()
        self.at += timedelta(seconds=1)

    def _check_ringing(self) -> None:
        """Settle, and compare who is rung with the naive rule, on the state just before it."""
        before = {offer.id for offer in self.offers.values()}
        self.real.settle(self.at, lambda: f"o{next(self._ids)}")
        made = [offer for offer in self.offers.values() if offer.id not in before]
        rivals = [o for o in self.open_offers if o.id in before]
        plain = [(offer.contact, offer.agent) for offer in made]
        assert plain == naive_plan(self.queue, self.roster.agents, rivals, self.at)
        told = [(t.contact, t.agent) for t in self.real.tasks if t.kind == "ring"]
        assert told == plain

    def _note_exits(self) -> None:
        for task in self.real.tasks:
            if task.kind == "exit":
                assert task.contact not in self.gone
                self.gone[task.contact] = task.word

    def _check(self) -> None:
        assert offers.stranded(self.queue, self.agents, self.open_offers) == ()
        assert list(self.queue) == list(queue.ordered(self.queue))
        places = [[w.id for w in self.queue], list(self.served), list(self.gone)]
        everybody = [contact for place in places for contact in place]
        assert sorted(everybody) == sorted(self.contacts)
        for contact, agent in self.served.items():
            assert self.agents[agent].assignment == contact
            assert self.agents[agent].presence == "busy"

    def _check_nobody_is_overlooked(self) -> None:
        """No free agent is left whom a waiting contact still wants; nobody is rung too much."""
        engaged = {offer.agent for offer in self.open_offers}
        rung = offers.count_open(self.open_offers)
        for waiting in self.queue:
            assert rung.get(waiting.id, 0) <= waiting.ringing.at_once
            if routing.wanted(waiting, rung.get(waiting.id, 0), self.at):
                free = [a for a in self.agents.values() if a.id not in engaged]
                assert not any(routing.may_take(waiting, agent) for agent in free)
