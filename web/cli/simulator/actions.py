"""What somebody on the line can do, whether a person types it or a script says it."""

from dataclasses import dataclass
from typing import Literal

from flow.events import DialStatus

Ending = Literal["finished", "accident"]
QueueEnd = Literal["no_answer", "no_match"]
CallWord = Literal[
    "answered", "machine", "busy", "no_answer", "invalid_number", "refused", "failed"
]


@dataclass(frozen=True, slots=True)
class Press:
    """Press keys."""

    keys: str


@dataclass(frozen=True, slots=True)
class Speak:
    """Say something; `confidence` is how sure the recogniser is (0 to 1)."""

    text: str
    confidence: float | None = 0.9


@dataclass(frozen=True, slots=True)
class Write:
    """Write a message, with files by their names; or tap a quick reply, by its label."""

    text: str = ""
    choice: str = ""
    subject: str = ""
    media: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StaySilent:
    """Do nothing until the question gives up waiting."""


@dataclass(frozen=True, slots=True)
class PassTime:
    """Let some seconds go by; what is due then happens."""

    seconds: float


@dataclass(frozen=True, slots=True)
class LeaveMessage:
    """Speak so many seconds to what records."""

    seconds: float


@dataclass(frozen=True, slots=True)
class EndDial:
    """The forwarded call comes to its end: `seconds` counts from the other side's answer."""

    status: DialStatus
    seconds: float = 0


@dataclass(frozen=True, slots=True)
class HangUp:
    """Hang up; `after` so many seconds of speaking to a recording or to the other side."""

    after: float = 0


@dataclass(frozen=True, slots=True)
class AgentAnswers:
    """An agent takes the waiting call, `after` so many seconds more of waiting."""

    name: str = ""
    after: float = 0


@dataclass(frozen=True, slots=True)
class NobodyComes:
    """All agents were rung in vain, or (`no_match`) the last of those meant has gone."""

    word: QueueEnd = "no_answer"


@dataclass(frozen=True, slots=True)
class AgentLeaves:
    """The agent hangs up (or closes the conversation), or the agent's line breaks.

    `after` so many seconds more of talking.
    """

    how: Ending = "finished"
    after: float = 0


@dataclass(frozen=True, slots=True)
class CallGoes:
    """A call that the flow has placed is answered, or comes to nothing."""

    word: CallWord


Action = (
    Press
    | Speak
    | Write
    | StaySilent
    | PassTime
    | LeaveMessage
    | EndDial
    | HangUp
    | AgentAnswers
    | NobodyComes
    | AgentLeaves
    | CallGoes
)


class Unsuited(Exception):
    """What was done makes no sense at this moment; the text says why, for whoever did it."""
