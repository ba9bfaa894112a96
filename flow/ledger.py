"""What one turn leaves behind: plain values that the runner hands to the store, and back.

They stand in this room because the runner and the store may not import each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from flow.effects import Fact
from flow.step import HistoryEntry


class Unavailable(Exception):
    """What is kept cannot be reached at the moment; the same turn may succeed in a moment.

    `undone` is true when surely nothing was written, false when the commit's answer was lost.
    """

    def __init__(self, message: str, *, undone: bool = True) -> None:
        super().__init__(message)
        self.undone = undone


OutboxState = Literal["ready", "done", "dead"]


@dataclass(frozen=True, slots=True)
class Answer:
    """The exact bytes a request is answered with."""

    body: bytes
    content_type: str = "text/xml; charset=utf-8"
    status: int = 200


@dataclass(slots=True)
class Run:
    """The stored row of one execution.

    `state` is `Execution.to_json()`, `sealed` the encrypted private part (None when empty).
    `token` is the one `main` token that may move the walk next. `undelivered` is the JSON of
    instructions that no answer has carried yet. `pins` are module keys to version ids. `call` is
    the carrier's id of the contact's call. `moves` counts the events so far. The rest repeats
    parts of the state for queries.
    """

    id: str
    flow: str
    type: str
    version: str
    interaction: str
    token: str
    state: str
    status: str
    started: datetime
    updated: datetime
    call: str = ""
    sealed: bytes | None = None
    undelivered: str = "[]"
    pins: Mapping[str, str] = field(default_factory=dict)
    awaits: str = ""
    live: bool = False
    outcome: str = ""
    contact: str = ""
    business_hours: str = ""
    ended: datetime | None = None
    moves: int = 0


@dataclass(frozen=True, slots=True)
class Turn:
    """One request that moved a walk: its token, what it said, and what it was answered.

    `fingerprint` is the SHA-256 of the canonical request parameters. `answer` is None while the
    walk awaits something outside. `number` counts the turns of one execution from 1.
    """

    execution: str
    token: str
    fingerprint: str
    number: int
    at: datetime
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """Something to be done outside after the commit: `payload` is sealed, `id` the effect's id.

    `awaited`: the execution waits for the result. `resend`: doing it twice does no harm.
    Whoever holds `owner` until `lease` does it; `attempts` counts the tries begun.
    """

    id: str
    execution: str
    kind: str
    payload: bytes
    awaited: bool
    resend: bool
    owner: str
    lease: datetime
    state: OutboxState = "ready"
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class Saved:
    """Everything one turn changes, for one transaction. `new` inserts the run.

    `answered`: with this turn the contact's call was answered, by us or by the contact.
    """

    run: Run
    new: bool = False
    turn: Turn | None = None
    history: Sequence[HistoryEntry] = ()
    outbox: Sequence[OutboxItem] = ()
    facts: Sequence[Fact] = ()
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Version:
    """One stored, immutable copy of a flow document (`source` is its text, `number` from 1)."""

    id: str
    flow: str
    type: str
    number: int
    state: Literal["draft", "published", "archived"]
    source: str
    created: datetime


@dataclass(frozen=True, slots=True)
class Contact:
    """A person: the known ways to reach them, and whatever fields the owner keeps."""

    id: str
    name: str = ""
    number: str = ""
    email: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)

    def values(self) -> dict[str, Any]:
        """Give the fields as templates see them."""
        known = {"id": self.id, "name": self.name, "number": self.number, "email": self.email}
        return {**self.fields, **known}


@dataclass(frozen=True, slots=True)
class CallFact:
    """One status callback, as data: the carrier's words, and what else it said (`raw`)."""

    sid: str
    status: str
    at: datetime
    sequence: int | None = None
    parent: str = ""
    direction: str = ""
    sender: str = ""
    recipient: str = ""
    seconds: int | None = None
    raw: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Call:
    """What is known of one call leg: `status` only moves up the lattice (`desk.calls`)."""

    sid: str
    status: str
    updated: datetime
    execution: str = ""
    parent: str = ""
    direction: str = ""
    sender: str = ""
    recipient: str = ""
    seconds: int | None = None
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a new call begins with; None for each that is unknown.

    The bound flow's published version (its `source` is left out), the caller as a contact, and
    the leg, where a status report was faster.
    """

    version: Version | None
    contact: Contact | None
    call: Call | None


LegState = Literal["wanted", "placing", "placed", "unknown", "over"]


@dataclass(slots=True)
class Leg:
    """A call that we place: to an `agent` (`id` is the offer's) or a `contact` (the order's).

    Into a room also to somebody `outside` (`id` is the offer's) or to a `supervisor`.
    `state`: `wanted` (nothing was asked of the carrier), `placing` (it is being asked), `unknown`
    (nobody knows what came of it), `placed` (it has a `sid`), `over`. `status` is the carrier's
    last word, `sip` the code it ended with. `tries` counts the requests, the last at `tried`.
    `unwanted`, as `reason`, says that it shall be ended whatever becomes of it. `answer_after`: the
    telephone shall answer by itself after so many seconds; None: somebody answers. `longest`: the
    carrier ends it after so many seconds; None: after as many as it likes.
    """

    id: str
    token: str
    kind: Literal["agent", "contact", "outside", "supervisor"]
    execution: str
    recipient: str
    sender: str
    ring_seconds: int
    created: datetime
    machine_detection: bool = False
    state: LegState = "wanted"
    sid: str = ""
    status: str = ""
    sip: int | None = None
    tries: int = 0
    tried: datetime | None = None
    ended: datetime | None = None
    reason: str = ""
    answer_after: int | None = None
    longest: int | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a place in the queue is about: the run that waits, and what those who serve it need.

    `data` holds queue, call, caller, line, name, greeting, auto_answer, language; empty when the
    place was given up before it was taken.
    """

    id: str
    execution: str
    data: Mapping[str, Any]
    created: datetime


@dataclass(slots=True)
class Recording:
    """A recording: `sid` is the carrier's id, `file` ours once our copy is kept.

    `state`: `wanted` (the walk expects it), `ready` (the carrier has it), `kept` (our copy is
    verified), `absent` (there is none), `failed` (given up after `attempts` tries).
    """

    sid: str
    state: str
    updated: datetime
    call: str = ""
    execution: str = ""
    step: str = ""
    kind: str = ""
    seconds: int = 0
    file: str = ""
    sha256: str = ""
    attempts: int = 0
    reason: str = ""
