"""What a flow asks of the world: values the runner writes down first and performs after.

A walk *needs* the answer of some effects (`Need`): it waits until the runner returns with
`EffectDone(effect=id)`, whose `outcome` is one of the words listed with the effect. *Facts* are
kept in the turn's own transaction and answer nothing. *Orders* are carried out after the commit;
the step goes on waiting for its contact and hears of them as `News`.
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
    `caller_id`, and `longest`, the seconds after which the call is ended (none: the carrier's own).
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


@dataclass(frozen=True, slots=True)
class EnterQueue:
    """Let the contact wait for an agent: `waiting`, or `no_match` when no such agent exists.

    After `waiting` the step hears of it as `News`: `assigned` (`result`: assignment, agent, name,
    wait_seconds), then `agent_left` (`how`: `finished` or `accident`, and talk_seconds); or, for
    the last time, `no_match`, `timeout`, `no_answer`. Times are in seconds, `max_wait` None is
    for ever. `who` holds ring_groups, agents or attributes and match; `ringing` at_once, seconds,
    attempts, order and status. `returned` brings the contact back to the head after an accident.
    `greeting` is what the agent hears before accepting, `auto_answer` the seconds after which the
    agent's telephone answers by itself (None: the agent answers). With `callback` it is a promise
    to call `number`: `requested` (ISO) is when it was promised, `entered` (ISO) from when on its
    place in the line counts where that was earlier, `at` (ISO) a scheduled time,
    `hours` (from, to in minutes, days) the permitted window in the contact's own zone, `pause`
    the seconds before it is tried; what is not there does not count. A `conversation` by messages
    (its id, its `channel`) is given to an agent at once, or lies in the agents' inbox until one
    takes it (`offer`); `agent_left` then means that the agent has closed it.
    """

    id: str
    who: Mapping[str, Any]
    queue: str
    call: str
    caller: str = ""
    line: str = ""
    name: str = ""
    priority: int = 5
    max_wait: float | None = None
    ringing: Mapping[str, Any] = field(default_factory=dict)
    returned: bool = False
    greeting: str = ""
    auto_answer: int | None = None
    language: str = ""
    callback: Mapping[str, Any] = field(default_factory=dict)
    channel: str = "voice"
    conversation: str = ""
    offer: Literal["direct", "inbox"] = "direct"


@dataclass(frozen=True, slots=True)
class HowItEnded:
    """Ask how the conversation with an agent ended: `finished`, `accident`.

    `place` is the id of the `EnterQueue` it came from; `result`: talk_seconds.
    """

    id: str
    place: str


@dataclass(frozen=True, slots=True)
class EstimateWait:
    """Ask how long a contact for these ring groups would wait now: `known`, `unknown`.

    `result`: seconds and position (1 is the next).
    """

    id: str
    ring_groups: tuple[str, ...]
    priority: int = 5


@dataclass(frozen=True, slots=True)
class SendEmail:
    """Send an e-mail: `sent`, `failed`, `opted_out`; `result`: message_id, and a reason.

    `attachments` are each a `recording` (its id; empty for none) or a `text`, with a file `name`.
    `sender` is who it is from, where it is not who the operator says. Addresses may have names.
    """

    id: str
    to: tuple[str, ...]
    subject: str
    text: str = ""
    html: str = ""
    sender: str = ""
    attachments: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class SendMessage:
    """Send a message: `sent` (accepted: it leaves in its turn), `failed`, `opted_out`.

    It goes into the run's `conversation`; with `to` to that address by `channel` from `sender`,
    each empty for the operator's own. With `opens` the answers to it come to this run. `media` are
    each an `audio` (a prompt's name) or a `url`; `choices` are quick replies, each with `label` and
    `value`, and the `key` that is written for it where there are no buttons (empty: the label).
    `template` is the provider's own for a closed session window: its id under `id`, and
    `variables`. `bulk` messages let others overtake. After `valid_for` seconds it leaves no more.
    `result`: message_id, conversation, reason.
    """

    id: str
    text: str
    media: tuple[Mapping[str, Any], ...] = ()
    choices: tuple[Mapping[str, Any], ...] = ()
    subject: str = ""
    channel: str = ""
    to: str = ""
    sender: str = ""
    opens: bool = False
    conversation: str = ""
    template: Mapping[str, Any] = field(default_factory=dict)
    bulk: bool = False
    valid_for: float | None = None


Needed = (
    HttpRequest
    | LookUpContact
    | UpdateContact
    | RunFunction
    | ControlRecording
    | CheckDial
    | StartTimer
    | EnterQueue
    | HowItEnded
    | EstimateWait
    | SendEmail
    | SendMessage
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


@dataclass(frozen=True, slots=True)
class PlaceCall:
    """Call a number: the step hears `PickedUp` when it is answered.

    Else it hears, for the last time, one of the `News` `busy`, `no_answer`, `invalid_number`,
    `refused`, `failed`, `too_late`. `sender` is the number shown, in E.164 like `to`; from `until`
    (ISO; empty for never) on it is too late.
    """

    id: str
    to: str
    sender: str
    ring_seconds: int = 30
    machine_detection: bool = False
    until: str = ""


@dataclass(frozen=True, slots=True)
class Brief:
    """Say something to the agent who waits for the contact in `room`, before the two are joined.

    The step hears, for the last time, one of the `News` `heard` (the agent is back in the room) and
    `unheard` (it could not be said). `place` is the order that keeps the agent there.
    """

    id: str
    place: str
    room: str
    text: str
    language: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Drop:
    """Nobody listens to an order any more: leave the queue, release the agent, end the ringing.

    `word` is why, for an agent who waits to be joined: `busy`, `no_answer` …
    """

    order: str
    word: str = ""


@dataclass(frozen=True, slots=True)
class DeliverVoicemail:
    """Give a message to those it is for, once its recording is kept here.

    `who` holds ring_groups, agents or attributes and match, or nothing; `emails` are addresses
    besides. `number` and `name` are the contact's.
    """

    recording: str
    execution: str
    who: Mapping[str, Any] = field(default_factory=dict)
    emails: tuple[str, ...] = ()
    number: str = ""
    name: str = ""
    seconds: int = 0


Order = PlaceCall | Brief | Drop | DeliverVoicemail

Effect = Needed | Fact | Order
