"""What a flow asks of the world: values the runner writes down first and performs after.

A walk *needs* the answer of some effects (`Need`): it waits until the runner returns with
`EffectDone(effect=id)`, whose `outcome` is one of the words listed with the effect. *Facts* are
kept in the turn's own transaction and answer nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """Ask another system: `success` (2xx), `failed` (other status), `timeout`, `refused`.

    `url`, `headers` and `body` may hold markers `[[secret:ID:NAME]]` with this effect's own id,
    which the performer replaces. `result`: status, headers, body, json.
    """

    id: str
    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    timeout: float = 5.0
    retries: int = 0


@dataclass(frozen=True, slots=True)
class LookUpContact:
    """Find a contact: `found` (`result` holds its fields and `id`), `not_found`, `timeout`."""

    id: str
    by: Literal["number", "email", "id"]
    value: str
    source: str = "contacts"


@dataclass(frozen=True, slots=True)
class UpdateContact:
    """Change a contact's fields: `done` (`result` holds the fields now), `not_found`."""

    id: str
    contact: str
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunFunction:
    """Run sandboxed JavaScript: `success` (`result.result`), `failed`, `timeout`."""

    id: str
    source: str
    args: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 1.0
    megabytes: int = 16


@dataclass(frozen=True, slots=True)
class ControlRecording:
    """Pause, resume or stop the recording of the live call: `done`, `failed`."""

    id: str
    action: Literal["pause", "resume", "stop"]
    call: str


@dataclass(frozen=True, slots=True)
class CheckDial:
    """Ask the dial rules before a call is placed: `allowed`, `refused`, `invalid_number`.

    `targets` are numbers and SIP URIs as the flow gave them, `caller_id` what shall be shown
    (empty for the default), `caller` the number of the person put through, `line` the number they
    called. `result` of `allowed`: `targets`, those that may be called, in E.164 or as SIP URIs,
    and `caller_id`.
    """

    id: str
    targets: tuple[str, ...]
    caller_id: str = ""
    caller: str = ""
    line: str = ""


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Wake the walk at `due` with `TimerFired(timer=id)`: never before, at most once."""

    id: str
    due: datetime


Needed = (
    HttpRequest
    | LookUpContact
    | UpdateContact
    | RunFunction
    | ControlRecording
    | CheckDial
    | StartTimer
)


@dataclass(frozen=True, slots=True)
class SurveyAnswer:
    """One answered survey question; `score` is the number behind rated answers."""

    survey: str
    step: str
    question: str
    kind: str
    metric: str
    answer: str
    score: float | None
    agent: str = ""
    queue: str = ""


@dataclass(frozen=True, slots=True)
class ReportLabel:
    """A label for the reports: `name` and its value, a number for a KPI."""

    name: str
    value: str | float


@dataclass(frozen=True, slots=True)
class KeepRecording:
    """A recording that the carrier holds and we shall fetch; `kind` says what it is of."""

    recording: str
    kind: Literal["voicemail", "call", "forward"]
    step: str
    seconds: int


Fact = SurveyAnswer | ReportLabel | KeepRecording

Effect = Needed | Fact
