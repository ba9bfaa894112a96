"""Conversations by messages: a thread with one contact at one address, and its messages.

A thread is open until its walk and its agent are done with it; the next message of the same
contact to the same address then begins a new one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

ChannelName = Literal["sms", "whatsapp", "chat", "email"]

CHANNELS: tuple[ChannelName, ...] = get_args(ChannelName)

State = Literal["flow", "waiting", "agent", "closed"]
"""Whose turn it is: the walk's, nobody's while an agent is looked for, an agent's, nobody's."""

Direction = Literal["in", "out"]

Delivery = Literal[
    "received",
    "queued",
    "sending",
    "unknown",
    "sent",
    "delivered",
    "read",
    "undelivered",
    "failed",
    "canceled",
]
"""`received` is the contact's. Of ours: `queued` for its turn, `sending` while the provider is
asked, `unknown` when the answer was lost; then as the provider says. `failed` was never sent,
`canceled` was not allowed to leave (an opt-out, an erasure)."""

URGENT, BULK = 1, 5
"""Priorities of messages that leave: an answer overtakes what nobody waits for."""

SESSION = timedelta(hours=24)
"""How long after the contact's last message WhatsApp takes free text (provider, "Messages")."""

_RANK: Mapping[str, int] = {
    "queued": 0,
    "sending": 1,
    "unknown": 2,
    "sent": 3,
    "delivered": 4,
    "read": 5,
    "undelivered": 6,
    "failed": 6,
    "canceled": 6,
}


def joined(known: Delivery, told: Delivery) -> Delivery:
    """Give where a message stands when this is heard of it: facts come in any order.

    It only ever moves up; what was read was delivered, whatever is said later.
    """
    if known in ("received", "read", "canceled") or known == told:
        return known
    if known == "delivered" and told in ("undelivered", "failed"):
        return known
    if known in ("undelivered", "failed") and told in ("delivered", "read"):
        return told
    return told if _RANK[told] > _RANK[known] else known


@dataclass(frozen=True, slots=True)
class Conversation:
    """One thread. `address` is ours (a number, a mailbox, a chat's name), `peer` the contact's.

    `contact` is the id of the person, where known. `execution` walks it, "" for none. `agent` has
    it by the desk's `assignment`. `messages` counts its messages, `version` its changes: each
    message carries the version at which it changed last. `heard` is when the contact last wrote.
    `details` are the channel's own: the threading of mails, a visitor's name.
    """

    id: str
    channel: ChannelName
    address: str
    peer: str
    opened: datetime
    updated: datetime
    contact: str = ""
    execution: str = ""
    state: State = "flow"
    agent: str = ""
    assignment: str = ""
    subject: str = ""
    messages: int = 0
    version: int = 0
    heard: datetime | None = None
    closed: datetime | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `number` counts in its conversation from 1, `version` is its last change's.

    `author` is `contact`, `flow`, `system` or `agent:ID`. `html` is as it came (never shown
    unsanitised). `media` are each id, name, type, size (bytes); what goes out may be a `url` or an
    `audio` (a prompt's name). `key` is the sender's own name for it, for repeats; `sid` the
    provider's. `taken` says that the walk or an agent has had it. What leaves has `priority`,
    `tries`, `tried` (when the provider was last asked), `not_before` and `not_after`. `details`
    are the channel's own: headers of a mail, a template of the provider's.
    """

    id: str
    conversation: str
    channel: ChannelName
    address: str
    peer: str
    direction: Direction
    author: str
    text: str
    at: datetime
    state: Delivery
    number: int = 0
    version: int = 0
    subject: str = ""
    html: str = ""
    media: Sequence[Mapping[str, Any]] = ()
    choices: Sequence[Mapping[str, Any]] = ()
    key: str = ""
    sid: str = ""
    code: int = 0
    reason: str = ""
    taken: bool = False
    priority: int = URGENT
    tries: int = 0
    tried: datetime | None = None
    not_before: datetime | None = None
    not_after: datetime | None = None
    segments: int = 0
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def may_leave(self) -> bool:
        """Whether it still waits for its turn to leave."""
        return self.direction == "out" and self.state == "queued"


@dataclass(frozen=True, slots=True)
class OptOut:
    """A contact wants no more messages by a channel; `address` "" is all of ours.

    `word` is what was written; `by` who noted it: `contact`, `agent:ID`, `provider`, `operator`.
    """

    channel: ChannelName
    address: str
    peer: str
    at: datetime
    word: str = ""
    by: str = "contact"


@dataclass(frozen=True, slots=True)
class Media:
    """A file that came with a message, or goes with one; `file` is its name on the shelf.

    `sha256` is of the bytes; `source` is where the provider has it while `file` is "".
    """

    id: str
    message: str
    name: str
    type: str
    size: int
    at: datetime
    file: str = ""
    sha256: str = ""
    source: str = ""
    tries: int = 0
