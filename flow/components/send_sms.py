"""`send_sms`: sends a text message to a number."""

from dataclasses import replace
from typing import ClassVar, Literal

from pydantic import Field

from flow.component import Component, Leave, Need, Outcome
from flow.context import Context
from flow.effects import SendMessage
from flow.errors import StepError
from flow.events import EffectDone, Event
from flow.language.durations import Duration
from flow.language.templates import is_template
from flow.target import is_number
from flow.texting import is_bulk


class SendSms(Component):
    """Send a text message to a number, from any flow.

    `sent` once it is accepted: it leaves in its turn. An answer to it begins a conversation of its
    own; `send_message` is for answers that this flow reads.
    """

    EXITS: ClassVar[tuple[str, ...]] = ("sent", "failed", "opted_out")
    FALLBACK: ClassVar[str] = "failed"
    STORES: ClassVar[tuple[str, ...]] = ("message_id",)

    component: Literal["send_sms"]
    to: str = Field(min_length=1, description="A number (+…); a template.")
    sender: str = Field(
        default="", alias="from", description="A number of ours; the server's when empty."
    )
    text: str = Field(min_length=1, description="What is sent; a template.")
    bulk: bool | None = Field(
        default=None, description="answers overtake it; without it, in flows started by the API."
    )
    valid_for: Duration | None = Field(
        default=None, gt=0, description="After this it is not sent any more; none: however long."
    )

    def problems(self) -> list[tuple[str, str]]:
        """Find a target that is no number."""
        if is_template(self.to) or is_number(self.to.strip()):
            return []
        return [("to", f"{self.to!r} is no number as +15550100001")]

    def start(self, context: Context) -> Outcome:
        """Ask for it to be sent; without a number or a text it fails."""
        to, sender = context.render(self.to).strip(), context.render(self.sender).strip()
        text = context.render(self.text).strip()
        if not to or not text:
            reason = "there is no number" if not to else "the message is empty"
            return Leave("failed", {"message_id": "", "reason": reason})
        bulk = is_bulk(context, self.bulk)
        effect = context.effect_id()
        sms = SendMessage(effect, text, channel="sms", to=to, sender=sender, bulk=bulk)
        return Need(replace(sms, valid_for=self.valid_for))

    def resume(self, context: Context, event: Event) -> Leave:
        """Leave by what became of it."""
        if not isinstance(event, EffectDone) or event.outcome not in self.EXITS:
            raise StepError(f"the message ended in an unknown way: {type(event).__name__}")
        return Leave(event.outcome, {"message_id": "", **event.result})
