"""Small flows and runs for the tests of the engine."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flow.component import Component
from flow.components import PALETTE
from flow.engine import begin
from flow.execution import Execution
from flow.flow import Field, Flow
from flow.step import Step

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)


def step_of(component: str, exits: Mapping[str, str] | None = None, /, **fields: Any) -> Component:
    """Build one step from its fields."""
    given = {"component": component, "exits": dict(exits or {}), **fields}
    return PALETTE[component].model_validate(given)


def menu(exits: Mapping[str, str] | None = None, **fields: Any) -> Component:
    """Build a menu with the keys 1 (`one`) and 2 (`two`)."""
    options = [{"exit": "one", "keys": "1", "phrases": ["one"]}, {"exit": "two", "keys": "2"}]
    return step_of("menu", exits, **{"message": "?", "options": options, **fields})


def flow_of(steps: Mapping[str, Component], **rest: Any) -> Flow:
    """Build a flow that starts at its first step; variables are given by their type's name."""
    variables = {name: Field(kind) for name, kind in rest.pop("variables", {}).items()}
    given = {"slug": "small", "type": "incoming_call", "start": next(iter(steps)), **rest}
    return Flow(**given, variables=variables, steps=steps)


def new_run(**given: Any) -> Execution:
    """Make a run that has not begun; the caller is on the line."""
    fields = {"id": "run", "flow": "small", "type": "incoming_call", "live": True, **given}
    return Execution(**{"started": AT.isoformat(), **fields})


def started(flow: Flow, **given: Any) -> Step:
    """Begin a run of the flow."""
    return begin(flow, new_run(**given), {}, AT)


def through_json(run: Execution) -> Execution:
    """Save and load a run."""
    return Execution.from_json(run.to_json(), json.loads(json.dumps(run.private)))
