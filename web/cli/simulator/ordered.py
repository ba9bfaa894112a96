"""Turns what becomes of an order into the event the walk hears: a queue, an agent, a call."""

from dataclasses import dataclass
from datetime import datetime

from flow.effects import EnterQueue, PlaceCall
from flow.events import DialEnded, Digits, Event, HungUp, News, PickedUp
from flow.instructions import Enqueue, Join
from web.cli.simulator.actions import (
    Action,
    AgentAnswers,
    AgentLeaves,
    CallGoes,
    HangUp,
    NobodyComes,
    Press,
    StaySilent,
    Unsuited,
)
from web.cli.simulator.clock import Clock
from web.cli.simulator.desk import Desk
from web.cli.simulator.line import Line
from web.cli.simulator.promise import Promise

Ordered = Enqueue | Join | PlaceCall | Promise | Line


@dataclass(frozen=True, slots=True)
class Ordering:
    """An order whose end is open, the clock, and the desk that knows who waits and speaks."""

    asked: Ordered
    clock: Clock
    desk: Desk

    def event(self, action: Action) -> Event:
        """Make the event; the clock moves by what the action takes.

        Raises:
            Unsuited: it means nothing at this moment.
        """
        match self.asked:
            case PlaceCall():
                return self._called(self.asked, action)
            case Enqueue():
                return self._waited(action)
            case Join():
                return self._spoke(action)
            case Promise(order=order):
                return self._promised(order, action)
            case Line():
                return self._written(self.asked, action)

    def _waited(self, action: Action) -> Event:
        room, now = self.desk.room, self.clock.now
        if room is None:
            raise Unsuited("nobody waits: the script has answered for the queue")
        match action:
            case HangUp(after=after):
                self.clock.pass_time(after)
                return HungUp(self.clock.now)
            case AgentAnswers(name=name):
                told = self.desk.assign(room.order, name, room.waited(now))
                return News(now, room.order.id, "assigned", told)
            case NobodyComes(word=word):
                return News(now, room.order.id, word, last=True)
            case Press(keys=keys) if room.keys:
                return Digits(now, keys[:1])
            case Press():
                raise Unsuited("no keys are taken while the caller waits here")
            case _:
                raise Unsuited("the caller waits for an agent: let one answer, or let time pass")

    def _promised(self, order: EnterQueue, action: Action) -> Event:
        now = self.clock.now
        match action:
            case AgentAnswers(name=name):
                waited = now - datetime.fromisoformat(order.callback["requested"])
                told = self.desk.assign(order, name, waited.total_seconds())
                return News(now, order.id, "assigned", told)
            case NobodyComes(word=word):
                return News(now, order.id, word, last=True)
            case _:
                raise Unsuited(
                    "nobody is on the line, a callback is promised: "
                    "let an agent answer, or let time pass"
                )

    def _written(self, line: Line, action: Action) -> Event:
        now, order = self.clock.now, line.order
        match action:
            case AgentAnswers(name=name):
                told = self.desk.assign(order, name, (now - line.since).total_seconds())
                line.agent = self.desk.agent
                return News(now, order.id, "assigned", told)
            case NobodyComes(word=word) if not line.agent:
                return News(now, order.id, word, last=True)
            case AgentLeaves(how=how, after=after) if line.agent:
                self.clock.pass_time(after)
                left = {"how": how, "talk_seconds": 0}
                return News(self.clock.now, order.id, "agent_left", left, last=True)
            case _ if line.agent:
                raise Unsuited(f"{line.agent} has the conversation: write, or let it be closed")
            case _:
                raise Unsuited("an agent is awaited: let one take it, write, or let time pass")

    def _spoke(self, action: Action) -> Event:
        match action:
            case HangUp(after=after):
                self.clock.pass_time(after)
                return HungUp(self.clock.now)
            case AgentLeaves(how=how, after=after):
                self.clock.pass_time(after)
                talked = self.desk.part(how, self.clock.now)
                return DialEnded(self.clock.now, "completed", talked)
            case _:
                who = self.desk.agent or "an agent"
                raise Unsuited(f"the caller speaks with {who}: say how that ends, or hang up")

    def _called(self, asked: PlaceCall, action: Action) -> Event:
        match action:
            case CallGoes(word="machine") if not asked.machine_detection:
                raise Unsuited("the flow does not ask whether a machine answers; use answered")
            case CallGoes(word="answered" | "machine" as word):
                return self._picked_up(asked, word)
            case CallGoes(word="no_answer") | StaySilent():
                self.clock.pass_time(asked.ring_seconds)
                return News(self.clock.now, asked.id, "no_answer", last=True)
            case CallGoes(word=word):
                return News(self.clock.now, asked.id, word, last=True)
            case HangUp():
                raise Unsuited("nobody is on the line yet; say how the call goes")
            case _:
                raise Unsuited("somebody is being called: say how that goes")

    def _picked_up(self, asked: PlaceCall, word: str) -> PickedUp:
        heard = {"answered": "human", "machine": "machine_start"}[word]
        number = int(asked.id.rpartition(".")[2])
        call = {"sid": f"CA{number:032d}", "from": asked.sender, "to": asked.to}
        by = heard if asked.machine_detection else ""
        return PickedUp(self.clock.now, asked.id, call, by)
