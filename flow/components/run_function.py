"""`run_function`: runs a little JavaScript in a sandbox."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from flow import limits
from flow.component import Component, Leave, Need
from flow.context import Context
from flow.effects import RunFunction as Run
from flow.errors import StepError
from flow.events import EffectDone, Event
from flow.language.durations import Duration


class RunFunction(Component):
    """Run JavaScript in a sandbox without network, files or clock; its result is kept."""

    EXITS: ClassVar[tuple[str, ...]] = ("success", "failed", "timeout")
    FALLBACK: ClassVar[str] = "failed"
    STORES: ClassVar[tuple[str, ...]] = ("result",)
    WAITS: ClassVar[bool] = True

    component: Literal["run_function"]
    source: str = Field(
        min_length=1,
        max_length=limits.FUNCTION_SOURCE,
        description="The body of a function of `args`; what it returns is the result.",
    )
    args: dict[str, Any] = Field(default_factory=dict, description="Templates, filled in first.")
    timeout: Duration = Field(default=1.0, gt=0, le=3, description="Seconds it may take.")
    memory: int = Field(default=16, ge=1, le=64, description="Megabytes it may use.")

    def start(self, context: Context) -> Need:
        """Ask for the run. The source itself is no template: values come in as `args`."""
        args = context.evaluate(self.args)
        effect = context.effect_id()
        return Need(Run(effect, self.source, args, self.timeout, self.memory))

    def resume(self, context: Context, event: Event) -> Leave:
        """Leave by what the run came to."""
        if not isinstance(event, EffectDone) or event.outcome not in self.EXITS:
            raise StepError(f"the function ended in an unknown way: {type(event).__name__}")
        return Leave(event.outcome, dict(event.result))
