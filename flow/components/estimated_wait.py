"""`estimated_wait`: asks how long a contact would wait now, before queueing it."""

from typing import ClassVar, Literal

from pydantic import Field

from flow.component import Component, Leave, Need, Outcome
from flow.context import Context
from flow.effects import EstimateWait
from flow.errors import StepError
from flow.events import EffectDone, Event
from flow.who import rendered_names


class EstimatedWait(Component):
    """Ask for the likely wait and the place in line a new contact of these groups would have."""

    TYPES: ClassVar[tuple[str, ...]] = ("incoming_call", "module")
    EXITS: ClassVar[tuple[str, ...]] = ("known", "unknown")
    FALLBACK: ClassVar[str] = "unknown"
    STORES: ClassVar[tuple[str, ...]] = ("seconds", "position")

    component: Literal["estimated_wait"]
    ring_groups: tuple[str, ...] = Field(min_length=1, description="Ring groups; templates.")

    def start(self, context: Context) -> Outcome:
        """Ask the desk."""
        groups = rendered_names(context, self.ring_groups, "ring_groups")
        return Need(EstimateWait(context.effect_id(), groups))

    def resume(self, context: Context, event: Event) -> Outcome:
        """Leave with what the desk said."""
        match event:
            case EffectDone(outcome="known" | "unknown" as word, result=result):
                return Leave(word, {name: result.get(name) for name in self.STORES})
            case _:
                raise StepError("the desk did not say how long the wait is")
