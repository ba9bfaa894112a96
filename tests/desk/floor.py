"""A contact centre in miniature: the pure rules put together, as the product does with a store.

Every event is followed by the same two questions: who leaves the queue, and who is rung now.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from desk import offers, presence, queue, routing
from desk.agents import Agent
from desk.offers import Offer
from desk.queue import Queue, Waiting
from desk.who import Roster

START = datetime(2026, 11, 23, 9, tzinfo=UTC)


def naive_plan(
    waiting: Queue, agents: Sequence[Agent], open_offers: Sequence[Offer], at: datetime
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
    """The state of the centre; every method is one event, a second after the last."""

    agents: dict[str, Agent]
    at: datetime = START
    queue: Queue = ()
    offers: dict[str, Offer] = field(default_factory=dict)
    contacts: dict[str, Waiting] = field(default_factory=dict)
    served: dict[str, str] = field(default_factory=dict)
    gone: dict[str, str] = field(default_factory=dict)
    wrap_up: float = 0
    max_wait: float | None = None

    @property
    def open_offers(self) -> list[Offer]:
        return [offer for offer in self.offers.values() if offer.is_open]

    @property
    def roster(self) -> Roster:
        return Roster(tuple(self.agents.values()))

    def arrive(self, contact: Waiting) -> None:
        contact = replace(contact, entered=self.at)
        if self.max_wait is not None:
            contact = replace(contact, deadline=self.at + timedelta(seconds=self.max_wait))
        self.contacts[contact.id] = contact
        self.queue = queue.with_contact(self.queue, contact)
        self.settle()

    def leave(self, contact: str) -> None:
        if contact in self.served:
            self._release(contact)
            self.gone[contact] = "left the call"
        elif contact not in self.gone:
            self._exit(contact, "left")
        self.settle()

    def accept(self, offer_id: str) -> str:
        offer = self.offers[offer_id]
        siblings = [o for o in self.offers.values() if o.contact == offer.contact]
        waits = any(waiting.id == offer.contact for waiting in self.queue)
        decision = offers.accept(offer, siblings, self.at, is_waiting=waits)
        self._keep(decision.changed)
        if decision.answer == "accepted" and decision.changed:
            agent = self.agents[offer.agent]
            self.agents[agent.id] = presence.start_call(agent, offer.contact, self.at)
            self.queue = queue.without(self.queue, offer.contact)
            self.served[offer.contact] = agent.id
        self.settle()
        return decision.answer

    def decline(self, offer_id: str) -> None:
        self._end(offers.end(self.offers[offer_id], "declined", self.at))
        self.settle()

    def pass_time(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        for offer in self.open_offers:
            self._end(offers.expire(offer, self.at))
        for name, agent in self.agents.items():
            self.agents[name] = presence.end_wrap_up(agent, self.at)
        self.settle()

    def lose_line(self, agent: str) -> None:
        """The agent's browser or line drops: while rung, or during a call (an accident)."""
        served = self.agents[agent].assignment
        self.agents[agent] = presence.lose(self.agents[agent], self.at)
        for offer in self.open_offers:
            if offer.agent == agent:
                self._end(offers.end(offer, "lost", self.at))
        if served:
            self._release(served)
            back = queue.put_back(self.contacts[served], self.at, self.max_wait)
            self.queue = queue.with_contact(self.queue, back)
        self.settle()

    def choose(self, agent: str, word: str) -> None:
        self.agents[agent] = presence.choose(self.agents[agent], word, self.at)
        if word == "offline":
            self._keep(offers.withdraw((o for o in self.open_offers if o.agent == agent), self.at))
        self.settle()

    def end_call(self, agent: str) -> None:
        contact = self.agents[agent].assignment
        if contact:
            self._release(contact)
            self.gone[contact] = "call_finished"
        self.settle()

    def settle(self) -> None:
        roster = self.roster
        fates = queue.due(self.queue, roster, offers.count_open(self.open_offers), self.at)
        for contact, exit_ in fates.items():
            self._exit(contact, exit_)
        before = self.open_offers
        rings = routing.plan(self.queue, roster, before, self.at)
        plain = [(ring.contact, ring.agent) for ring in rings]
        assert plain == naive_plan(self.queue, roster.agents, before, self.at)
        for ring in rings:
            name = f"o{len(self.offers)}"
            made = offers.make(name, ring.contact, ring.agent, self.at, ring.seconds)
            self.offers[name] = made
        self._check()
        self._check_nobody_is_overlooked()
        self.at += timedelta(seconds=1)

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

    def _exit(self, contact: str, why: str) -> None:
        self._keep(offers.withdraw((o for o in self.open_offers if o.contact == contact), self.at))
        self.queue = queue.without(self.queue, contact)
        self.gone[contact] = why

    def _release(self, contact: str) -> None:
        agent = self.agents[self.served.pop(contact)]
        self.agents[agent.id] = presence.end_call(agent, contact, self.at, self.wrap_up)

    def _end(self, offer: Offer) -> None:
        self._keep((offer,))
        waiting = next((w for w in self.queue if w.id == offer.contact), None)
        if waiting:
            self.queue = queue.with_contact(self.queue, offers.after(waiting, offer))

    def _keep(self, changed: Sequence[Offer]) -> None:
        self.offers.update({offer.id: offer for offer in changed})
