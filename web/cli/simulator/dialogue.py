"""What a dialogue file holds (see docs/dialogues.md): calls, and what they must come to."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from flow.language.durations import Duration
from web.cli.simulator.talk import Entry, as_entry

MONDAY_MORNING = datetime(2026, 11, 23, 10, 0)  # noqa: DTZ001  a wall-clock time, of the flow's zone
"""When a call comes in of which the script does not say it: a Monday at ten."""


class Part(BaseModel):
    """What all parts of a file have in common: unknown fields are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def _number(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _moment(value: Any) -> Any:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError("write a time as 2026-11-23T10:00:00") from None


Digits = Annotated[str, BeforeValidator(_number)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Channel = Literal["sms", "whatsapp", "chat", "email"]
Times = Literal["any"] | Annotated[int, Field(ge=1, le=1000)]


class HttpAnswer(Part):
    """One answer to an HTTP request: for which request, and what the flow is told."""

    step: str = Field(default="", description="Only a request of this step.")
    url: str = Field(default="", description="Only this address; * is any text.")
    method: str = Field(default="", description="Only this method.")
    sent: str | dict[str, Any] | None = Field(
        default=None, description="Only a body that has this text, or these fields."
    )
    outcome: Literal["timeout", "refused", "failed"] | None = None
    status: Annotated[int, Field(ge=100, le=599)] = 200
    headers: dict[str, str] = Field(default_factory=dict)
    json_body: Any = Field(default=None, alias="json")
    body: str | None = None
    times: Times = Field(default=1, description="How often it answers; any: as often as asked.")

    @model_validator(mode="after")
    def _sense(self) -> "HttpAnswer":
        if not (self.step or self.url or self.method or self.sent):
            raise ValueError("say which request it answers: url, step, method or sent")
        if self.json_body is not None and self.body is not None:
            raise ValueError("give json or body, not both")
        answers = {"status", "json_body", "body", "headers"} & self.model_fields_set
        if self.outcome and answers:
            raise ValueError("a request that was not answered has no status, headers or body")
        return self


class EffectAnswer(Part):
    """What becomes of one other thing a step asks of the world."""

    step: str = Field(min_length=1)
    outcome: str = Field(min_length=1, description="The effect's own word, such as not_found.")
    result: dict[str, Any] = Field(default_factory=dict)
    times: Times = 1


class Estimate(Part):
    """How long the wait is, for who asks and for who waits."""

    seconds: Duration | None = Field(default=None, description="The likely wait, if it is known.")
    position: int = Field(default=1, ge=1, description="The place in the line; 1 is the next.")


class Ends(Part):
    """What must be true once the talk is over."""

    outcome: str = Field(default="", description="completed, hung_up, error …, or a module's exit.")
    at_step: str = Field(default="", alias="at-step", description="Where the walk waits.")
    visits: tuple[str, ...] = Field(default=(), description="Steps walked in this order.")
    variables: dict[str, Any] = Field(default_factory=dict)
    outputs: dict[str, Any] = Field(default_factory=dict, description="Of a module.")
    contact: dict[str, Any] = Field(default_factory=dict)
    answers: dict[str, Any] = Field(
        default_factory=dict, description="Survey answers by step, or by the survey's name."
    )
    labels: dict[str, Any] = Field(default_factory=dict, description="What report steps said.")
    recordings: int | None = Field(default=None, ge=0, description="Messages that were left.")

    @model_validator(mode="after")
    def _one_end(self) -> "Ends":
        if self.outcome and self.at_step:
            raise ValueError("a walk either waits at a step or has an outcome")
        return self


def _estimate(value: Any) -> Any:
    return value if isinstance(value, dict) else {"seconds": value}


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _ends(value: Any) -> Any:
    return {"outcome": value} if isinstance(value, str) else value


class Dialogue(Part):
    """One call: who calls when, what the world answers, what is said, how it ends."""

    name: str = Field(min_length=1)
    at: Moment = Field(default=MONDAY_MORNING, description="Local time of the flow's zone.")
    number: Digits = Field(default="", alias="from")
    line: Digits = Field(default="", alias="to")
    channel: Annotated[tuple[Channel, ...], BeforeValidator(_listed)] = Field(
        default=(), description="By which channels the contact writes: the talk is held by each."
    )
    contact: dict[str, Any] | None = Field(default=None, description="Whom the caller is known as.")
    contacts: tuple[dict[str, Any], ...] = ()
    variables: dict[str, Any] = Field(default_factory=dict, description="Other defaults.")
    inputs: dict[str, Any] = Field(default_factory=dict)
    secrets: dict[str, str] = Field(default_factory=dict)
    seed: Digits = Field(default="1", description="Decides what split draws by chance.")
    dial_countries: tuple[Digits, ...] = Field(default=(), alias="dial-countries")
    http: tuple[HttpAnswer, ...] = ()
    effects: tuple[EffectAnswer, ...] = ()
    agents: tuple[str, ...] | None = Field(
        default=None, description="The ring groups, agents and attributes that exist."
    )
    estimate: Annotated[Estimate, BeforeValidator(_estimate)] = Field(default_factory=Estimate)
    talk: tuple[Annotated[Entry, BeforeValidator(as_entry)], ...] = ()
    ends: Annotated[Ends, BeforeValidator(_ends)] = Field(default_factory=Ends)
    errors: tuple[str, ...] = Field(
        default=(), description="Mistakes that steps must report; without it there are none."
    )

    def by_channel(self) -> "list[Dialogue]":
        """Give the dialogue once for each of its channels."""
        if len(self.channel) < 2:  # noqa: PLR2004  one by one
            return [self]
        return [
            self.model_copy(update={"name": f"{self.name} (by {name})", "channel": (name,)})
            for name in self.channel
        ]


def _distinct(given: tuple[Dialogue, ...]) -> tuple[Dialogue, ...]:
    names = [dialogue.name for dialogue in given]
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise ValueError(f"two dialogues are called {twice!r}")
    return given


class DialogueFile(Part):
    """A file of dialogues with one flow."""

    flow: str = Field(default="", description="The flow's file, seen from this one.")
    dialogues: Annotated[tuple[Dialogue, ...], Field(min_length=1), AfterValidator(_distinct)]
