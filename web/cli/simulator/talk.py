"""The lines of a dialogue: what the caller does, and what must have been heard."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from flow.events import DialStatus
from flow.language.durations import Duration
from flow.language.nearest import did_you_mean
from flow.language.patterns import pattern_problem
from web.cli.simulator import actions

_ALONE = ("silence", "hangup")
_DIAL: dict[str, str] = {
    "no_answer": "no-answer",
    "no answer": "no-answer",
    "answered": "completed",
}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _wrapped(name: str) -> Any:
    def wrap(value: Any) -> Any:
        return value if isinstance(value, dict) else {name: value}

    return BeforeValidator(wrap)


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _underlined(value: Any) -> Any:
    return value.replace(" ", "_").replace("-", "_") if isinstance(value, str) else value


class Expected(_Part):
    """Something that was said since the caller last did anything, or was not."""

    text: Annotated[str | None, BeforeValidator(_text)] = None
    regex: str | None = None
    not_: Annotated[str | None, BeforeValidator(_text)] = Field(default=None, alias="not")
    played: str | None = None
    mail: Annotated[str | None, BeforeValidator(_text)] = None
    whisper: Annotated[str | None, BeforeValidator(_text)] = None
    choice: Annotated[str | None, BeforeValidator(_text)] = None
    sms: Annotated[str | None, BeforeValidator(_text)] = None
    language: str = ""

    @model_validator(mode="after")
    def _one(self) -> "Expected":
        given = self.model_dump(by_alias=True, exclude={"language"}, exclude_none=True)
        if len(given) != 1:
            known = (field.alias or name for name, field in Expected.model_fields.items())
            raise ValueError(
                f"give exactly one of {', '.join(n for n in known if n != 'language')}"
            )
        reason = pattern_problem(self.regex) if self.regex is not None else ""
        if reason:
            raise ValueError(reason)
        return self


class Said(_Part):
    """Words of the caller."""

    text: Annotated[str, BeforeValidator(_text)]
    confidence: float | None = Field(default=0.9, ge=0, le=1)


class Sent(_Part):
    """A message of the contact: words, files by their names; or a quick reply that is tapped."""

    text: Annotated[str, BeforeValidator(_text)] = ""
    choice: Annotated[str, BeforeValidator(_text)] = ""
    subject: str = ""
    media: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _something(self) -> "Sent":
        if bool(self.choice) == bool(self.text or self.media):
            raise ValueError("give either text (or media), or choice")
        return self

    def line(self) -> str:
        """Write it in words."""
        tapped = f"[{self.choice}]" if self.choice else self.text
        return " ".join([tapped, *(f"[file: {name}]" for name in self.media)]).strip()


class Dialled(_Part):
    """How a forwarded call ends."""

    status: Annotated[DialStatus, BeforeValidator(lambda v: _DIAL.get(v, v))] = "completed"
    seconds: Duration = 0


class Agents(_Part):
    """What the agents do: one answers, leaves or drops out, or nobody comes."""

    does: Annotated[
        Literal["answers", "leaves", "closes", "drops", "no_answer", "no_match"],
        BeforeValidator(_underlined),
    ] = "answers"
    name: str = ""
    after: Duration = 0

    @model_validator(mode="after")
    def _sense(self) -> "Agents":
        if self.name and self.does != "answers":
            raise ValueError("only an agent who answers has a name here")
        if self.after and self.does in {"no_answer", "no_match"}:
            raise ValueError("let the time pass by a line of its own: wait")
        return self

    def action(self) -> actions.Action:
        """Give what happens."""
        match self.does:
            case "answers":
                return actions.AgentAnswers(self.name, self.after)
            case "leaves" | "closes":
                return actions.AgentLeaves("finished", self.after)
            case "drops":
                return actions.AgentLeaves("accident", self.after)
            case _:
                return actions.NobodyComes(self.does)

    def line(self) -> str:
        """Write it in words."""
        after = f" after {self.after:g} s" if self.after else ""
        return f"{f'{self.name} ' if self.name else ''}{self.does}{after}"


class HungUp(_Part):
    """The caller hangs up, perhaps after speaking for a while."""

    after: Duration = 0


def _listed(value: Any) -> Any:
    items = value if isinstance(value, list) else [value]
    return [item if isinstance(item, dict) else {"text": item} for item in items]


class Entry(_Part):
    """One line of a talk: exactly one of its fields is given."""

    expect: Annotated[tuple[Expected, ...] | None, BeforeValidator(_listed)] = None
    press: Annotated[str | None, BeforeValidator(_text)] = Field(
        default=None, pattern=r"^[0-9A-D*#]+$"
    )
    say: Annotated[Said | None, _wrapped("text")] = None
    send: Annotated[Sent | None, _wrapped("text")] = None
    silence: bool | None = None
    wait: Duration | None = None
    record: Duration | None = None
    dial: Annotated[Dialled | None, _wrapped("status")] = None
    hangup: Annotated[HungUp | None, _wrapped("after")] = None
    agent: Annotated[Agents | None, _wrapped("does")] = None
    call: Annotated[actions.CallWord | None, BeforeValidator(_underlined)] = None

    def action(self) -> actions.Action | None:
        """Give what the caller does; None for a line that only listens."""
        found: list[actions.Action | None] = [
            actions.Press(self.press) if self.press else None,
            actions.Speak(self.say.text, self.say.confidence) if self.say else None,
            self._written(),
            actions.StaySilent() if self.silence else None,
            actions.PassTime(self.wait) if self.wait is not None else None,
            self._message(),
            actions.EndDial(self.dial.status, self.dial.seconds) if self.dial else None,
            actions.HangUp(self.hangup.after) if self.hangup else None,
            self.agent.action() if self.agent else None,
            actions.CallGoes(self.call) if self.call else None,
        ]
        return next((action for action in found if action is not None), None)

    def _written(self) -> actions.Action | None:
        sent = self.send
        return actions.Write(sent.text, sent.choice, sent.subject, sent.media) if sent else None

    def _message(self) -> actions.Action | None:
        if self.record is None:
            return None
        return actions.LeaveMessage(self.record) if self.record else actions.StaySilent()

    def line(self) -> str:
        """Write the line as the file has it, for the transcript."""
        given = self.model_dump(exclude_defaults=True, by_alias=True)
        name = next(iter(given), "expect")
        value = getattr(self, name)
        match value:
            case bool():
                return name
            case Said():
                return f"{name} {value.text}"
            case Dialled():
                return f"{name} {value.status}" + (
                    f", {value.seconds:g} s" if value.seconds else ""
                )
            case Sent() | Agents():
                return f"{name} {value.line()}"
            case HungUp():
                return f"{name} after {value.after:g} s" if value.after else name
            case float():
                return f"{name} {value:g} s"
            case _:
                return f"{name} {value}"


def as_entry(value: Any) -> Any:
    """Read a line: a word alone, or a mapping with one key.

    Raises:
        ValueError: it is neither; pydantic reports it with its place.
    """
    if isinstance(value, str) and value in _ALONE:
        return {value: True} if value == "silence" else {value: {}}
    if isinstance(value, dict) and len(value) == 1 and next(iter(value)) in Entry.model_fields:
        if next(iter(value.values())) is None:
            raise ValueError(f"{next(iter(value))} needs a value")
        return value
    known = ", ".join(Entry.model_fields)
    if isinstance(value, dict) and len(value) == 1:
        name = str(next(iter(value)))
        near = did_you_mean(name, Entry.model_fields) or f"; use one of {known}"
        raise ValueError(f"there is no {name!r} in a talk{near}")
    raise ValueError(f"a line of a talk has exactly one of {known}")
