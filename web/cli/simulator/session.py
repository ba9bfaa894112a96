"""One simulated run: feeds the engine events as the runner would, and does what it asks.

Between any two events everything goes through JSON, as it does on the server.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from flow import engine, values
from flow.effects import (
    DeliverVoicemail,
    Drop,
    EnterQueue,
    Fact,
    Needed,
    PlaceCall,
    SendEmail,
    StartTimer,
)
from flow.errors import FlowError
from flow.events import Continued, EffectDone, Event, HungUp, News, TimerFired
from flow.execution import Execution
from flow.flow import Flow
from flow.hearing import heard_waiting
from flow.instructions import (
    Apologise,
    Collect,
    Dial,
    Enqueue,
    Hangup,
    Instruction,
    Join,
    Music,
    Pause,
    Proceed,
    Record,
    Reject,
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
)
from web.cli.simulator.answers import Asked, Asking
from web.cli.simulator.clock import Clock
from web.cli.simulator.desk import Desk
from web.cli.simulator.ordered import Ordered, Ordering
from web.cli.simulator.promise import Promise
from web.cli.simulator.room import Room
from web.cli.simulator.words import Shown

_ENDS = (Collect, Record, Dial, Enqueue, Join, Proceed, Hangup, Reject, Apologise)

_SOON = 10
"""Looks at the queue after which somebody who lets time pass is asked again."""


class World(Protocol):
    """Answers effects; `step` is the path of the step that asks."""

    def __call__(self, effect: Needed, step: str) -> tuple[str, Mapping[str, Any]]:
        """Do the effect; give its outcome word and result."""


@dataclass
class Session:
    """One run of a flow. `listen` hears every instruction in the order the caller would.

    `zone` is the operator's, for flows without one; `desk` is the one that the world asks too.
    After `begin` and every `act` the run waits for the caller or for what becomes of an order
    (`question`), or for time (`timer`), or is over (`over`). `dropped` are the orders given up.
    """

    flow: Flow
    world: World
    clock: Clock
    listen: Callable[[Shown], None]
    zone: str = "UTC"
    desk: Desk = field(default_factory=Desk)
    execution: Execution = field(init=False)
    question: Asked | None = field(default=None, init=False)
    timer: StartTimer | None = field(default=None, init=False)
    history: list[HistoryEntry] = field(default_factory=list, init=False)
    facts: list[Fact] = field(default_factory=list, init=False)
    errors: list[str] = field(default_factory=list, init=False)
    crash: Exception | None = field(default=None, init=False)
    dropped: list[str] = field(default_factory=list, init=False)
    _placed: PlaceCall | None = field(default=None, init=False)
    _need: Needed | None = field(default=None, init=False)
    _proceeds: bool = field(default=False, init=False)
    _recordings: int = field(default=0, init=False)

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
        if isinstance(action, StaySilent) and self._due() is not None:
            self._pass_until_something_happens()
            return
        if isinstance(action, AgentAnswers | NobodyComes):
            self._reach_agents(action)
        self._send(self._event(action))
        self._settle()

    def _reach_agents(self, action: AgentAnswers | NobodyComes) -> None:
        """Let the time pass in which no agent answers, or is rung at all."""
        asked = self.question
        if not isinstance(asked, Enqueue | Promise):
            return
        if isinstance(action, AgentAnswers):
            self._pass_time(action.after)
        if isinstance(asked, Promise) and asked.not_before and asked is self.question:
            self._pass_time((asked.not_before - self.clock.now).total_seconds())
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
        if isinstance(self.question, Promise):
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
        if isinstance(asked, Promise):
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
        self.execution = step.execution
        self.history += step.history
        self.errors += step.errors
        self.crash = self.crash or step.crash
        self._need = None
        for effect in values.from_json(_json(values.to_json(step.effects))):
            if isinstance(effect, Fact):
                self.facts.append(effect)
            elif isinstance(effect, Drop):
                self.dropped.append(effect.order)
            elif isinstance(effect, DeliverVoicemail):
                self.listen(effect)
            elif isinstance(effect, PlaceCall):
                self._placed = effect
                self.listen(effect)
            elif effect.id == step.execution.awaits:
                self._need = effect
        for part in values.from_json(_json(values.to_json(step.instructions))):
            self._hear(part)
            if isinstance(part, _ENDS):
                break

    def _hear(self, part: Instruction) -> None:
        self.listen(part)
        match part:
            case Pause(seconds=seconds) | Music(seconds=seconds):
                self.clock.pass_time(seconds)
            case Join():
                self.desk.join(self.clock.now)
                self.question = part
            case Collect() | Record() | Dial() | Enqueue():
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
                if isinstance(self._need, SendEmail):
                    self.listen(self._need)
                outcome, result = self.world(self._need, self.step)
                if isinstance(self._need, EnterQueue) and outcome == "waiting":
                    self.desk.enter(self._need, self.clock.now, self.zone)
                self._send(EffectDone(self.clock.now, self._need.id, outcome, dict(result)))
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

    def _ordered(self) -> PlaceCall | Promise | None:
        """Find the order that nobody on the line waits for, but the run does."""
        hears, promise = self.execution.hears, self.desk.promise
        if self._placed is not None and self._placed.id == hears:
            return self._placed
        return promise if promise is not None and promise.order.id == hears else None


def _json(value: Any) -> Any:
    return json.loads(json.dumps(value))
