"""`send_message`: writes to the contact, into the conversation or to begin one."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from flow.component import Component, Leave, Need, Outcome
from flow.context import Context
from flow.effects import SendMessage as Send
from flow.errors import StepError
from flow.events import EffectDone, Event
from flow.language.durations import Duration
from flow.language.templates import is_template
from flow.limits import MAIL_SUBJECT
from flow.message import Item, Message
from flow.texting import NOBODY, is_bulk
from flow.writing import QuickReply, choices_of, written

ChannelName = Literal["sms", "whatsapp", "chat", "email"]

CHANNELS: tuple[ChannelName, ...] = get_args(ChannelName)


class Template(BaseModel):
    """A message that WhatsApp has approved: it may be sent although the contact has not written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    content: str = Field(min_length=1, description="The carrier's id of it (HX…); a template.")
    variables: dict[str, str] = Field(
        default_factory=dict, description="Its variables by their number or name; templates."
    )


class Variant(BaseModel):
    """What is sent by one channel; what is not given here is as the step says for all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    message: Message | None = Field(default=None, description="What is sent.")
    quick_replies: tuple[QuickReply, ...] | None = Field(
        default=None, max_length=10, description="Answers that can be given by a tap."
    )
    subject: str = Field(default="", description="For email: the subject; a template.")
    template: Template | None = Field(
        default=None, description="For whatsapp: the approved message for a closed window."
    )


def _variant(value: Any) -> Any:
    alone = not isinstance(value, Mapping) or not set(value).isdisjoint(Item.model_fields)
    return {"message": value} if alone else value


_PerChannel = Annotated[
    Variant, BeforeValidator(_variant, json_schema_input_type=str | Variant | list[str | Item])
]


class SendMessage(Component):
    """Send a message to the contact: text, files, quick replies; its own form for each channel.

    It goes into this conversation. With `to` (where another system started the flow) it goes to
    that address and begins a conversation, whose answers come to this flow: `ask`, `menu`, `survey`
    and `assign_agents` may follow. `sent` means accepted: it leaves in its turn.
    """

    TYPES: ClassVar[tuple[str, ...]] = ("incoming_message", "api_request", "module")
    TEXTS: ClassVar[bool] = True
    EXITS: ClassVar[tuple[str, ...]] = ("sent", "failed", "opted_out")
    FALLBACK: ClassVar[str] = "failed"
    STORES: ClassVar[tuple[str, ...]] = ("message_id",)

    component: Literal["send_message"]
    message: Message | None = Field(default=None, description="What is sent by every channel.")
    quick_replies: tuple[QuickReply, ...] = Field(
        default=(), max_length=10, description="Answers that can be given by a tap."
    )
    subject: str = Field(default="", description="The subject of an e-mail; a template.")
    sms: _PerChannel | None = Field(default=None, description="What is sent by SMS instead.")
    whatsapp: _PerChannel | None = Field(default=None, description="By WhatsApp instead.")
    chat: _PerChannel | None = Field(default=None, description="In the web chat instead.")
    email: _PerChannel | None = Field(default=None, description="By e-mail instead.")
    to: str = Field(
        default="", description="Begin a conversation: the number or e-mail address; a template."
    )
    channel: str = Field(
        default="", description="With to: sms, whatsapp or email, or a template; else by address."
    )
    sender: str = Field(
        default="", alias="from", description="With to: an address of ours; else the server's."
    )
    bulk: bool | None = Field(
        default=None,
        description="With to: answers overtake it; without it, in flows started by the API.",
    )
    valid_for: Duration | None = Field(
        default=None, gt=0, description="After this it is not sent any more; none: however long."
    )

    def problems(self) -> list[tuple[str, str]]:
        """Find channels without a message, and fields that mean nothing where they stand."""
        found = self._misplaced()
        if self.channel and not is_template(self.channel) and self.channel not in CHANNELS:
            found.append(("channel", f"{self.channel!r} is none of {', '.join(CHANNELS)}"))
        elif self.to and self.channel == "chat":
            found.append(("channel", "a chat is begun by its visitor"))
        silent = [name for name in self._channels() if not self._says(name)]
        if silent and not found:
            found.append(("message", f"nothing is said by {', '.join(silent)}: give a message"))
        return found

    def _misplaced(self) -> list[tuple[str, str]]:
        found = []
        for name in CHANNELS:
            variant = self._variant(name)
            if variant.subject and name != "email":
                found.append((f"{name}.subject", "only an e-mail has a subject"))
            if variant.template and name != "whatsapp":
                found.append((f"{name}.template", "only WhatsApp has approved messages"))
        if not self.to:
            given = [("channel", self.channel), ("from", self.sender), ("bulk", self.bulk)]
            reason = "only used with to; without it the message goes into this conversation"
            found += [(name, reason) for name, value in given if value not in ("", None)]
        return found

    def _channels(self) -> tuple[str, ...]:
        if self.channel in CHANNELS:
            return (self.channel,)
        return tuple(name for name in CHANNELS if not (self.to and name == "chat"))

    def _variant(self, channel: str) -> Variant:
        found: Variant | None = getattr(self, channel) if channel in CHANNELS else None
        return found or Variant()

    def _says(self, channel: str) -> bool:
        variant = self._variant(channel)
        return bool(variant.message or self.message or variant.template)

    def needs_conversation(self) -> bool:
        """Say whether there must be a conversation: not where this step begins one."""
        return not self.to

    def start(self, context: Context) -> Outcome:
        """Ask for it to be sent."""
        to = context.render(self.to).strip()
        if self.to and not to:
            return Leave("failed", {"message_id": "", "reason": "there is no address to write to"})
        if not to and not context.execution.conversation:
            raise StepError(NOBODY)
        channel = self._channel(context, to)
        state = {"to": to, "channel": channel}
        return Need(self._effect(context, channel, to), state)

    def _channel(self, context: Context, to: str) -> str:
        if not to:
            return str(context.execution.channel.get("type", ""))
        channel = context.render(self.channel).strip().lower()
        channel = channel or ("email" if "@" in to else "sms")
        if channel not in CHANNELS:
            raise StepError(f"channel must be one of {', '.join(CHANNELS)}")
        return channel

    def _effect(self, context: Context, channel: str, to: str) -> Send:
        variant = self._variant(channel)
        found = written(context, variant.message or self.message or [])
        replies = self.quick_replies if variant.quick_replies is None else variant.quick_replies
        template = _rendered(context, variant.template) if variant.template else {}
        if not (found.text or found.media or template):
            raise StepError("the message is empty")
        subject = context.render(variant.subject or self.subject) if channel == "email" else ""
        return Send(
            context.effect_id(),
            found.text,
            found.media,
            choices_of(context, replies),
            " ".join(subject.split())[:MAIL_SUBJECT],
            channel if to else "",
            to,
            context.render(self.sender).strip(),
            opens=bool(to),
            conversation="" if to else context.execution.conversation,
            template=template,
            bulk=bool(to) and is_bulk(context, self.bulk),
            valid_for=self.valid_for,
        )

    def resume(self, context: Context, event: Event) -> Leave:
        """Leave by what became of it; a conversation that was begun is this run's from here on."""
        if not isinstance(event, EffectDone) or event.outcome not in self.EXITS:
            raise StepError(f"the message ended in an unknown way: {type(event).__name__}")
        told = {"message_id": "", **event.result}
        opened = str(told.pop("conversation", ""))
        changes = _opened(context, opened) if opened else {}
        return Leave(event.outcome, told, changes=changes)


def _opened(context: Context, conversation: str) -> Mapping[str, Any]:
    to, channel = context.state["to"], context.state["channel"]
    by = "email" if channel == "email" else "number"
    known = context.execution.contact.get(by)
    return {
        "conversation": conversation,
        "message": {},
        "channel": {"type": channel, "address": to},
        "contact": {} if known else {by: to},
    }


def _rendered(context: Context, template: Template) -> Mapping[str, Any]:
    variables = {name: context.render(text) for name, text in template.variables.items()}
    return {"id": context.render(template.content).strip(), "variables": variables}
