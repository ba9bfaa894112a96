"""One simulated run: feeds the engine events as the runner would, and does what it asks.

Between any two events everything goes through JSON, as it does on the server.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from flow import engine, values
from flow.effects import Fact, Needed, StartTimer
from flow.events import Continued, EffectDone, Event, HungUp, TimerFired
from flow.execution import Execution
from flow.flow import Flow
from flow.instructions import (
    Apologise,
    Collect,
    Dial,
    Hangup,
    Instruction,
    Music,
    Pause,
    Proceed,
    Record,
    Reject,
)
from flow.step import HistoryEntry, Step
from web.cli.simulator.actions import Action, HangUp, PassTime, StaySilent, Unsuited
from web.cli.simulator.answers import Asked, Asking
from web.cli.simulator.clock import Clock

_ENDS = (Collect, Record, Dial, Proceed, Hangup, Reject, Apologise)


class World(Protocol):
    """Answers effects; `step` is the path of the step that asks."""

    def __call__(self, effect: Needed, step: str) -> tuple[str, Mapping[str, Any]]:
        """Do the effect; give its outcome word and result."""


@dataclass
class Session:
    """One run of a flow. `listen` hears every instruction in the order the caller would.

    `zone` is the operator's, for flows without one. After `begin` and every `act` the run waits
    for the caller (`question`) or for time (`timer`), or is over (`over`).
    """

    flow: Flow
    world: World
    clock: Clock
    listen: Callable[[Instruction], None]
    zone: str = "UTC"
    execution: Execution = field(init=False)
    question: Asked | None = field(default=None, init=False)
    timer: StartTimer | None = field(default=None, init=False)
    history: list[HistoryEntry] = field(default_factory=list, init=False)
    facts: list[Fact] = field(default_factory=list, init=False)
    errors: list[str] = field(default_factory=list, init=False)
    crash: Exception | None = field(default=None, init=False)
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
            Unsuited: it cannot be done at this moment; nothing has happened.
        """
        if isinstance(action, PassTime):
            self._pass_time(action.seconds)
            return
        if self.over:
            raise Unsuited("the flow has ended")
        if isinstance(action, StaySilent) and self.timer is not None:
            self._pass_time((self.timer.due - self.clock.now).total_seconds())
            return
        self._send(self._event(action))
        self._settle()

    def _event(self, action: Action) -> Event:
        if self.question is None:
            if isinstance(action, HangUp) and self.execution.live:
                return HungUp(self.clock.now)
            raise Unsuited("nobody is on the line; only time can pass")
        event = Asking(self.question, self.clock, self._recordings + 1).event(action)
        self._recordings += isinstance(self.question, Record)
        return event

    def _pass_time(self, seconds: float) -> None:
        until = Clock(self.clock.now)
        until.pass_time(seconds)
        while self.timer is not None and self.timer.due <= until.now:
            timer, self.timer = self.timer, None
            self.clock.reach(timer.due)
            self._send(TimerFired(self.clock.now, timer.id))
            self._settle()
        self.clock.reach(until.now)

    def _send(self, event: Event) -> None:
        self.question, self.timer, self._proceeds = None, None, False
        known: Event = values.from_json(_json(values.to_json(event)))
        run = Execution.from_json(self.execution.to_json(), _json(self.execution.private))
        self._take(engine.advance(self.flow, run, known, self.zone))

    def _take(self, step: Step) -> None:
        self.execution = step.execution
        self.history += step.history
        self.errors += step.errors
        self.crash = self.crash or step.crash
        self._need = None
        for effect in values.from_json(_json(values.to_json(step.effects))):
            if isinstance(effect, Fact):
                self.facts.append(effect)
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
            case Collect() | Record() | Dial():
                self.question = part
            case Proceed():
                self._proceeds = True

    def _settle(self) -> None:
        """Do what is asked of the world until the run waits for the caller, for time, or ends."""
        while not self.over:
            if isinstance(self._need, StartTimer):
                self.timer, self._need = self._need, None
                return
            if self._need is not None:
                outcome, result = self.world(self._need, self.step)
                self._send(EffectDone(self.clock.now, self._need.id, outcome, dict(result)))
            elif self._proceeds:
                self._send(Continued(self.clock.now))
            elif self.question is None and self.timer is None and self.execution.live:
                # A document that asks nothing ends the call, as on the carrier.
                self._send(HungUp(self.clock.now))
            else:
                return


def _json(value: Any) -> Any:
    return json.loads(json.dumps(value))
