"""`update_contact`: writes fields of a contact."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from flow.component import Component, Leave, Need, Outcome
from flow.context import Context
from flow.effects import UpdateContact as Update
from flow.errors import StepError
from flow.events import EffectDone, Event


class UpdateContact(Component):
    """Change what is known about a contact."""

    EXITS: ClassVar[tuple[str, ...]] = ("done", "not_found")
    FALLBACK: ClassVar[str] = "not_found"
    WAITS: ClassVar[bool] = True

    component: Literal["update_contact"]
    contact: str = Field(
        default="{{ contact.id }}", min_length=1, description="The id; default: this contact's."
    )
    fields: dict[str, Any] = Field(min_length=1, description="Field to new value; templates.")

    def start(self, context: Context) -> Outcome:
        """Ask for the change; there is nobody to change without an id."""
        contact = context.render(self.contact).strip()
        if not contact:
            return Leave("not_found")
        fields = context.evaluate(self.fields)
        return Need(Update(context.effect_id(), contact, fields), {"contact": contact})

    def resume(self, context: Context, event: Event) -> Leave:
        """Leave by what came of it; a change of this contact shows in `contact` at once."""
        if not isinstance(event, EffectDone) or event.outcome not in self.EXITS:
            raise StepError(f"the change ended in an unknown way: {type(event).__name__}")
        mine = context.execution.contact.get("id") == context.state["contact"]
        known = event.outcome == "done" and mine
        return Leave(event.outcome, changes={"contact": dict(event.result)} if known else {})
