"""One simulated run: feeds the engine events as the runner would, and does what it asks.

Between any two events everything goes through JSON, as it does on the server.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flow import engine, values
from flow.concern import concerns
from flow.effects import (
    Brief,
    DeliverVoicemail,
    Drop,
    Effect,
    EnterQueue,
    Fact,
    Needed,
    PlaceCall,
    SendEmail,
    SendMessage,
    StartTimer,
)
from flow.errors import FlowError
from flow.events import Continued, EffectDone, Event, HungUp, MessageIn, News, TimerFired
from flow.execution import Execution
from flow.flow import Flow
from flow.hearing import heard_waiting
from flow.instructions import (
    Apologise,
    Enqueue,
    Instruction,
    Join,
    Music,
    Pause,
    Proceed,
    Record,
)
from flow.step import HistoryEntry, Step
from web.cli.simulator.actions import (
    Action,
    AgentAnswers,
    AgentLeaves,
    HangUp,
    NobodyComes,
    PassTime,
    StaySilent,
    Unsuited,
    Write,
)
from web.cli.simulator.answers import Asked, Asking
from web.cli.simulator.caller import LINE
from web.cli.simulator.clock import Clock
from web.cli.simulator.desk import Desk
from web.cli.simulator.document import ENDS, QUESTIONS
from web.cli.simulator.line import Line
from web.cli.simulator.ordered import Ordered, Ordering
from web.cli.simulator.promise import Promise
from web.cli.simulator.room import Room
from web.cli.simulator.thread import Thread, Writing
from web.cli.simulator.words import Shown

_SOON = 10
"""Looks at the queue after which somebody who lets time pass is asked again."""


World = Callable[[Needed, str], tuple[str, Mapping[str, Any]]]
"""Answers effects: given the effect and the path of the step, its outcome word and result."""


@dataclass
class Session:
    """One run of a flow. `listen` hears every instruction in the order the caller would.

    `zone` is the operator's, for flows without one; `desk` is the one that the world asks too.
    After `begin` and every `act` the run waits for the caller or for what becomes of an order
    (`question`), or for time (`timer`), or is over (`over`). `dropped` are the orders given up.
    In a conversation by messages (`thread`) the first message begins the run.
    """

    flow: Flow
    world: World
    clock: Clock
    listen: Callable[[Shown], None]
    zone: str = "UTC"
    desk: Desk = field(default_factory=Desk)
    thread: Thread | None = None
    execution: Execution = field(init=False)
    question: Asked | None = field(default=None, init=False)
    timer: StartTimer | None = field(default=None, init=False)
    history: list[HistoryEntry] = field(default_factory=list, init=False)
    facts: list[Fact] = field(default_factory=list, init=False)
    errors: list[str] = field(default_factory=list, init=False)
    crash: Exception | None = field(default=None, init=False)
    dropped: list[str] = field(default_factory=list, init=False)
    _placed: PlaceCall | None = field(default=None, init=False)
    _briefs: Brief | None = field(default=None, init=False)
    _need: Needed | None = field(default=None, init=False)
    _proceeds: bool = field(default=False, init=False)
    _recordings: int = field(default=0, init=False)
    _inputs: Mapping[str, Any] = field(default_factory=dict, init=False)

    @property
    def begun(self) -> bool:
        """Whether the run has begun: with the first message, where it is written to."""
        return bool(self.execution.turns)

    @property
    def unread(self) -> int:
        """How many messages of the contact the flow has not read yet."""
        return len(self.thread.unread) if self.thread else 0

    @property
    def over(self) -> bool:
        """Whether the run has ended."""
        return self.execution.status == "ended"

    @property
    def step(self) -> str:
        """The path of the step that is walked now."""
        return "/".join(frame.step for frame in self.execution.frames)

    @property
    def holds_agent(self) -> bool:
        """Whether an agent waits for the contact, who is not there yet, and may leave before."""
        place = self.execution.place
        return bool(place) and place != self.execution.hears and not self.execution.awaits

    def begin(self, execution: Execution, inputs: Mapping[str, Any]) -> None:
        """Start the run and walk to the first thing it waits for.

        Raises:
            StepError: an input is missing or of the wrong type.
        """
        self.execution = execution
        if self.thread is not None and not execution.message:
            self._inputs, self.question = inputs, Writing()
            return
        self._take(engine.begin(self.flow, execution, inputs, self.clock.now, self.zone))
        self._settle()

    def act(self, action: Action) -> None:
        """Let the caller do something, and walk to the next thing the run waits for.

        Raises:
            Unsuited: it cannot be done at this moment; nothing has happened but time has passed.
        """
        if isinstance(action, PassTime):
            self._pass_time(action.seconds)
            return
        if self.over:
            raise Unsuited("the flow has ended")
        if isinstance(action, Write):
            self._write(action)
            return
        if isinstance(action, StaySilent) and self._due() is not None:
            self._pass_until_something_happens()
            return
        if isinstance(action, AgentAnswers | NobodyComes):
            self._reach_agents(action)
        self._send(self._event(action))
        self._settle()

    def _write(self, action: Write) -> None:
        """Let the contact write: what the flow does not read now it reads later."""
        if self.thread is None:
            raise Unsuited("there is no conversation by messages in which to write")
        event = self.thread.message(action, self.clock.now)
        if self.begun:
            self.thread.unread.append(event)
        else:
            at, self.question = event.at.isoformat(), None
            first = replace(self.execution, message=dict(event.message), started=at)
            self._take(engine.begin(self.flow, first, self._inputs, event.at, self.zone))
        self._settle()

    def _reach_agents(self, action: AgentAnswers | NobodyComes) -> None:
        """Let the time pass in which no agent answers, or is rung at all."""
        asked = self.question
        if not isinstance(asked, Enqueue | Promise | Line):
            return
        if isinstance(action, AgentAnswers):
            self._pass_time(action.after)
        if isinstance(asked, Promise) and asked is self.question:
            self._pass_time((asked.rung_from(self.clock.now) - self.clock.now).total_seconds())
        if not isinstance(self.question, type(asked)):
            raise Unsuited("the wait was over before an agent answered")

    def _event(self, action: Action) -> Event:
        if isinstance(action, AgentLeaves) and self.holds_agent:
            self.clock.pass_time(action.after)
            left = {"how": action.how, "talk_seconds": 0}
            return News(self.clock.now, self.execution.place, "agent_left", left, last=True)
        if self.question is None:
            if isinstance(action, HangUp) and self.execution.live:
                return HungUp(self.clock.now)
            raise Unsuited("nobody is on the line; only time can pass")
        if isinstance(self.question, Writing):
            raise Unsuited("a message is awaited: write one, or let time pass")
        if isinstance(self.question, Ordered):
            return Ordering(self.question, self.clock, self.desk).event(action)
        event = Asking(self.question, self.clock, self._recordings + 1).event(action)
        self._recordings += isinstance(self.question, Record)
        return event

    def _pass_time(self, seconds: float) -> None:
        until = Clock(self.clock.now)
        until.pass_time(seconds)
        while (due := self._due()) is not None and due <= until.now:
            self.clock.reach(due)
            self._come_due()
        self.clock.reach(until.now)

    def _pass_until_something_happens(self) -> None:
        for _ in range(_SOON):
            due = self._due()
            if due is None:
                return
            self.clock.reach(due)
            if self._come_due():
                return

    @property
    def _room(self) -> Room | None:
        room = self.desk.room if isinstance(self.question, Enqueue) else None
        return room if room is not None and room.order.id == self.execution.hears else None

    def _due(self) -> datetime | None:
        if self.timer is not None:
            return self.timer.due
        if isinstance(self.question, Promise | Line):
            return self.question.due(self.clock.now)
        return self._room.due if self._room else None

    def _come_due(self) -> bool:
        """Let happen what is due; say whether anything came of it."""
        if self.timer is not None:
            self._send(TimerFired(self.clock.now, self.timer.id))
            self._settle()
            return True
        asked, room = self.question, self._room
        if isinstance(asked, Promise) and not asked.is_over(self.clock.now):
            return True
        if isinstance(asked, Promise | Line):
            self._give_up(asked.order)
            return True
        if room is not None and room.ends is not None and room.ends <= self.clock.now:
            self._give_up(room.order)
            return True
        return self._look()

    def _give_up(self, order: EnterQueue) -> None:
        self._send(News(self.clock.now, order.id, "timeout", last=True))
        self._settle()

    def _look(self) -> bool:
        """Let a waiting caller hear what is due now; say whether it was anything."""
        room, now = self._room, self.clock.now
        if room is None or room.due > now:
            return False
        place = room.place(now, *self.desk.stands(room))
        try:
            heard = room.look(
                now,
                lambda: heard_waiting(self.flow, self._saved(), place, now, self.zone),
            )
        except FlowError as error:
            self.errors += [text for text in [f"{self.step}: {error}"] if text not in self.errors]
            return True
        for part in heard:
            self.listen(part)
        return bool(heard)

    def _send(self, event: Event) -> None:
        waits = self.question if isinstance(self.question, Enqueue) else None
        self._forget()
        known: Event = values.from_json(_json(values.to_json(event)))
        hears = self.execution.hears
        self._take(engine.advance(self.flow, self._saved(), known, self.zone))
        if hears and self.execution.hears == hears and not self.execution.awaits:
            # Told to do nothing else, the channel leaves the caller in the waiting room.
            self.question = self.question or waits

    def _forget(self) -> None:
        self.question, self.timer, self._proceeds = None, None, False

    def _saved(self) -> Execution:
        return Execution.from_json(self.execution.to_json(), _json(self.execution.private))

    def _take(self, step: Step) -> None:
        live, self.execution = self.execution.live, step.execution
        self.history += step.history
        self.errors += step.errors
        self.crash = self.crash or step.crash
        self._need = None
        for effect in values.from_json(_json(values.to_json(step.effects))):
            self._ask(effect)
        for part in values.from_json(_json(values.to_json(step.instructions))):
            if isinstance(part, Apologise) and self.thread is not None and not live:
                self.listen(self.thread.sorry(part.language))
            else:
                self._hear(part)
            if isinstance(part, ENDS):
                break

    def _ask(self, effect: Effect) -> None:
        """Note what the walk asks of the world."""
        if isinstance(effect, Fact):
            self.facts.append(effect)
            return
        match effect:
            case Drop(order=order):
                self.dropped.append(order)
            case DeliverVoicemail():
                self.listen(effect)
            case Brief():
                self._briefs = effect
            case PlaceCall():
                self._placed = effect
                self.listen(effect)
            case StartTimer(id=name) if name == self.execution.timer:
                self.timer = effect
            case _ if effect.id == self.execution.awaits:
                self._need = effect

    def _hear(self, part: Instruction) -> None:
        self.listen(part)
        match part:
            case Pause(seconds=seconds) | Music(seconds=seconds):
                self.clock.pass_time(seconds)
            case Join():
                self.desk.join(self.clock.now)
                self.question = part
            case _ if isinstance(part, QUESTIONS):
                self.question = part
            case Proceed():
                self._proceeds = True

    def _settle(self) -> None:
        """Do what is asked of the world until the run waits for the caller, for time, or ends."""
        while not self.over:
            if isinstance(self._need, StartTimer):
                self.timer, self._need = self._need, None
                break
            if self._need is not None:
                self._perform(self._need)
            elif self._briefs is not None:
                briefs, self._briefs = self._briefs, None
                self.listen(briefs)
                self._send(News(self.clock.now, briefs.id, "heard", last=True))
            elif self.thread is not None and self.unread and self._reads():
                self._send(self.thread.next(self.clock.now))
            elif self._proceeds:
                self._send(Continued(self.clock.now))
            elif self.question is None and self.timer is None and self.execution.live:
                # A document that asks nothing ends the call, as on the carrier.
                self._send(HungUp(self.clock.now))
            else:
                break
        if self.question is None and not self.over:
            self.question = self._ordered()
        self._look()

    def _perform(self, need: Needed) -> None:
        if isinstance(need, SendEmail):
            self.listen(need)
        outcome, result = self.world(need, self.step)
        if isinstance(need, SendMessage) and outcome == "sent":
            self._sent(need, result)
        if isinstance(need, EnterQueue) and outcome == "waiting":
            self.desk.enter(need, self.clock.now, self.zone)
        self._send(EffectDone(self.clock.now, need.id, outcome, dict(result)))

    def _sent(self, message: SendMessage, result: Mapping[str, Any]) -> None:
        """Show a message that leaves; it may begin the conversation."""
        if message.opens and result.get("conversation"):
            self.thread = Thread(message.channel, message.sender or LINE, message.to)
        self.listen(self.thread.sends(message) if self.thread else message)

    def _reads(self) -> bool:
        """Whether the flow would read a message now."""
        return concerns(self.flow, self.execution, MessageIn(self.clock.now, ""))

    def _ordered(self) -> PlaceCall | Promise | Line | Writing | None:
        """Find the order that nobody on the line waits for, but the run does."""
        for order in (self.desk.promise, self.desk.line):
            if order is not None and order.order.id == self.execution.hears:
                return order
        if self._placed is not None and self._placed.id == self.execution.hears:
            return self._placed
        if self.thread is not None and self._reads():
            return Writing(self.thread.offered)
        return None


def _json(value: Any) -> Any:
    return json.loads(json.dumps(value))
