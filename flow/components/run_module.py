"""`run_module`: walks another flow, as if its steps stood here."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from flow.component import Component, Enter, Leave
from flow.context import Context
from flow.errors import StepError
from flow.variables import typed


class RunModule(Component):
    """Walk a module; its exits are the exits of this step."""

    EXITS: ClassVar[tuple[str, ...]] = ()

    component: Literal["run_module"]
    module: str = Field(min_length=1, description="The slug of the module.")
    version: Literal["latest"] | int = Field(default="latest", description="latest or a number.")
    inputs: dict[str, Any] = Field(default_factory=dict, description="Input to value; templates.")
    outputs: dict[str, str] = Field(
        default_factory=dict, description="Variable here to the output's name in the module."
    )

    @property
    def key(self) -> str:
        """What the module is called among a flow's modules: `slug@version`."""
        return f"{self.module}@{self.version}"

    def enters(self) -> str:
        """Name the module, so that it is at hand when the walk comes here."""
        return self.key

    def exit_names(self) -> tuple[str, ...]:
        """The connected exits; `check` compares them with what the module declares."""
        return tuple(name for name in self.exits if name != "error")

    def start(self, context: Context) -> Enter:
        """Enter the module with its inputs filled in."""
        return Enter(self.key, context.evaluate(self.inputs))

    def resume_module(self, context: Context, exit_name: str, outputs: Mapping[str, Any]) -> Leave:
        """Leave by the module's exit; its outputs become variables and the step's result."""
        missing = sorted(set(self.outputs.values()) - set(outputs))
        if missing:
            raise StepError(f"module {self.key} has no output {missing[0]!r}")
        mapped = {local: outputs[name] for local, name in self.outputs.items()}
        changes = {"vars": typed(context.flow, mapped)} if mapped else {}
        return Leave(exit_name, mapped, changes=changes)
