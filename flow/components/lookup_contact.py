"""`lookup_contact`: finds the contact among the known ones, or in another system."""

from typing import ClassVar, Literal

from pydantic import Field

from flow.component import Component, Leave, Need, Outcome
from flow.context import Context
from flow.effects import LookUpContact
from flow.errors import StepError
from flow.events import EffectDone, Event

BUILT_IN = "contacts"

_FROM_THE_CALLER = {
    "number": "{{ contact.number | default: call.from }}",
    "email": "{{ contact.email }}",
    "id": "{{ contact.id }}",
}


class LookupContact(Component):
    """Find out who the contact is; what is found is `contact` from here on."""

    EXITS: ClassVar[tuple[str, ...]] = ("found", "not_found", "timeout")
    FALLBACK: ClassVar[str] = "not_found"
    WAITS: ClassVar[bool] = True

    component: Literal["lookup_contact"]
    by: Literal["number", "email", "id"] = Field(
        default="number", description="What the contact is known by."
    )
    value: str = Field(default="", description="What to look for; default: the contact's own.")
    source: str = Field(
        default=BUILT_IN,
        min_length=1,
        description="contacts, or the name of a look-up connection in the settings.",
    )

    def start(self, context: Context) -> Outcome:
        """Ask; nobody is looked for when there is nothing to look for."""
        value = context.render(self.value or _FROM_THE_CALLER[self.by]).strip()
        if not value:
            return Leave("not_found")
        return Need(LookUpContact(context.effect_id(), self.by, value, self.source))

    def resume(self, context: Context, event: Event) -> Leave:
        """Leave by what the look-up came to."""
        if not isinstance(event, EffectDone) or event.outcome not in self.EXITS:
            raise StepError(f"the look-up ended in an unknown way: {type(event).__name__}")
        if event.outcome != "found":
            return Leave(event.outcome)
        fields = dict(event.result)
        # Another system's id is not ours: `contact.id` stays the one of the built-in contacts.
        mine = {k: v for k, v in fields.items() if k != "id" or self.source == BUILT_IN}
        return Leave("found", fields, changes={"contact": mine})
