"""What can happen to an execution: the only values `engine.advance` is ever moved by.

Every event carries `at`, the aware UTC time at which the outside saw it, because the rules may
not read a clock. Nothing of an event goes into a log message: it is what a person said or pressed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

DialStatus = Literal["completed", "busy", "no-answer", "failed", "canceled"]


@dataclass(frozen=True, slots=True)
class Started:
    """The execution begins."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Digits:
    """Keys were pressed; the finishing key is not among them."""

    at: datetime
    digits: str
    finished_on: str = ""


@dataclass(frozen=True, slots=True)
class Speech:
    """Words were heard; `confidence` is 0 to 1, None where the recogniser did not say."""

    at: datetime
    text: str
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """A question was asked and nothing came before its time-out."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Recorded:
    """A message was recorded; `recording` is the carrier's id, empty when nothing was kept."""

    at: datetime
    recording: str
    seconds: int
    digits: str = ""


@dataclass(frozen=True, slots=True)
class DialEnded:
    """A call that the flow placed to another party is over; `seconds` counts from its answer."""

    at: datetime
    status: DialStatus
    seconds: int = 0
    answered_by: str = ""


@dataclass(frozen=True, slots=True)
class Continued:
    """The last document ended without a question: the caller is still there."""

    at: datetime


@dataclass(frozen=True, slots=True)
class HungUp:
    """The contact has left; `last` is what the interrupted verb still delivered.

    `call` is the id of the call that is over, empty where only one can be meant.
    """

    at: datetime
    last: Recorded | DialEnded | None = None
    call: str = ""


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A timer that the flow started has come due."""

    at: datetime
    timer: str


@dataclass(frozen=True, slots=True)
class EffectDone:
    """The world did (or could not do) what an effect asked: `outcome` is the effect's own word."""

    at: datetime
    effect: str
    outcome: str
    result: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class News:
    """Something happened to what the flow ordered: `word` is one of those listed with the order.

    `last` says that nothing more will be heard of it.
    """

    at: datetime
    effect: str
    word: str
    result: Mapping[str, Any] = field(default_factory=dict)
    last: bool = False


@dataclass(frozen=True, slots=True)
class QueueLeft:
    """The contact came out of the waiting room without an agent; `result` is the channel's word.

    Twilio, "TwiML Voice: Enqueue", `QueueResult`: leave, queue-full, error, system-error.
    """

    at: datetime
    result: str


@dataclass(frozen=True, slots=True)
class PickedUp:
    """The contact answered a call that the flow placed: from here on somebody is on the line.

    `answered_by` is what answering-machine detection heard, empty where it was not asked.
    """

    at: datetime
    effect: str
    call: Mapping[str, Any] = field(default_factory=dict)
    answered_by: str = ""


@dataclass(frozen=True, slots=True)
class MessageIn:
    """The contact wrote: `text`, or pressed a quick reply of the value `choice`.

    `message` is what flows see under this name: id, text, from, to, subject and media, of which
    each has id, name, type and size (bytes).
    """

    at: datetime
    text: str
    choice: str = ""
    message: Mapping[str, Any] = field(default_factory=dict)


Event = (
    Started
    | Digits
    | Speech
    | Silence
    | Recorded
    | DialEnded
    | Continued
    | HungUp
    | TimerFired
    | EffectDone
    | News
    | QueueLeft
    | PickedUp
    | MessageIn
)
