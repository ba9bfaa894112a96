"""Makes a module walkable by itself: a call that enters it and ends where it returns."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

from flow.component import Component, Finish
from flow.components.run_module import RunModule
from flow.context import Context
from flow.errors import StepError
from flow.flow import Flow
from flow.instructions import Hangup
from flow.kinds import coerce
from flow.variables import fill_inputs
from web.cli.simulator.errors import CannotWalk

ENTRY = "module"
"""The step, in the call made round a module, that enters it."""


class Returned(Component):
    """Where a module's exit leads when nothing is round it: the run ends, named for the exit."""

    EXITS: ClassVar[tuple[str, ...]] = ()

    component: Literal["returned"] = "returned"
    name: str

    def start(self, context: Context) -> Finish:
        """End the run by the module's exit."""
        return Finish(self.name, (Hangup(),) if context.live else ())


@dataclass(frozen=True, slots=True)
class Walkable:
    """A flow that can be begun, its inputs, and how far its steps' paths are inside of it."""

    flow: Flow
    inputs: Mapping[str, Any]
    prefix: str = ""

    def path(self, path: str) -> str:
        """Give a step's path as the document's author knows it; empty for what is round it."""
        if not self.prefix:
            return path
        return path.removeprefix(self.prefix) if path.startswith(self.prefix) else ""


def walkable(flow: Flow, inputs: Mapping[str, Any], channel: str = "") -> Walkable:
    """Prepare a flow for a walk with inputs; a module gets a call or a conversation round it.

    Raises:
        CannotWalk: an input is missing, unknown or of the wrong type.
    """
    try:
        filled = fill_inputs(flow, inputs)
    except StepError as error:
        raise CannotWalk(str(error)) from None
    if flow.type != "module":
        return Walkable(flow, inputs)
    key = f"{flow.slug}@latest"
    entry = RunModule(
        component="run_module",
        module=flow.slug,
        inputs={name: value for name, value in filled.items() if value is not None},
        outputs={name: name for name in flow.outputs},
        exits={name: f"returned-{name}" for name in flow.exits},
    )
    ends = {f"returned-{name}": Returned(name=name) for name in flow.exits}
    call = Flow(
        slug=flow.slug,
        type="incoming_message" if channel else "incoming_call",
        start=ENTRY,
        steps={ENTRY: entry, **ends},
        language=flow.language if "{" not in flow.language else "en-US",
        timezone=flow.timezone,
        music=flow.music,
        modules={**flow.modules, key: flow.with_modules({})},
    )
    return Walkable(call, {}, f"{ENTRY}/")


def with_values(flow: Flow, values: Mapping[str, Any]) -> Flow:
    """Give the same flow with other defaults for some of its variables.

    Raises:
        CannotWalk: there is no such variable, or a value does not fit its type.
    """
    variables = dict(flow.variables)
    for name, value in values.items():
        if name not in variables:
            raise CannotWalk(f"{flow.slug} has no variable {name!r}")
        try:
            coerce(value, variables[name].type, f"vars.{name}")
        except StepError as error:
            raise CannotWalk(str(error)) from None
        variables[name] = replace(variables[name], default=value)
    return replace(flow, variables=variables)
