"""`request_callback`: lets a caller hang up and keep the place in the line."""

from typing import Any, ClassVar, Literal, get_args

import phonenumbers
from pydantic import BaseModel, ConfigDict, Field, model_validator

from flow.asking import SECONDS
from flow.calling_back import CallingBack
from flow.component import Finish, Leave, Need, Outcome, Wait
from flow.context import Context
from flow.effects import CheckDial
from flow.events import Continued, Digits, EffectDone, Event, HungUp, Silence
from flow.instructions import Collect
from flow.message import Item, Message

PAUSES = (300.0, 900.0, 3_600.0)
"""Seconds before the second, third and every later try: soon at first, then no nuisance."""

NOBODY_PAUSE = 60.0
"""Seconds until agents are rung again after all were rung in vain."""

LONGEST = 15
"""Digits of a telephone number (ITU-T E.164)."""

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
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

_DAYS: tuple[Day, ...] = get_args(Day)


class Window(BaseModel):
    """The hours of the contact's own day at which the callback may be made."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    start: str = Field(default="08:00", alias="from", pattern=r"^([01]?\d|2[0-3]):[0-5]\d$")
    to: str = Field(default="21:00", pattern=r"^(([01]?\d|2[0-3]):[0-5]\d|24:00)$")
    days: tuple[Day, ...] = _DAYS

    @model_validator(mode="after")
    def _opens(self) -> "Window":
        if self.start == self.to or not self.days:
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
    STORES: ClassVar[tuple[str, ...]] = ("callback_id",)

    component: Literal["request_callback"]
    number: str = Field(default="", description="The number; the caller's own when empty.")
    confirm: bool = Field(default=True, description="Let the caller confirm or change it by key.")
    message: Message | None = Field(default=None, description="Asked instead of our own words.")
    keep_place: bool = Field(
        default=True, description="Count from when the caller first entered a queue."
    )
    retries: int = Field(default=2, ge=0, le=10, description="Further tries when nobody answers.")
    hours: Window | None = Field(
        default=None, description="When it may be made, by the contact's clock; none: at any time."
    )
    at: str = Field(default="", description="A scheduled time, ISO; a template.")

    def start(self, context: Context) -> Outcome:
        """Ask for the number, or take the one that is given."""
        number = context.render(self.number).strip()
        number = number or str(context.execution.call.get("from", ""))
        if self.confirm or not number:
            return self._ask(context, number, 2)
        return self._check(context, number)

    def resume(self, context: Context, event: Event) -> Outcome:
        """Check what was keyed in, then queue, then as every callback."""
        state = context.state
        match event:
            case Digits(digits=keys) if state["phase"] == "asking":
                return self._keyed(context, keys)
            case Silence() | Continued() if state["phase"] == "asking":
                return self._again(context)
            case EffectDone(outcome="allowed", result=result):
                return self._queue(context, result)
            case EffectDone(outcome="refused" | "invalid_number"):
                return Leave("invalid_number")
            case _:
                return self.go_on(context, event)

    def hang_up(self, context: Context, event: HungUp) -> Finish:
        """The caller left while asked, or the contact after both had spoken."""
        del event
        joined = context.state["phase"] == "joined"
        return Finish("completed" if joined else "hung_up")

    def entered(self, context: Context) -> Outcome:
        """Say so and go on with the call; or go on waiting when it is a further try."""
        waits = {**context.state, "phase": "waiting"}
        if not context.live:
            return Wait((), waits, hears=waits["place"])
        result = {"callback_id": waits["place"]}
        return Leave("requested", result, later=waits, hears=waits["place"])

    def nobody(self, context: Context, word: str) -> Outcome:
        """No agent was there: try again later, unless the time is over."""
        if word != "no_answer":
            return Leave("timeout")
        return self._retry(context, NOBODY_PAUSE)

    def unreached(self, context: Context, word: str) -> Outcome:
        """The contact was not reached: the agent hears so, and it is tried again."""
        tries = int(context.state["tries"]) + 1
        told = self.drop(context, word)
        if tries > self.retries or word in {"invalid_number", "refused"}:
            return Leave("timeout", orders=(told,), changes={"place": ""})
        again = self._retry(context, PAUSES[min(tries, len(PAUSES)) - 1])
        state = {**again.state, "tries": tries}
        return Need(again.effect, state, hears=again.hears, orders=(told,))

    def _ask(self, context: Context, number: str, tries_left: int) -> Wait:
        own = self.message or [_confirm(context, number) if number else _ASK]
        question = Collect(
            context.speak(list(own)), max_digits=LONGEST, finish_key="#", timeout=SECONDS
        )
        state = {"phase": "asking", "number": number, "tries_left": tries_left}
        return Wait((question,), state)

    def _again(self, context: Context) -> Outcome:
        left = int(context.state["tries_left"])
        return self._ask(context, context.state["number"], left - 1) if left else _no_number()

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

    def _queue(self, context: Context, result: Any) -> Need:
        run = context.execution
        kept = run.queued if self.keep_place and run.queued else context.at.isoformat()
        base = {"tries": 0, "requested": kept, "at": context.render(self.at).strip()}
        entry = self.enter(
            context,
            str(result["targets"][0]),
            str(result["caller_id"]),
            **self._promise(base, pause=0.0),
        )
        return Need(entry.effect, {**entry.state, **base}, hears=entry.hears)

    def _retry(self, context: Context, pause: float) -> Need:
        state = context.state
        promise = self._promise(state, pause=pause)
        return self.enter(context, state["to"], state["sender"], **promise)

    def _promise(self, state: Any, *, pause: float) -> dict[str, Any]:
        hours = {"hours": self.hours.values()} if self.hours else {}
        at = {"at": state["at"]} if state["at"] else {}
        return {"requested": state["requested"], "pause": pause, **hours, **at}


def _no_number() -> Leave:
    return Leave("invalid_number")


def _confirm(context: Context, number: str) -> Item:
    words = _CONFIRM.words(context.language)
    return Item(text=words.format(" ".join(number.lstrip("+"))))


def _number(keys: str, line: str) -> str:
    """Read a number as keyed in: international, or as it is dialled in the country of the line."""
    try:
        code = phonenumbers.parse(line).country_code if line else 0
        region = phonenumbers.region_code_for_country_code(code) if code else None
        text = f"+{keys[2:]}" if keys.startswith("00") else keys
        parsed = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)
