"""Walks one case through the engine, with or without JSON between every two events."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from flow import values
from flow.component import Component, Wait
from flow.components import PALETTE
from flow.context import Context
from flow.engine import advance, begin
from flow.events import Event, Started
from flow.execution import Execution
from flow.flow import Field, Flow
from flow.step import HistoryEntry, Step
from tests.flow.components.case import Case, Turn

LANDED = "landed"


class Landed(Component):
    """Where every exit of the step under test leads: it waits, so the walk stands still."""

    component: Literal["landed"] = "landed"

    def start(self, context: Context) -> Wait:
        """Say nothing and wait."""
        return Wait(())


@dataclass
class Walked:
    """What came of a case: a step per turn, and all history and errors together."""

    flow: Flow
    steps: list[Step] = field(default_factory=list)

    @property
    def execution(self) -> Execution:
        """Where the run stands at the end."""
        return self.steps[-1].execution

    @property
    def history(self) -> list[HistoryEntry]:
        """Every step that was left, in order."""
        return [entry for step in self.steps for entry in step.history]

    @property
    def errors(self) -> str:
        """The flow author's mistakes met on the way."""
        return "; ".join(error for step in self.steps for error in step.errors)


def component(fields: Mapping[str, Any], *, connect: bool = False) -> Component:
    """Build a step; with `connect`, its exits (but `error`) lead to `landed` unless it says so."""
    built = PALETTE[fields["component"]].model_validate(dict(fields))
    assert not built.problems(), built.problems()
    return connected(built, fields) if connect else built


def connected(built: Component, fields: Mapping[str, Any]) -> Component:
    """Lead every exit to `landed`; an exit that the case sets to "" stays unconnected."""
    exits = {**dict.fromkeys(built.exit_names(), LANDED), **fields.get("exits", {})}
    return built.model_copy(update={"exits": {k: v for k, v in exits.items() if v}})


def _flow(document: Mapping[str, Any], steps: dict[str, Component]) -> Flow:
    rest = {k: v for k, v in document.items() if k not in {"steps", "variables", "inputs"}}
    fields = {
        kind: {name: Field(**given) for name, given in document.get(kind, {}).items()}
        for kind in ("variables", "inputs")
    }
    extra = {name: component(given) for name, given in document.get("steps", {}).items()}
    named = {"slug": "case", "type": "incoming_call", "start": "it", **rest, **fields}
    if "exits" in named:
        named["exits"] = tuple(named["exits"])
    return Flow(**named, steps={**steps, **extra, LANDED: Landed()})


def flow_of(case: Case, name: str) -> Flow:
    """Build the case's flow: the step under test is `it`, its exits lead to `landed`."""
    steps = {}
    if case.step is not None:
        fields = {"component": name, **case.step}
        steps["it"] = component({k: v for k, v in fields.items() if k != "exits"})
        steps["it"] = connected(steps["it"], fields)
    modules = {
        key: _flow({"slug": key.split("@")[0], "type": "module", **document}, {})
        for key, document in case.modules.items()
    }
    return _flow(case.flow, steps).with_modules(modules)


def first_execution(case: Case) -> Execution:
    """Make the run a case begins with: a caller on the line, unless `run` says otherwise."""
    given = {
        "id": "run",
        "flow": "case",
        "type": "incoming_call",
        "live": True,
        "call": {"from": "+15550100002", "to": "+15550100001", "sid": "CA1"},
        "channel": {"type": "voice", "address": "+15550100001"},
        "contact": {"id": "c1", "name": "Ann", "number": "+15550100002"},
        **case.run,
    }
    return Execution(started=case.at, **given)


def through_json(execution: Execution) -> Execution:
    """Save and load an execution as the store does: its private part apart."""
    private = json.loads(json.dumps(execution.private))
    return Execution.from_json(execution.to_json(), private)


def event_of(turn: Turn, execution: Execution, at: datetime) -> Event:
    """Read a turn's event; `at`, and the id of what is awaited or heard of, are filled in."""
    given = dict(turn.event or {"$kind": "Started"})
    kind = given["$kind"]
    given.setdefault("at", {"$time": at.isoformat()})
    if kind == "EffectDone":
        given.setdefault("effect", execution.awaits)
    if kind in {"News", "PickedUp"}:
        given.setdefault("effect", execution.hears)
    if kind == "TimerFired":
        given.setdefault("timer", execution.awaits or execution.timer)
    if isinstance(given.get("last"), dict):
        given["last"] = {"at": given["at"], **given["last"]}
    event: Event = values.from_json(given)
    return event


def walk(case: Case, name: str, *, saved: bool = True) -> Walked:
    """Feed a case's events to the engine; `saved` puts everything through JSON in between."""
    walked = Walked(flow_of(case, name))
    execution = first_execution(case)
    for turn, at in zip(case.turns, _moments(case), strict=True):
        execution = through_json(execution) if saved and walked.steps else execution
        event = event_of(turn, execution, at)
        if saved:
            event = values.from_json(json.loads(json.dumps(values.to_json(event))))
        if isinstance(event, Started):
            step = begin(walked.flow, execution, case.inputs, event.at)
        else:
            step = advance(walked.flow, execution, event)
        walked.steps.append(_step_through_json(step) if saved else step)
        execution = step.execution
    return walked


def _step_through_json(step: Step) -> Step:
    said = values.from_json(json.loads(json.dumps(values.to_json(step.instructions))))
    effects = values.from_json(json.loads(json.dumps(values.to_json(step.effects))))
    return replace(step, instructions=tuple(said), effects=effects)


def _moments(case: Case) -> Iterator[datetime]:
    at = datetime.fromisoformat(case.at)
    return (at + timedelta(seconds=number) for number in range(len(case.turns)))


def waiting_points(walked: Walked) -> Iterator[Execution]:
    """Give every saved state in which a contact on the line could hang up."""
    for step in walked.steps:
        if step.execution.status == "waiting" and step.execution.live:
            yield through_json(step.execution)
