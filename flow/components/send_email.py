"""`send_email`: sends an e-mail, with recordings or texts attached."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from flow.component import Component, Leave, Need, Outcome
from flow.context import Context
from flow.effects import SendEmail as Email
from flow.errors import StepError
from flow.events import EffectDone, Event
from flow.language.templates import is_template
from flow.limits import MAIL_ATTACHMENTS, MAIL_RECIPIENTS, MAIL_SUBJECT
from flow.mailbox import mailbox

_KINDS = ("recording", "step", "text")


class Attachment(BaseModel):
    """One attachment: a recording of this run, by its id or by the step, or a text."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    recording: str = Field(default="", description="The recording's id; a template.")
    step: str = Field(default="", description="The step that recorded it.")
    text: str = Field(default="", description="A text file's content; a template.")
    name: str = Field(
        default="", max_length=100, description="The file's name, such as order.txt; a template."
    )


class SendEmail(Component):
    """Send an e-mail; `sent` once the mail server has taken it, or it waits here for the server."""

    EXITS: ClassVar[tuple[str, ...]] = ("sent", "failed", "opted_out")
    FALLBACK: ClassVar[str] = "failed"
    STORES: ClassVar[tuple[str, ...]] = ("message_id",)
    WAITS: ClassVar[bool] = True

    component: Literal["send_email"]
    to: tuple[str, ...] = Field(
        min_length=1,
        max_length=MAIL_RECIPIENTS,
        description="One address or a list; templates, each gives one address.",
    )
    sender: str = Field(
        default="",
        alias="from",
        description="Another name, or address of MAIL_FROM's domain; default: MAIL_FROM.",
    )
    subject: str = Field(min_length=1, description="The subject; a template.")
    text: str = Field(default="", description="The message as plain text; a template.")
    html: str = Field(
        default="", description="The message as HTML too; what templates give is escaped."
    )
    attachments: tuple[Attachment, ...] = Field(
        default=(), max_length=MAIL_ATTACHMENTS, description="Recordings of this run, and texts."
    )

    @field_validator("to", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    def problems(self) -> list[tuple[str, str]]:
        """Find addresses that are none, and a message or an attachment without content."""
        found = [("to", reason) for to in self.to if (reason := _wrong(to))]
        if self.sender and (reason := _wrong(self.sender)):
            found.append(("from", reason))
        if not (self.text or self.html):
            found.append(("text", "say something: give text, html or both"))
        return found + list(self._unclear())

    def _unclear(self) -> Iterator[tuple[str, str]]:
        for place, attached in enumerate(self.attachments):
            given = [kind for kind in _KINDS if getattr(attached, kind)]
            if len(given) != 1:
                reason = f"give exactly one of {', '.join(_KINDS)}"
                yield f"attachments.{place}", reason
            elif attached.text and not attached.name:
                yield f"attachments.{place}", "give the name of the file, such as order.txt"

    def start(self, context: Context) -> Outcome:
        """Ask for it to be sent; an address that is none makes it fail."""
        text, html = context.render(self.text), context.render(self.html, escape=True)
        subject = " ".join(context.render(self.subject).split())
        try:
            to = tuple(_address(context, each) for each in self.to)
            sender = _address(context, self.sender) if self.sender else ""
        except ValueError as error:
            return Leave("failed", {"message_id": "", "reason": str(error)})
        attached = tuple(_attached(context, each) for each in self.attachments)
        return Need(
            Email(context.effect_id(), to, subject[:MAIL_SUBJECT], text, html, sender, attached)
        )

    def resume(self, context: Context, event: Event) -> Leave:
        """Leave by what became of it."""
        if isinstance(event, EffectDone) and event.outcome == "timeout":
            return Leave("failed", {"message_id": "", "reason": "it took too long"})
        if not isinstance(event, EffectDone) or event.outcome not in self.EXITS:
            raise StepError(f"the e-mail ended in an unknown way: {type(event).__name__}")
        return Leave(event.outcome, {"message_id": "", **event.result})


def _wrong(address: str) -> str:
    """Say what is wrong with an address that is no template; empty for nothing."""
    if is_template(address):
        return ""
    try:
        mailbox(address)
    except ValueError as error:
        return str(error)
    return ""


def _address(context: Context, text: str) -> str:
    rendered = context.render(text).strip()
    mailbox(rendered)
    return rendered


def _attached(context: Context, attachment: Attachment) -> Mapping[str, Any]:
    """Render an attachment; a step that recorded nothing attaches nothing.

    Raises:
        StepError: the recording has no id.
    """
    name = context.render(attachment.name).strip()
    if attachment.text:
        return {"text": context.render(attachment.text), "name": name}
    recording = context.render(attachment.recording).strip()
    if attachment.step:
        told = context.scope["steps"].get(attachment.step, {})
        recording = str(told.get("recording_id", ""))
    return {"recording": recording, "name": name}
