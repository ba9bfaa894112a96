"""Days of a centre with calls and messages: one event after another, and what always holds."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from desk import floor as product
from desk import texts
from desk.agents import Agent
from desk.assignments import Assignment
from desk.handling import NotNow
from desk.queue import Waiting
from desk.texts import Whom
from tests.desk.floor import START


@dataclass
class Mixed:
    """The product's floor through one day; every method is one event, a second after the last.

    `gone` says why each contact has left, `waited` in which order conversations were given.
    """

    agents: dict[str, Agent]
    at: datetime = START
    gone: dict[str, str] = field(default_factory=dict)
    came: list[str] = field(default_factory=list)
    real: product.Floor = field(init=False)

    def __post_init__(self) -> None:
        """Let the agents in."""
        self.real = product.Floor(agents=self.agents)
        self._ids = count()

    def served(self) -> list[Assignment]:
        """Who serves whom now."""
        return [each for each in self.real.assignments.values() if not each.ended]

    def arrive(self, contact: Waiting) -> None:
        """Somebody calls or writes."""
        self.came.append(contact.id)
        if self.real.enter(contact) == "no_match":
            self.gone[contact.id] = "no_match"
        self.settle()

    def take(self, agent: str, conversation: str) -> bool:
        """An agent takes a conversation; whether it was granted."""
        name = f"t{next(self._ids)}"
        try:
            texts.take(self.real, conversation, agent, name, self.at)
        except NotNow:
            self.settle()
            return False
        self.settle()
        return True

    def transfer(self, conversation: str, whom: Whom) -> None:
        """A conversation is passed on, when it may be."""
        try:
            texts.transfer(self.real, conversation, whom, self.at)
        except NotNow:
            assert not self.real.changed
        self.settle()

    def close(self, assignment: Assignment) -> None:
        """An agent is through with a conversation, or with a call."""
        self.gone[assignment.contact] = "served"
        if assignment.conversation:
            texts.close(self.real, assignment.conversation, self.at)
        else:
            self.real.agent_left(assignment.id, "finished", self.at)
        self.settle()

    def leave(self, contact: str) -> None:
        """A contact goes."""
        if contact not in self.gone:
            self.gone[contact] = "left"
            self.real.leave(contact, self.at)
        self.settle()

    def answer(self, number: int, *, accepts: bool) -> None:
        """An agent who is rung takes the call or does not."""
        rung = self.real.open_offers
        if rung and accepts:
            self.real.accept(rung[number % len(rung)].id, self.at)
        elif rung:
            self.real.end_offer(rung[number % len(rung)].id, "declined", self.at)
        self.settle()

    def choose(self, agent: str, word: str) -> None:
        """An agent chooses a presence."""
        self.real.choose(agent, word, self.at)
        self.settle()

    def pass_time(self, seconds: float) -> None:
        """Nothing happens for so long."""
        self.at += timedelta(seconds=seconds)
        self.settle()

    def settle(self) -> None:
        """Let the floor do what follows, and check it."""
        before = {each.id for each in self.served()}
        queue = self.real.queue
        self.real.settle(self.at, lambda: f"o{next(self._ids)}")
        for task in self.real.tasks:
            if task.kind == "exit":
                assert task.contact not in self.gone
                self.gone[task.contact] = task.word
        self._check_order(queue, [each for each in self.served() if each.id not in before])
        self.real.clear()
        self._check_everybody()
        self._check_capacity()
        self._check_nobody_is_overlooked()
        self._check_nobody_waits_for_who_has_gone()
        self.at += timedelta(seconds=1)

    def _check_order(self, queue: tuple[Waiting, ...], given: list[Assignment]) -> None:
        """Nobody was given an agent before somebody who waited longer and may have that one.

        Also not before a call for which the agent has no room yet.
        """
        rung = {offer.contact for offer in self.real.open_offers}
        left = {each.id for each in self.real.queue} - rung
        places = {each.id: place for place, each in enumerate(queue)}
        for assignment in given:
            if not assignment.conversation or assignment.id.startswith("t"):
                continue
            agent = self.agents[assignment.agent]
            for ahead in queue[: places[assignment.contact]]:
                if ahead.id in left and not ahead.inbox:
                    assert not _may_have(self.real.contacts[ahead.id], agent)

    def _check_everybody(self) -> None:
        """Everybody who came waits, is served or has gone: one of these, and once."""
        places = [
            [each.id for each in self.real.queue],
            [each.contact for each in self.served()],
            list(self.gone),
        ]
        assert sorted(name for place in places for name in place) == sorted(self.came)

    def _check_capacity(self) -> None:
        """No agent has more than there is room for; a call is rung only where there is room."""
        rung = {offer.agent: offer for offer in self.real.open_offers}
        for agent in self.agents.values():
            mine = [each for each in self.served() if each.agent == agent.id]
            written = sum(each.weight for each in mine if each.conversation)
            calls = [each for each in mine if not each.conversation]
            assert agent.load == written
            assert len(calls) == bool(agent.assignment)
            assert self.real.used(agent) <= agent.capacity
            assert not (agent.assignment and agent.id in rung)
            assert (agent.presence == "busy") >= bool(agent.assignment)

    def _check_nobody_waits_for_who_has_gone(self) -> None:
        """What was passed on to one agent waits for those of before when that one is offline."""
        for waiting in self.real.queue:
            if waiting.instead is not None:
                (agent,) = self.real.roster.matching(waiting.who)
                assert agent.presence != "offline"

    def _check_nobody_is_overlooked(self) -> None:
        """Whose turn it is and who fits is given; who does not fit keeps the agent for later."""
        kept: set[str] = {offer.agent for offer in self.real.open_offers}
        rung = {offer.contact for offer in self.real.open_offers}
        for waiting in self.real.queue:
            if waiting.inbox or waiting.id in rung:
                continue
            for agent in self.real.roster.matching(waiting.who):
                is_ready = agent.presence == "available" and agent.id not in waiting.excluded
                if is_ready and not agent.assignment and agent.id not in waiting.tried:
                    if agent.room >= waiting.weight:
                        assert agent.id in kept, (waiting, agent)
                    elif agent.capacity >= waiting.weight:
                        kept.add(agent.id)


def _may_have(waiting: Waiting, agent: Agent) -> bool:
    """Whether the agent could have had this one, now or once there is room."""
    is_free = agent.presence == "available" and not agent.assignment
    meant = waiting.who.matches(agent) and agent.id not in {*waiting.excluded, *waiting.tried}
    return is_free and meant and agent.capacity >= waiting.weight
