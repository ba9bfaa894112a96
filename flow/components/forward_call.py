"""`forward_call`: connects the caller with another number or SIP address."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field

from flow.component import Component, Leave, Need, Outcome, Wait
from flow.context import Context
from flow.effects import CheckDial
from flow.errors import StepError
from flow.events import DialEnded, EffectDone, Event, HungUp
from flow.instructions import Dial
from flow.language.templates import is_template
from flow.target import is_target

_AT_ONCE = 10
"""Carriers ring no more than ten numbers for one call."""


class ForwardCall(Component):
    """Ring other parties, at once or one after another, and join the first who answers.

    The rules of outgoing calls are asked first, in a sequence for each when its turn comes:
    `refused` is a number that nobody may be connected with here, `invalid_number` one that cannot
    exist. Who may not be called is left out while there are others.
    """

    TYPES: ClassVar[tuple[str, ...]] = ("incoming_call", "api_request", "module")
    NEEDS_CALL: ClassVar[bool] = True
    EXITS: ClassVar[tuple[str, ...]] = (
        "finished",
        "busy",
        "no_answer",
        "invalid_number",
        "refused",
    )
    OPTIONAL: ClassVar[tuple[str, ...]] = ("finished",)
    FALLBACK: ClassVar[str] = "no_answer"
    STORES: ClassVar[tuple[str, ...]] = ("seconds", "answered_by")
    WAITS: ClassVar[bool] = True
    LAST_WORD: ClassVar[bool] = True

    component: Literal["forward_call"]
    to: str | tuple[str, ...] = Field(
        min_length=1, description="A number (+…), a SIP URI, or a list of them; templates."
    )
    strategy: Literal["all", "sequence"] = Field(
        default="all", description="Ring all at once, or one after another."
    )
    ring_seconds: int = Field(default=30, ge=5, le=600, description="Each rings so long.")
    caller_id: str = Field(default="", description="The number shown; the server's when empty.")
    record: bool = Field(default=False, description="Record the joined call.")

    def problems(self) -> list[tuple[str, str]]:
        """Find targets that are neither a number nor a SIP URI."""
        given = (self.to,) if isinstance(self.to, str) else self.to
        wrong = [t for t in given if not is_template(t) and not is_target(t.strip())]
        found = [
            ("to", f"{target!r} is neither a number as +15550100001 nor a SIP URI")
            for target in wrong
        ]
        if self.strategy == "all" and len(given) > _AT_ONCE:
            found.append(("to", f"at most {_AT_ONCE} can ring at once; use strategy: sequence"))
        return found

    def start(self, context: Context) -> Outcome:
        """Ask whether the targets may be called; in a sequence, whether the first may."""
        targets = _flat(context.evaluate(self.to))
        if not targets:
            return Leave("invalid_number")
        caller_id = context.render(self.caller_id).strip()
        if self.strategy == "all":
            return Need(_check(context, targets, caller_id))
        return _ask(context, {"left": targets, "wanted": caller_id})

    def resume(self, context: Context, event: Event) -> Outcome:
        """Dial once that is allowed; leave by how the dialling ended."""
        match event:
            case EffectDone(outcome="allowed", result=result):
                targets = tuple(str(target) for target in result.get("targets", ()))
                return self._first(context, targets, result)
            case EffectDone(outcome="refused" | "invalid_number" as outcome):
                return _refused(context, outcome)
            case DialEnded(status="completed"):
                return _finished(context, event)
            case DialEnded():
                return self._next(context, event)
            case _:
                raise StepError(f"a forwarded call does not end by {type(event).__name__}")

    def hang_up(self, context: Context, event: HungUp) -> Leave | None:
        """Keep how long the parties spoke when it was the caller who hung up."""
        match event.last:
            case DialEnded(status="completed", seconds=seconds) if seconds > 0:
                return _finished(context, event.last)
            case _:
                return None

    def _first(
        self, context: Context, targets: tuple[str, ...], allowed: Mapping[str, Any]
    ) -> Wait:
        if not targets:
            raise StepError("the dial rules allowed the call but named nobody to call")
        if self.strategy == "all" and len(targets) > _AT_ONCE:
            raise StepError(f"at most {_AT_ONCE} can ring at once; use strategy: sequence")
        shown, longest = str(allowed.get("caller_id", "")), allowed.get("longest")
        dial = Dial(targets, self.ring_seconds, shown, self.record, longest=longest)
        return Wait((dial,), {"left": [], **context.state, "ringing": list(targets)})

    def _next(self, context: Context, event: DialEnded) -> Outcome:
        state = dict(context.state)
        if event.status != "failed":
            state["outcome"] = "busy" if event.status == "busy" else "no_answer"
        if state["left"]:
            return _ask(context, state)
        return _ended(state)


def _check(context: Context, targets: tuple[str, ...], caller_id: str) -> CheckDial:
    call = context.execution.call
    caller, line = str(call.get("from", "")), str(call.get("to", ""))
    return CheckDial(context.effect_id(), targets, caller_id, caller, line)


def _ask(context: Context, state: Mapping[str, Any]) -> Need:
    """Ask whether the next of a sequence may be called now."""
    first, *left = state["left"]
    # A run that an earlier release began has kept the number shown only.
    wanted = str(state.get("wanted", state.get("caller_id", "")))
    return Need(_check(context, (first,), wanted), {**state, "left": left})


def _refused(context: Context, word: str) -> Outcome:
    """Go on to the next of a sequence; behind the last, those who were rung say how it ended."""
    state = dict(context.state)
    if state.get("left"):
        return _ask(context, {**state, "word": _worse(state, word)})
    if state.get("ringing"):
        return _ended(state)
    return Leave(_worse(state, word))


def _worse(state: Mapping[str, Any], word: str) -> str:
    """Choose what those who may not be called leave by: one who is refused says more."""
    return "refused" if state.get("word") == "refused" else word


def _ended(state: Mapping[str, Any]) -> Leave:
    if "outcome" not in state:
        raise StepError("the carrier could not place the call")
    return Leave(state["outcome"])


def _finished(context: Context, event: DialEnded) -> Leave:
    ringing = context.state.get("ringing", ())
    only = ringing[0] if len(ringing) == 1 else ""
    return Leave("finished", {"seconds": event.seconds, "answered_by": event.answered_by or only})


def _flat(given: Any) -> tuple[str, ...]:
    """Make one list of targets from texts, lists and texts with commas; twins count once."""
    if isinstance(given, Sequence) and not isinstance(given, str):
        return tuple(dict.fromkeys(target for item in given for target in _flat(item)))
    texts = "" if given is None else str(given)
    return tuple(dict.fromkeys(text.strip() for text in texts.split(",") if text.strip()))
