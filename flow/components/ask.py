"""`ask`: asks the contact by message and keeps what is written back."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from flow import texting
from flow.asking import Asking
from flow.component import Leave, Need, Outcome, Wait
from flow.context import Context
from flow.errors import StepError
from flow.events import EffectDone, Event, MessageIn, TimerFired
from flow.language.patterns import pattern_problem
from flow.language.typed import understood
from flow.message import Item, Message
from flow.writing import Choices, QuickReply, choices_of, reply_of


class Ask(Asking):
    """Ask the contact by message and wait for the answer: for seconds or for days.

    `tries` counts answers that are not what `validate` wants; who does not answer is not asked
    again. Without a `message` the answer to what was sent before is waited for. A quick reply that
    is tapped, or whose number or label is written, is stored as its value; a date as 2026-12-24.
    """

    TYPES: ClassVar[tuple[str, ...]] = ("incoming_message", "api_request", "module")
    NEEDS_CALL: ClassVar[bool] = False
    TEXTS: ClassVar[bool] = True
    EXITS: ClassVar[tuple[str, ...]] = ("replied", "invalid", "timeout")
    FALLBACK: ClassVar[str] = "invalid"
    STORES: ClassVar[tuple[str, ...]] = ("text", "media")

    component: Literal["ask"]
    message: Message | None = Field(
        default=None, description="What is asked; without it, nothing is sent first."
    )
    quick_replies: tuple[QuickReply, ...] = Field(
        default=(), max_length=10, description="Answers that can be given by a tap."
    )
    validate_: Literal["any", "email", "number", "date", "regex"] = Field(
        default="any", alias="validate", description="What the answer must be."
    )
    pattern: str = Field(default="", description="For regex: an expression for the whole answer.")

    def problems(self) -> list[tuple[str, str]]:
        """Find a pattern that is none, or that nothing looks at."""
        if self.validate_ == "regex":
            reason = pattern_problem(self.pattern) if self.pattern else "give the pattern"
            return [("pattern", reason)] if reason else []
        if self.pattern:
            return [("pattern", "a pattern is only used with validate: regex")]
        return []

    def prompt(self) -> list[Item]:
        """Give what is asked."""
        return self.message or []

    def choices(self, context: Context) -> Choices:
        """Give the quick replies."""
        return choices_of(context, self.quick_replies)

    def start(self, context: Context) -> Outcome:
        """Ask, or wait at once where it was asked before."""
        texting.need_conversation(context)
        if self.message is not None:
            return self.ask(context)
        return texting.wait(context, {"tries_left": self.tries - 1}, self.patience())

    def resume(self, context: Context, event: Event) -> Outcome:
        """Leave with an answer that is as wanted, ask again, or give up after the last try."""
        match event:
            case MessageIn():
                return self._answered(context, event)
            case EffectDone():
                return self.sent(context, event)
            case TimerFired():
                return Leave("timeout")
            case _:
                raise StepError(f"a question by message is not answered by {type(event).__name__}")

    def _answered(self, context: Context, event: MessageIn) -> Outcome:
        media = list(event.message.get("media", ()))
        answer = self._understood(context, event, media)
        if answer is not None:
            return Leave("replied", {"text": answer, "media": media})
        return self._again(context) or Leave("invalid")

    def _understood(self, context: Context, event: MessageIn, media: list[Any]) -> str | None:
        reply = reply_of(self.choices(context), event.text, event.choice)
        if reply is not None:
            return reply
        if self.validate_ == "any":
            text = event.text.strip() or event.choice
            return text if text or media else None
        return understood(event.text, self.validate_, self.pattern, context.language)

    def _again(self, context: Context) -> Wait | Need | None:
        if self.message or self.retry_message:
            return self.again(context)
        left = context.state["tries_left"]
        state = {**context.state, "tries_left": left - 1}
        return texting.wait(context, state, self.patience()) if left > 0 else None
