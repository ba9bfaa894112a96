"""What a flow asks of a channel: plain values that a channel renders in its own form.

Spoken parts (`Say`, `Play`, `Pause`) are done in order. `Collect`, `Record`, `Dial`, `Enqueue`,
`Join` and `Proceed` end a document: the channel comes back with an event. `Hangup` and `Reject`
end the call.
"""

from dataclasses import dataclass
from typing import Literal

Channels = Literal["mono", "dual"]


@dataclass(frozen=True, slots=True)
class Say:
    """Speak (or send) a text; `ssml` marks a text that is SSML already."""

    text: str
    language: str
    voice: str = ""
    ssml: bool = False


@dataclass(frozen=True, slots=True)
class Play:
    """Play a sound: `audio` names one in the prompt library, else `url` says where it is."""

    audio: str = ""
    url: str = ""
    loop: int = 1


@dataclass(frozen=True, slots=True)
class Pause:
    """Stay silent for so many whole seconds."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Music:
    """Play hold music (a prompt's name; empty for silence) for about so many seconds."""

    audio: str
    seconds: int


Spoken = Say | Play | Pause

Heard = Spoken | Music
"""What may be heard while a key is waited for: in a queue also some seconds of music."""


@dataclass(frozen=True, slots=True)
class Collect:
    """Ask for keys, speech or both; with `barge_in` an answer interrupts `prompts`.

    `max_digits` 0 means no limit; `finish_key` may be empty. `timeout` seconds run from the end
    of the prompts or the last key. `hints` help the recogniser, `language` is its language.
    `secret` marks keys that must leave no trace.
    """

    prompts: tuple[Heard, ...]
    keys: bool = True
    speech: bool = False
    max_digits: int = 0
    finish_key: str = ""
    timeout: int = 5
    barge_in: bool = True
    hints: tuple[str, ...] = ()
    language: str = ""
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """Record what the caller says, up to `max_seconds`, ended by a key or by silence."""

    max_seconds: int
    finish_key: str = "#"
    silence_seconds: int = 5
    beep: bool = True
    transcribe: bool = False


@dataclass(frozen=True, slots=True)
class StartRecording:
    """Record the whole call from here on."""

    channels: Channels = "dual"


@dataclass(frozen=True, slots=True)
class Dial:
    """Connect the caller with others: the first to answer of `targets` (numbers or SIP URIs).

    They are parted after `longest` seconds; None: when the carrier likes.
    """

    targets: tuple[str, ...]
    ring_seconds: int = 30
    caller_id: str = ""
    record: bool = False
    answer_on_bridge: bool = True
    longest: int | None = None


@dataclass(frozen=True, slots=True)
class Enqueue:
    """Let the contact wait in a waiting room, where the channel asks again and again what is heard.

    `queue` is its name for people and reports.
    """

    queue: str


@dataclass(frozen=True, slots=True)
class Join:
    """Bring the contact (or an agent) into a room of that name, where the others are.

    With `ends` the room is closed when this party leaves it; without `starts` it hears `music`
    until somebody comes who starts it. Who is `muted` is not heard; what one says who `coach`es
    a call (the carrier's id of it) is heard there only.
    """

    room: str
    music: str = ""
    ends: bool = True
    starts: bool = True
    muted: bool = False
    coach: str = ""


@dataclass(frozen=True, slots=True)
class SendDigits:
    """Send touch tones into the call; `w` is half a second of waiting."""

    digits: str


@dataclass(frozen=True, slots=True)
class Proceed:
    """Come back at once: the channel answers with `Continued`.

    `said` marks that what stood before it was heard to its end.
    """

    said: bool = False


@dataclass(frozen=True, slots=True)
class Hangup:
    """End the call."""


@dataclass(frozen=True, slots=True)
class Reject:
    """Refuse a call that was not answered yet."""

    reason: Literal["busy", "rejected"] = "rejected"


@dataclass(frozen=True, slots=True)
class Apologise:
    """Say sorry in a language and end the call, or forward it where the operator set a number."""

    language: str


Instruction = (
    Say
    | Play
    | Pause
    | Music
    | Collect
    | Record
    | StartRecording
    | Dial
    | Enqueue
    | Join
    | SendDigits
    | Proceed
    | Hangup
    | Reject
    | Apologise
)
