"""`collect_digits`: asks the caller to key in digits, such as an account number or a PIN."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from flow.asking import Asking
from flow.component import VOICE_TYPES, Leave, Need, Outcome, Wait
from flow.context import Context
from flow.effects import ControlRecording
from flow.errors import StepError
from flow.events import Continued, Digits, EffectDone, Event, Silence
from flow.instructions import Collect, Proceed, Spoken
from flow.language import keyed
from flow.language.patterns import matches_pattern, pattern_problem
from flow.message import Item, Message


class CollectDigits(Asking):
    """Ask the caller to key in digits and check them.

    With `secret` the digits are kept sealed: they are in no history, no log and, because a call's
    recording is paused until they are in, on no recording.
    """

    TYPES: ClassVar[tuple[str, ...]] = VOICE_TYPES
    EXITS: ClassVar[tuple[str, ...]] = ("collected", "invalid", "timeout")
    FALLBACK: ClassVar[str] = "timeout"
    STORES: ClassVar[tuple[str, ...]] = ("digits",)

    component: Literal["collect_digits"]
    message: Message
    min: int = Field(default=1, ge=0, le=100, description="Fewer digits are invalid.")
    max: int | None = Field(
        default=None, ge=1, le=100, description="Nothing is waited for after so many digits."
    )
    finish_key: str = Field(
        default="#", pattern=r"^[0-9*#]?$", description="The key that ends the input; empty: none."
    )
    validate_: Literal["none", "luhn", "date", "regex"] = Field(
        default="none", alias="validate", description="What the digits must be."
    )
    pattern: str = Field(default="", description="For regex: an expression for the whole input.")
    date_format: Literal["YYYYMMDD", "DDMMYYYY", "MMDDYYYY", "MMYY"] = Field(
        default="YYYYMMDD", description="For date: the order in which it is keyed in."
    )
    secret: bool = Field(default=False, description="Leave no trace of the digits.")

    def problems(self) -> list[tuple[str, str]]:
        """Find limits that contradict each other, and secrets that would be kept in the open."""
        found: list[tuple[str, str]] = []
        longest = self._longest()
        if longest and self.min > longest:
            found.append(("min", f"at most {longest} digits are collected; give a smaller min"))
        if self.validate_ == "date" and self.max and self.max < len(self.date_format):
            found.append(("max", f"a date as {self.date_format} has more digits than max"))
        if self.validate_ == "regex":
            reason = pattern_problem(self.pattern) if self.pattern else "give the pattern"
            found += [("pattern", reason)] if reason else []
        elif self.pattern:
            found.append(("pattern", "a pattern is only used with validate: regex"))
        if self.secret and "digits" in str(self.save):
            found.append(
                ("save", f"secret digits cannot be saved; use {_USE} in the step that needs them")
            )
        return found

    def _longest(self) -> int:
        if self.max is None and self.validate_ == "date":
            return len(self.date_format)
        return self.max or 0

    def prompt(self) -> list[Item]:
        """Give what is asked."""
        return self.message

    def collect(self, context: Context, prompts: tuple[Spoken, ...]) -> Collect:
        """Ask for keys only."""
        return Collect(
            prompts,
            max_digits=self._longest(),
            finish_key=self.finish_key,
            timeout=self.seconds(),
            language=context.language,
            secret=self.secret,
        )

    def start(self, context: Context) -> Outcome:
        """Ask; before a secret, let what was said be heard and then pause the recording."""
        question = self.ask(context)
        if not self.secret or context.execution.recording != "on":
            return question
        context.speak(self.retry_message or [])  # it must not fail once the recording is paused
        return Wait((Proceed(),), {"phase": "settle"})

    def resume(self, context: Context, event: Event) -> Outcome:
        """Go on with the recording's pause or with the digits, whichever was waited for."""
        match context.state.get("phase"), event:
            case "settle", _:
                return _control(context, "pause", {"phase": "pause"})
            case "pause", EffectDone(outcome="done"):
                return self.ask(context, {"paused": True})
            case "pause", _:
                raise StepError("the recording could not be paused, so no secret was asked for")
            case "resume", EffectDone(outcome=outcome):
                changes = {} if outcome == "done" else {"recording": "paused"}
                kept = context.private_state
                return Leave(context.state["exit"], private=kept, changes=changes)
            case _, Digits(digits=digits):
                return self._check(context, digits)
            case _, Silence() | Continued():
                return self.again(context) or self._leave(context, "timeout")
            case _:
                raise StepError(f"digits are not given by {type(event).__name__}")

    def _check(self, context: Context, digits: str) -> Outcome:
        if self._fits(digits):
            return self._leave(context, "collected", {"digits": digits})
        return self.again(context) or self._leave(context, "invalid")

    def _fits(self, digits: str) -> bool:
        if len(digits) < self.min or len(digits) > (self._longest() or len(digits)):
            return False
        match self.validate_:
            case "luhn":
                return keyed.passes_luhn(digits)
            case "date":
                return keyed.is_date(digits, self.date_format)
            case "regex":
                return matches_pattern(digits, self.pattern)
            case "none":
                return True

    def _leave(
        self, context: Context, exit_: str, found: Mapping[str, str] | None = None
    ) -> Outcome:
        found = found or {}
        if context.state.get("paused"):
            return _control(context, "resume", {"phase": "resume", "exit": exit_}, found)
        return Leave(exit_, private=found) if self.secret else Leave(exit_, found)


_USE = "{{ steps.<this step>.digits }}"


def _control(
    context: Context,
    action: Literal["pause", "resume"],
    state: Mapping[str, Any],
    private: Mapping[str, Any] | None = None,
) -> Need:
    effect = ControlRecording(
        context.effect_id(), action, str(context.execution.call.get("sid", ""))
    )
    return Need(effect, state, private=private or {})
