"""Moves one run inside one open transaction: load, advance, do the local effects, pack the state.

Nothing here commits or answers: `Walked` is what the caller saves together with its answer.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from flow import effects, engine, values
from flow.component import Place
from flow.effects import Fact, Needed, Order
from flow.errors import FlowError
from flow.events import EffectDone, Event
from flow.execution import Execution
from flow.flow import Flow
from flow.hearing import heard_waiting
from flow.instructions import Instruction
from flow.ledger import Run, Version
from flow.step import HistoryEntry, Step
from runner.ids import new_token
from runner.library import Library
from runner.ports import LocalPerformer, Work
from runner.vault import Vault

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Walked:
    """What one move came to. `effect` is what the walk now awaits from outside, None for nothing.

    `timer` comes when the contact has not written before.
    `orders` are carried out besides; once written down they stand in `noted` as well. `moved` is
    false when the event meant nothing to the run.
    """

    run: Run
    execution: Execution
    instructions: tuple[Instruction, ...] = ()
    history: list[HistoryEntry] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    effect: Needed | None = None
    timer: effects.StartTimer | None = None
    orders: list[Order] = field(default_factory=list)
    noted: list[Any] = field(default_factory=list)
    moved: bool = True

    @property
    def texts(self) -> bool:
        """Whether the contact is reached by messages, and not on the telephone."""
        return bool(self.execution.conversation) and not self.execution.live


class Walker:
    """Moves runs. `local` does the effects that need only the open transaction, by their type."""

    def __init__(
        self,
        library: Library,
        vault: Vault,
        local: Mapping[type[Any], LocalPerformer],
        zone: str = "UTC",
    ) -> None:
        self._library, self._vault, self._local, self._zone = library, vault, local, zone

    def begin(
        self,
        work: Work,
        version: Version,
        execution: Execution,
        inputs: Mapping[str, Any],
        at: datetime,
    ) -> Walked:
        """Start a new run of a version; its modules are pinned now.

        Raises:
            StepError: an input or a default is wrong.
        """
        pins = self._library.pin(work, version)
        run = _new_run(version, execution, pins, at)
        flow = self._library.flow(version.id, pins)
        step = engine.begin(flow, execution, dict(inputs), at, self._zone)
        return self._settle(work, run, step, at)

    def prepare(self, work: Work, version: Version, execution: Execution, at: datetime) -> Run:
        """Give the row of a run that is ready to begin with its contact's answer.

        Raises:
            StepError: a default is wrong.
        """
        pins = self._library.pin(work, version)
        flow = self._library.flow(version.id, pins)
        ready = engine.prepare(flow, execution, {}, at, self._zone)
        run = _new_run(version, ready, pins, at)
        self.write(run, ready, at)
        return run

    def move(self, work: Work, run: Run, event: Event) -> Walked:
        """Move a locked run by one event; `run` is brought up to date in place."""
        execution = self.read(run)
        flow = self._library.flow(run.version, run.pins)
        step = engine.advance(flow, execution, event, self._zone)
        if not step.moved:
            return Walked(run, execution, moved=False)
        return self._settle(work, run, step, event.at)

    def try_begin(self, version: Version, execution: Execution, at: datetime) -> Walked | None:
        """Start a run where that takes no transaction: None where it does, or does not work."""
        flow = self._library.flow(version.id, {})
        if any(step.enters() for step in flow.steps.values()):
            return None
        try:
            step = engine.begin(flow, execution, {}, at, self._zone)
        except FlowError:
            return None
        if step.effects or step.errors:
            return None
        run = _new_run(version, execution, {}, at)
        self.write(run, step.execution, at)
        return Walked(run, step.execution, step.instructions, step.history)

    def try_move(self, run: Run, event: Event, execution: Execution | None = None) -> Walked | None:
        """Move a run that nobody holds, where that takes no transaction: None where it does.

        `run` is brought up to date in place; nothing happened until it is swapped in. `execution`
        is what the row says, where that is known already.
        """
        execution = execution or self.read(run)
        flow = self._library.flow(run.version, run.pins)
        step = engine.advance(flow, execution, event, self._zone)
        if not step.moved or step.effects or step.errors:
            return None
        self.write(run, step.execution, event.at)
        return Walked(run, step.execution, step.instructions, step.history)

    def document(self, version: Version) -> Flow:
        """Give the flow of a version, without its modules."""
        return self._library.flow(version.id, {})

    def mark(self, fingerprint: str) -> str:
        """Give the keyed form in which a request's fingerprint is kept."""
        return self._vault.mark(fingerprint)

    def music(self, run: Run) -> str:
        """Name the hold music of a run's flow; empty for none."""
        return self._library.flow(run.version, run.pins).music

    def language(self, version: str, run: Run | None) -> str:
        """Give the language that a version's document names, or that of a run's flow."""
        if run is not None:
            return self._library.flow(run.version, run.pins).language
        return self._library.flow(version, {}).language

    def waiting(
        self, run: Run, execution: Execution, place: Place, at: datetime
    ) -> tuple[Instruction, ...]:
        """Say what a contact in the waiting room hears; nothing where a message does not render."""
        flow = self._library.flow(run.version, run.pins)
        try:
            return heard_waiting(flow, execution, place, at, self._zone)
        except FlowError as error:
            _log.warning("nothing to hear", execution=run.id, flow=run.flow, error=str(error))
            return ()

    def expects_last_word(self, run: Run) -> bool:
        """Say whether the step a run waits in still gets something when the contact hangs up."""
        frame = self.read(run).frame
        flow = self._library.flow(run.version, run.pins).module(frame.flow)
        return flow.steps[frame.step].LAST_WORD

    def read(self, run: Run) -> Execution:
        """Unpack the execution that a run's row carries."""
        private = self._vault.open(run.sealed, run.id) if run.sealed else {}
        return Execution.from_json(run.state, private)

    def write(self, run: Run, execution: Execution, at: datetime) -> None:
        """Pack an execution into its run's row, in place."""
        run.state = execution.to_json()
        run.sealed = self._vault.seal(execution.private, run.id) if execution.private else None
        run.status, run.outcome = execution.status, execution.outcome
        run.awaits, run.live = execution.awaits, execution.live
        run.business_hours = execution.business_hours
        run.call = str(execution.call.get("sid", "")) or run.call
        run.contact = str(execution.contact.get("id", "")) or run.contact
        run.updated, run.moves = at, execution.turns
        if execution.status == "ended" and run.ended is None:
            run.ended = at

    def _settle(self, work: Work, run: Run, step: Step, at: datetime) -> Walked:
        walked = Walked(run, step.execution)
        while True:
            need = self._take(walked, step)
            performer = self._local.get(type(need)) if need is not None else None
            if need is None or performer is None:
                walked.effect = need
                break
            outcome, result = performer(work, need)
            done = EffectDone(at, need.id, outcome, result)
            flow = self._library.flow(run.version, run.pins)
            step = engine.advance(flow, step.execution, done, self._zone)
        walked.execution = step.execution
        self.write(run, step.execution, at)
        return walked

    def _take(self, walked: Walked, step: Step) -> Needed | None:
        walked.instructions += step.instructions
        walked.history += step.history
        _report(step)
        need: Needed | None = None
        for effect in step.effects:
            if isinstance(effect, Fact):
                walked.facts.append(effect)
            elif isinstance(effect, Order):
                walked.orders.append(effect)
            elif effect.id == step.execution.awaits:
                need = effect
            elif isinstance(effect, effects.StartTimer) and effect.id == step.execution.timer:
                walked.timer = effect
        return need


def _new_run(version: Version, execution: Execution, pins: Mapping[str, str], at: datetime) -> Run:
    return Run(
        id=execution.id,
        flow=version.flow,
        type=version.type,
        version=version.id,
        interaction=execution.id,
        token=new_token(),
        state="",
        status="",
        started=at,
        updated=at,
        call=execution.call.get("sid", ""),
        pins=pins,
        contact=str(execution.contact.get("id", "")),
    )


def _report(step: Step) -> None:
    run = step.execution
    for error in step.errors:
        _log.warning("step failed", execution=run.id, flow=run.flow, error=error)
    if step.crash is not None:
        _log.error("component crashed", execution=run.id, flow=run.flow, at=place_of(step.crash))


def place_of(error: BaseException) -> str:
    """Say where an exception was raised and its type, without its text: that may be personal."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "unknown"
    return f"{type(error).__name__} at {where}"


def pack(instructions: Sequence[Instruction]) -> str:
    """Write instructions as JSON, for the row of a run that could not deliver them yet."""
    return json.dumps([values.to_json(part) for part in instructions], ensure_ascii=False)


def unpack(text: str) -> tuple[Instruction, ...]:
    """Read instructions that `pack` wrote."""
    return tuple(values.from_json(json.loads(text)))


def may_repeat(effect: Needed) -> bool:
    """Say whether doing an effect twice does no harm (design, section 4.2)."""
    if not isinstance(effect, effects.HttpRequest):
        return True
    keyed = any(name.lower() == "idempotency-key" for name in effect.headers)
    return keyed or effect.method in {"GET", "HEAD", "PUT", "DELETE"}
