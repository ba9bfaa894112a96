"""`request_callback`: lets a caller hang up and keep the place in the line."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar, Literal, get_args

import phonenumbers
from pydantic import BaseModel, ConfigDict, Field, model_validator

from flow.asking import SECONDS
from flow.calling_back import CallingBack
from flow.component import Leave, Need, Outcome, Wait
from flow.context import Context
from flow.effects import CheckDial
from flow.errors import StepError
from flow.events import Continued, Digits, EffectDone, Event, Silence
from flow.instructions import Collect
from flow.language.templates import is_template
from flow.message import Item, Message

PAUSES = (300.0, 900.0, 3_600.0)
"""Seconds before the second, third and every later try: soon at first, then no nuisance."""

NOBODY_PAUSE = 60.0
"""Seconds until agents are rung again after all were rung in vain."""

LONGEST = 18
"""Keys of a telephone number: 15 digits (ITU-T E.164), and 011 or 00 before those from abroad."""

_CONFIRM = Item(
    text={
        "en": "We will call you back at {}. Press 1 to confirm, or key in another number, then #.",
        "de": "Wir rufen Sie unter {} zurück. Drücken Sie 1 oder wählen Sie eine andere und Raute.",
        "fr": "Nous vous rappellerons au {}. Tapez 1, ou composez un autre numéro suivi de dièse.",
        "es": "Le llamaremos al {}. Pulse 1, o marque otro número y la almohadilla.",
        "pt": "Ligaremos para {}. Prima 1, ou marque outro número seguido de cardinal.",
    }
)
_ASK = Item(
    text={
        "en": "Key in the number at which we shall call you back, then press pound.",
        "de": "Geben Sie die Nummer ein, unter der wir Sie zurückrufen sollen, dann die Raute.",
        "fr": "Composez le numéro auquel vous rappeler, puis dièse.",
        "es": "Marque el número al que debemos llamarle y pulse la almohadilla.",
        "pt": "Marque o número para o qual devemos ligar e prima cardinal.",
    }
)
_NO_TIME = "must be a time as 2026-11-23T15:00, or one with its offset"

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

_DAYS: tuple[Day, ...] = get_args(Day)


class Window(BaseModel):
    """The hours of the contact's own day at which the callback may be made."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    start: str = Field(
        default="08:00",
        alias="from",
        pattern=r"^([01]?\d|2[0-3]):[0-5]\d$",
        description="The first minute at which it may be made.",
    )
    to: str = Field(
        default="21:00",
        pattern=r"^(([01]?\d|2[0-3]):[0-5]\d|24:00)$",
        description="When it may be made no more; before `from`: on the next day.",
    )
    days: tuple[Day, ...] = Field(default=_DAYS, description="The weekdays on which it may.")

    @model_validator(mode="after")
    def _opens(self) -> "Window":
        if _minutes(self.start) == _minutes(self.to) or not self.days:
            raise ValueError("give hours that open at some time of some day")
        return self

    def values(self) -> dict[str, Any]:
        """Give the window in minutes of a day and weekdays (0 is Monday)."""
        days = [_DAYS.index(day) for day in self.days]
        return {"from": _minutes(self.start), "to": _minutes(self.to), "days": days}


class RequestCallback(CallingBack):
    """Promise a caller to call back: the place in the line is kept, an agent is found first.

    `requested` is taken at once and walked to its end; the run then waits, and goes on at
    `call_finished` when agent and contact have spoken and the contact is still on the line, or at
    `timeout` when it is given up: after `max_wait`, or when the contact did not answer `retries`
    times more.
    """

    TYPES: ClassVar[tuple[str, ...]] = ("incoming_call",)
    NEEDS_CALL: ClassVar[bool] = True
    EXITS: ClassVar[tuple[str, ...]] = ("requested", "invalid_number", "call_finished", "timeout")
    OPTIONAL: ClassVar[tuple[str, ...]] = ("call_finished",)
    FALLBACK: ClassVar[str] = "timeout"
    STORES: ClassVar[tuple[str, ...]] = ("callback_id", "agent", "talk_seconds")

    component: Literal["request_callback"]
    number: str = Field(default="", description="The number; the caller's own when empty.")
    confirm: bool = Field(default=True, description="Let the caller confirm or change it by key.")
    message: Message | None = Field(default=None, description="Asked instead of our own words.")
    keep_place: bool = Field(
        default=True, description="Count from when the caller first entered a queue."
    )
    retries: int = Field(default=2, ge=0, le=10, description="Further tries when nobody answers.")
    hours: Window | None = Field(
        default=None,
        description="When it may be made, by the contact's clock, within CALLING_HOURS.",
    )
    at: str = Field(
        default="",
        description="A scheduled time, as 2026-11-23T15:00 in the flow's zone; a template.",
    )

    def problems(self) -> list[tuple[str, str]]:
        """Find a scheduled time that is none, besides what queues share."""
        found = super().problems()
        if self.at and not is_template(self.at) and _moment(self.at) is None:
            found.append(("at", _NO_TIME))
        return found

    def start(self, context: Context) -> Outcome:
        """Ask for the number, or take the one that is given."""
        number = context.render(self.number).strip()
        number = number or str(context.execution.call.get("from", ""))
        _scheduled(context, self.at)
        if self.confirm or not number:
            return self._ask(context, number, 2)
        return self._check(context, number)

    def resume(self, context: Context, event: Event) -> Outcome:
        """Check what was keyed in, then queue, then as every callback."""
        match context.state["phase"], event:
            case "asking", Digits(digits=keys):
                return self._keyed(context, keys)
            case "asking", Silence() | Continued():
                return self._again(context)
            case "checking", EffectDone(outcome="allowed", result=result):
                return self._queue(context, result)
            case "checking", EffectDone(outcome="refused" | "invalid_number"):
                return Leave("invalid_number")
            case _:
                return self.go_on(context, event)

    def entered(self, context: Context) -> Outcome:
        """Say so and go on with the call; or go on waiting when it is a further try."""
        waits = {**context.state, "phase": "waiting"}
        if not context.live:
            return Wait((), waits, hears=waits["place"])
        kept = {"callback_id": waits["place"]}
        return Leave("requested", kept, later={**waits, "kept": kept}, hears=waits["place"])

    def nobody(self, context: Context, word: str) -> Outcome:
        """No agent was there: try again later, unless the time is over."""
        if word != "no_answer":
            return Leave("timeout", context.state.get("kept", {}))
        return self._retry(context, NOBODY_PAUSE)

    def unreached(self, context: Context, word: str) -> Outcome:
        """The contact was not reached: the agent hears so, and it is tried again."""
        # Where the hours ended before the call could leave, it was no try.
        tries = int(context.state["tries"]) + (word != "too_late")
        told = self.drop(context, word)
        if tries > self.retries or word in {"invalid_number", "refused"}:
            kept = context.state.get("kept", {})
            return Leave("timeout", kept, orders=(told,), changes={"place": ""})
        pause = PAUSES[min(tries, len(PAUSES)) - 1] if word != "too_late" else 0.0
        again = self._retry(context, pause)
        return replace(
            again, state={**again.state, "tries": tries}, orders=(told,), changes={"place": ""}
        )

    def _ask(self, context: Context, number: str, tries_left: int) -> Wait:
        own = self.message or [_confirm(context, number) if number else _ASK]
        question = Collect(
            context.speak(list(own)), max_digits=LONGEST, finish_key="#", timeout=SECONDS
        )
        state = {"phase": "asking", "number": number, "tries_left": tries_left}
        return Wait((question,), state)

    def _again(self, context: Context) -> Outcome:
        left = int(context.state["tries_left"])
        if not left:
            return Leave("invalid_number")
        return self._ask(context, context.state["number"], left - 1)

    def _keyed(self, context: Context, keys: str) -> Outcome:
        known = context.state["number"]
        if keys == "1" and known:
            return self._check(context, known)
        number = _number(keys, str(context.execution.call.get("to", "")))
        return self._check(context, number) if number else self._again(context)

    def _check(self, context: Context, number: str) -> Need:
        line = str(context.execution.call.get("to", ""))
        check = CheckDial(context.effect_id(), (number,), "", "", line)
        return Need(check, {"phase": "checking"})

    def _queue(self, context: Context, result: Mapping[str, Any]) -> Need:
        run = context.execution
        now, kept = context.at.isoformat(), run.queued if self.keep_place else ""
        base = {"tries": 0, "requested": now, "at": _scheduled(context, self.at)}
        base |= {"entered": kept} if kept else {}
        to, sender = str(result["targets"][0]), str(result["caller_id"])
        entry = self.enter(context, to, sender, **self._promise(base, pause=0.0))
        return replace(entry, state={**entry.state, **base})

    def _retry(self, context: Context, pause: float) -> Need:
        state = context.state
        promise = self._promise(state, pause=pause)
        return self.enter(context, state["to"], state["sender"], **promise)

    def _promise(self, state: Mapping[str, Any], *, pause: float) -> dict[str, Any]:
        hours = {"hours": self.hours.values()} if self.hours else {}
        more = {name: state[name] for name in ("at", "entered") if state.get(name)}
        return {"requested": state["requested"], "pause": pause, **hours, **more}


def _confirm(context: Context, number: str) -> Item:
    """Read the number digit by digit; of a SIP address the name."""
    known = number.removeprefix("sips:").removeprefix("sip:").partition("@")[0].lstrip("+")
    words = _CONFIRM.words(context.language)
    return Item(text=words.replace("{}", " ".join(known) if known.isdigit() else known))


def _number(keys: str, line: str) -> str:
    """Read a number as keyed in: international, or as it is dialled in the country of the line.

    Empty when it cannot be one.
    """
    text = f"+{keys[2:]}" if keys.startswith("00") else keys
    try:
        parsed = phonenumbers.parse(text, _region(line))
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(parsed):
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _region(line: str) -> str | None:
    try:
        code = phonenumbers.parse(line).country_code
    except phonenumbers.NumberParseException:
        return None  # a line that is a SIP address is in no country
    return phonenumbers.region_code_for_country_code(code) if code else None


def _scheduled(context: Context, at: str) -> str:
    """Give the scheduled time with its offset; empty for none.

    Raises:
        StepError: it is no time, or its template does not render.
    """
    text = context.render(at).strip()
    if not text:
        return ""
    moment = _moment(text)
    if moment is None:
        raise StepError(_NO_TIME)
    return (moment if moment.tzinfo else moment.replace(tzinfo=context.timezone)).isoformat()


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)
