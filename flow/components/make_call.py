"""`make_call`: calls somebody; the flow goes on from how that ended."""

from typing import ClassVar, Literal

from pydantic import Field

from flow.component import Component, Leave, Need, Outcome, Wait
from flow.context import Context
from flow.effects import CheckDial, PlaceCall
from flow.errors import StepError
from flow.events import EffectDone, Event, News, PickedUp
from flow.language.templates import is_template
from flow.target import is_target

_MACHINES = ("machine", "fax")
_ENDS = ("busy", "no_answer", "invalid_number", "refused", "failed")


class MakeCall(Component):
    """Call a number and go on when somebody answers: from there on voice steps may follow.

    The dial rules are asked first: `refused` is a number nobody may be called at from here,
    `invalid_number` one that cannot exist. With `machine_detection` the call is held until it is
    known who answered; `machine` is an answering machine or a fax, on which a message may be left.
    """

    TYPES: ClassVar[tuple[str, ...]] = ("api_request",)
    EXITS: ClassVar[tuple[str, ...]] = ("answered", "machine", *_ENDS)
    OPTIONAL: ClassVar[tuple[str, ...]] = ("machine",)
    FALLBACK: ClassVar[str] = "failed"
    STORES: ClassVar[tuple[str, ...]] = ("call_id", "answered_by")
    WAITS: ClassVar[bool] = True

    component: Literal["make_call"]
    to: str = Field(min_length=1, description="A number (+…) or a SIP URI; a template.")
    sender: str = Field(
        default="", alias="from", description="The number shown; the server's when empty."
    )
    ring_seconds: int = Field(default=30, ge=5, le=600, description="How long it rings.")
    machine_detection: bool = Field(
        default=False, description="Tell people from answering machines before going on."
    )

    def problems(self) -> list[tuple[str, str]]:
        """Find a target that is neither a number nor a SIP URI."""
        if is_template(self.to) or is_target(self.to.strip()):
            return []
        return [("to", f"{self.to!r} is neither a number as +15550100001 nor a SIP URI")]

    def start(self, context: Context) -> Outcome:
        """Ask whether the number may be called."""
        if context.live:
            raise StepError("a call exists already; forward_call or assign_and_dial adds to it")
        to, sender = context.render(self.to).strip(), context.render(self.sender).strip()
        if not to:
            return Leave("invalid_number")
        return Need(CheckDial(context.effect_id(), (to,), sender))

    def resume(self, context: Context, event: Event) -> Outcome:
        """Call once that is allowed; leave by how it ended."""
        match event:
            case EffectDone(outcome="allowed", result=result):
                return self._call(context, result["targets"][0], str(result["caller_id"]))
            case EffectDone(outcome="refused" | "invalid_number" as outcome):
                return Leave(outcome)
            case PickedUp():
                return self._answered(context, event)
            case News(word=word) if word in _ENDS:
                return Leave(word)
            case _:
                raise StepError(f"a call does not end by {type(event).__name__}")

    def _call(self, context: Context, to: str, sender: str) -> Wait:
        order = PlaceCall(
            context.effect_id(), to, sender, self.ring_seconds, self.machine_detection
        )
        return Wait((), {"to": to}, orders=(order,), hears=order.id)

    def _answered(self, context: Context, event: PickedUp) -> Leave:
        by = event.answered_by
        machine = self.machine_detection and by.startswith(_MACHINES)
        to = context.state["to"]
        changes = {
            "live": True,
            "call": dict(event.call),
            "channel": {"type": "voice", "address": to},
            "contact": {} if context.execution.contact.get("number") else {"number": to},
        }
        result = {"call_id": event.call.get("sid", ""), "answered_by": by or "unknown"}
        return Leave("machine" if machine else "answered", result, changes=changes)
