"""Walks a flow: `advance` takes one event and gives back where the run stands and what to do.

Nothing here reads a clock, draws a number or talks to anything: the same flow, execution and
event always give the same step. A turn is bounded (`flow.limits`), so it always comes back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from flow import limits, listening
from flow.component import Enter, Finish, Leave, Need, Outcome, Return, Wait
from flow.concern import concerns, too_old
from flow.context import Context, parse_time
from flow.effects import StartTimer
from flow.errors import StepError
from flow.events import Event, HungUp, MessageIn, News, PickedUp, Started
from flow.execution import Execution, Frame
from flow.flow import Flow
from flow.instructions import Apologise, Hangup, Instruction, Reject
from flow.step import HistoryEntry, Step
from flow.variables import fill_inputs, fill_variables, module_outputs, saved

T = TypeVar("T")

_BROKEN = frozenset({"limit", "closed"})
"""Ends after which nothing that was promised is waited for."""

_PROGRAMMING_ERROR = "this step failed inside the server; the operator's log says more"


@dataclass(frozen=True, slots=True)
class _Failed:
    """The step could not do its work."""

    reason: str


def begin(
    flow: Flow,
    execution: Execution,
    inputs: Mapping[str, object],
    at: datetime,
    zone: str = "UTC",
) -> Step:
    """Start a run: fill its inputs and variables, then walk to the first question.

    Raises:
        StepError: an input is missing or of the wrong type.
    """
    return advance(flow, prepare(flow, execution, inputs, at, zone), Started(at), zone)


def prepare(
    flow: Flow,
    execution: Execution,
    inputs: Mapping[str, object],
    at: datetime,
    zone: str = "UTC",
) -> Execution:
    """Give a run that is ready to begin: its inputs and variables are filled, no step is entered.

    Raises:
        StepError: an input is missing or of the wrong type.
    """
    frame = Frame(flow="", step=flow.start, inputs=fill_inputs(flow, inputs))
    fresh = execution.copy()
    fresh.frames = [frame]
    context = Context(flow, flow, fresh, flow.start, at, zone)
    frame.vars = fill_variables(flow, context)
    return fresh


def advance(flow: Flow, execution: Execution, event: Event, zone: str = "UTC") -> Step:
    """Move a run by one event.

    An event that the run does not wait for (a late effect, a second hang-up) changes nothing and
    gives a step with `moved` false. `zone` is the operator's time zone, for flows without one.
    """
    if execution.status == "ended" or not concerns(flow, execution, event):
        return Step(execution, moved=False)
    return _Walk(flow, execution.copy(), event, zone).run()


class _Walk:
    """One turn of one run: the working copy, and what has been collected on the way."""

    def __init__(self, flow: Flow, run: Execution, event: Event, zone: str) -> None:
        self.flow, self.run_, self.event, self.zone = flow, run, event, zone
        self.at = event.at
        self.at_text = event.at.isoformat()
        self.said: list[Instruction] = []
        self.step = Step(run)
        self.steps_left = limits.STEPS_PER_TURN
        self.looped = False
        self.frame: Frame | None = None
        self.context: Context
        self._stand()

    def _stand(self) -> None:
        """Look up the step the run stands at: its component, and the context it works in."""
        frame = self.run_.frame
        if frame is self.frame:
            # The names that templates see are the same all through one flow's turn.
            self.context.step = frame.step
        else:
            flow = self.flow.module(frame.flow)
            self.frame = frame
            self.context = Context(self.flow, flow, self.run_, frame.step, self.at, self.zone)
        self.component = self.context.flow.steps[frame.step]

    def run(self) -> Step:
        """Walk until the run waits or ends."""
        run = self.run_
        run.turns += 1
        run.awaits = run.timer = ""
        run.status = "running"
        if too_old(run, self.at) and not isinstance(self.event, HungUp):
            self._apologise("limit")
        else:
            outcome = self._first()
            while outcome is not None:
                outcome = self._settle(outcome)
        self.step.instructions = tuple(self.said)
        return self.step

    def _first(self) -> "Outcome | _Failed | None":
        event, run = self.event, self.run_
        if isinstance(event, HungUp):
            return self._hang_up(event)
        fresh = run.turns == 1
        here = isinstance(event, News) and run.hears != event.effect and not fresh
        here = here and not self.component.HEARS_PLACE
        listening.forget(run, event)
        if isinstance(event, PickedUp):
            run.picked_up = self.at_text
        if isinstance(event, MessageIn):
            self._change({"message": dict(event.message)})
        if fresh:
            return self._begin(event)
        if here:
            # The agent who waited for this contact has left before the two were joined.
            return Finish("agent_left", (Hangup(),) if run.live else ())
        return self._guarded(lambda: self.component.resume(self.context, event))

    def _begin(self, event: Event) -> "Outcome | _Failed | None":
        """Enter the first step; the news that nobody was reached end the run before it."""
        if isinstance(event, News):
            self._finish(Finish(event.word))
            return None
        if isinstance(event, PickedUp):
            self.run_.live, self.run_.call = True, dict(event.call)
            self.context.forget_scope()
        return self._enter(self.run_.frame.step)

    def _hang_up(self, event: HungUp) -> "Outcome | _Failed | None":
        self.run_.live = False
        return self._guarded(
            lambda: self.component.hang_up(self.context, event) or Finish("hung_up")
        )

    def _enter(self, step: str) -> "Outcome | _Failed | None":
        run = self.run_
        self._seal({})
        frame = run.frame
        frame.step, frame.state, frame.entered = step, {}, self.at_text
        self._stand()
        texts = self.component.TEXTS and run.conversation
        if self.component.NEEDS_CALL and not run.live and not texts:
            self._finish(Finish("hung_up"))
            return None
        self.steps_left -= 1
        if self.steps_left < 0:
            return self._break_loop()
        return self._guarded(lambda: self.component.start(self.context))

    def _break_loop(self) -> "Outcome | _Failed | None":
        if self.looped:
            self._apologise("loop")
            return None
        self.looped, self.steps_left = True, limits.ERROR_STEPS
        return _Failed(f"{limits.STEPS_PER_TURN} steps without waiting: the flow loops")

    def _guarded(self, work: Callable[[], T]) -> "T | _Failed":
        try:
            return work()
        except StepError as error:
            return _Failed(str(error))
        except Exception as error:  # noqa: BLE001 a caller never hears a stack trace, whatever a component does
            self.step.crash = error
            return _Failed(_PROGRAMMING_ERROR)

    def _settle(self, outcome: "Outcome | _Failed") -> "Outcome | _Failed | None":
        match outcome:
            case _Failed():
                return self._failed(outcome.reason)
            case Leave():
                return self._leave(outcome)
            case Wait():
                self._say(outcome.say)
                self.step.effects.extend(outcome.orders)
                self._change(outcome.changes)
                self._rest(dict(outcome.state), outcome.hears)
                self._limit(outcome.timer)
                self._seal(outcome.private)
            case Need():
                self._say(outcome.say)
                self.step.effects += [*outcome.orders, outcome.effect]
                self._change(outcome.changes)
                self._rest(dict(outcome.state), outcome.hears, outcome.effect.id)
                self._seal(outcome.private)
            case Enter():
                return self._enter_module(outcome)
            case Return():
                return self._return(outcome)
            case Finish():
                self._note("", {}, "")
                self._finish(outcome)
        return None

    def _rest(self, state: dict[str, object], hears: str, awaits: str = "") -> None:
        if self.run_.hears != hears:
            self.step.effects += listening.listen_no_more(self.run_)
        self.run_.hears = hears
        self.run_.frame.state = state
        self.run_.awaits = awaits
        self.run_.status = "waiting"

    def _limit(self, timer: StartTimer | None) -> None:
        if timer is not None:
            self.run_.timer = timer.id
            self.step.effects.append(timer)

    def _seal(self, private: Mapping[str, object]) -> None:
        if private or self.run_.private:
            self.run_.keep_private_state(private)

    def _say(self, say: tuple[Instruction, ...]) -> None:
        if not say:
            return
        self.run_.answered = True
        self.said.extend(say)
        if any(isinstance(part, Hangup | Reject | Apologise) for part in say):
            self.run_.live = False
            self.step.effects += listening.let_agent_go(self.run_)

    def _leave(self, left: Leave, error: str = "") -> "Outcome | _Failed | None":
        run, effects = self.run_, self.step.effects
        if run.hears != left.hears:
            effects += listening.listen_no_more(run)
        run.hears = left.hears
        self._say(left.say)
        effects += [*left.facts, *left.orders]
        self._change(left.changes)
        if self.component.HEARS_PLACE:
            effects += listening.let_agent_go(run)
        self._remember(left)
        if not error and self.component.save:
            set_ = self._guarded(lambda: saved(self.component, self.context, left.result))
            if isinstance(set_, _Failed):
                return _Failed(f"save: {set_.reason}")
            run.frame.vars.update(set_)
        if left.later:
            effects += listening.put_off(run, left)
        self._note(left.exit, left.result, error)
        return self._follow(left.exit)

    def _change(self, changes: Mapping[str, Any]) -> None:
        if not changes:
            return
        for name, change in changes.items():
            if name == "vars":
                self.run_.frame.vars.update(change)
            elif name == "contact":
                self.run_.contact = {**self.run_.contact, **change}
            else:
                setattr(self.run_, name, change)
        self.context.forget_scope()

    def _remember(self, left: Leave) -> None:
        frame = self.run_.frame
        frame.steps[frame.step] = dict(left.result)
        private = self.run_.private
        if not (private or left.private):
            return
        depth = str(len(self.run_.frames))
        kept = {k: v for k, v in private.get(depth, {}).items() if k != frame.step}
        if left.private:
            kept[frame.step] = dict(left.private)
        private[depth] = kept
        if not kept:
            del private[depth]
        self.context.forget_scope()

    def _follow(self, name: str) -> "Outcome | _Failed | None":
        target = self.component.exits.get(name)
        if target:
            return self._enter(target)
        if name in self.component.OPTIONAL:
            self._finish(Finish("completed", (Hangup(),) if self.run_.live else ()))
        else:
            self.step.errors.append(f"{self._path()}: its exit {name!r} leads nowhere")
            self._apologise("error")
        return None

    def _failed(self, reason: str) -> "Outcome | _Failed | None":
        component = self.component
        self.step.errors.append(f"{self._path()}: {reason}")
        name = "error" if "error" in component.exits else component.fallback()
        if name in component.exits or name in component.OPTIONAL:
            return self._leave(Leave(name, {"error": reason}), error=reason)
        self._note("error", {}, reason)
        self._apologise("error")
        return None

    def _enter_module(self, outcome: Enter) -> "Outcome | _Failed | None":
        if len(self.run_.frames) > limits.MODULE_DEPTH:
            return _Failed(f"modules are nested more than {limits.MODULE_DEPTH} deep")
        module = self.flow.modules.get(outcome.flow)
        if module is None:
            return _Failed(f"there is no published module {outcome.flow!r}")
        frame = Frame(flow=outcome.flow, step=module.start)
        self.run_.frames.append(frame)
        self._stand()
        failure = self._guarded(lambda: self._fill(frame, module, outcome.inputs))
        if failure is None:
            return self._enter(module.start)
        self.run_.frames.pop()
        self._stand()
        return failure

    def _fill(self, frame: Frame, module: Flow, inputs: Mapping[str, Any]) -> None:
        frame.inputs = fill_inputs(module, inputs)
        frame.vars = fill_variables(module, self.context)

    def _return(self, outcome: Return) -> "Outcome | _Failed | None":
        if len(self.run_.frames) == 1:
            return _Failed("only a module can return")
        # What a secret step of the module collected stays there: outputs are kept in the open.
        self.run_.private.pop(str(len(self.run_.frames)), None)
        self.context.forget_scope()
        outputs = self._guarded(lambda: module_outputs(self.context))
        if isinstance(outputs, _Failed):
            return outputs
        self._note(outcome.exit, {}, "")
        self.run_.frames.pop()
        self._stand()
        name = outcome.exit
        return self._guarded(lambda: self.component.resume_module(self.context, name, outputs))

    def _finish(self, outcome: Finish) -> None:
        run, effects = self.run_, self.step.effects
        effects += listening.listen_no_more(run)
        self._say(outcome.say)
        effects += listening.let_agent_go(run, outcome.outcome)
        if run.later and outcome.outcome not in _BROKEN:
            self._come_back()
            return
        effects += listening.break_promise(run)
        run.status, run.outcome, run.live = "ended", outcome.outcome, False
        run.private = {}

    def _come_back(self) -> None:
        """Wait in the step whose branch has ended, for what was promised there."""
        run, later = self.run_, self.run_.later
        run.later, run.live, run.recording = {}, False, "off"
        run.private = {depth: kept for depth, kept in run.private.items() if depth == "1"}
        del run.frames[1:]
        run.frame.step, run.frame.entered = later["step"], self.at_text
        self._stand()
        self._rest(dict(later["state"]), later["hears"])

    def _apologise(self, outcome: str) -> None:
        language = self._guarded(lambda: self.context.language)
        known = language if isinstance(language, str) else "en-US"
        there = self.run_.live or self.run_.conversation
        say = (Apologise(known),) if there else ()
        self._finish(Finish(outcome, say))

    def _path(self) -> str:
        return "/".join([frame.step for frame in self.run_.frames])

    def _note(self, exit_: str, result: object, error: str) -> None:
        run = self.run_
        run.seq += 1
        text = run.frame.entered
        entered = self.at if text == self.at_text else parse_time(text)
        name: str = self.component.component
        self.step.history.append(
            HistoryEntry(run.seq, self._path(), name, exit_, entered, self.at, result, error)
        )
