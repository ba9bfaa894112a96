"""What the runner asks of a message channel, and what a channel tells the runner.

One folder in `digital/` fulfils `Channel`; nothing here knows a provider.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from desk.conversations import ChannelName, Conversation, Delivery, Message
from runner.errors import RunnerError


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that came with a message: its bytes, or where the provider keeps it (`source`)."""

    name: str
    type: str
    data: bytes | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message arrives. `address` is ours and `peer` the contact's, in the form they are kept.

    `sid` is the provider's id of it, `key` the sender's own: either makes a repeat known, and
    where both are empty the content does. `choice` is the value of a quick reply. `name`, `number`
    and `email` are what the channel knows of the person. `wish` is an opt-out (`stop`, `start`,
    `help`) that the provider has answered itself; `answered` in the details: it answers such words,
    but does not say so. `automatic` messages are kept and never answered. `thread` names the
    conversation it belongs to, where the channel knows. `inputs` start a flow.
    """

    channel: ChannelName
    address: str
    peer: str
    at: datetime
    text: str
    subject: str = ""
    html: str = ""
    files: Sequence[Attached] = ()
    choice: str = ""
    sid: str = ""
    key: str = ""
    name: str = ""
    number: str = ""
    email: str = ""
    wish: Literal["", "stop", "start", "help"] = ""
    automatic: bool = False
    thread: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)
    raw: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a message: where it lies. `repeated`: it was here before.

    `unbound`: nothing is bound to the address, and nothing was kept.
    """

    conversation: str = ""
    message: str = ""
    repeated: bool = False
    unbound: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What a provider says of a message that we sent; `message` is our id where it names it."""

    channel: ChannelName
    state: Delivery
    at: datetime
    sid: str = ""
    message: str = ""
    code: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider took a message: its id for it, and in how many segments it goes."""

    sid: str
    segments: int = 0
    details: Mapping[str, Any] = field(default_factory=dict)


class ChannelError(RunnerError):
    """A message was not taken; `code` is the provider's own, 0 for none, the text our own words.

    `retry`: it may be tried again, after `wait` seconds where the provider says. `unsure`: nobody
    knows whether it was taken. `opted_out`: the contact wants no messages.
    """

    def __init__(
        self,
        message: str,
        *,
        code: int = 0,
        retry: bool = False,
        unsure: bool = False,
        opted_out: bool = False,
        wait: float | None = None,
    ) -> None:
        super().__init__(message)
        self.code, self.retry, self.unsure = code, retry, unsure
        self.opted_out, self.wait = opted_out, wait


class Channel(Protocol):
    """One way of exchanging messages."""

    name: ChannelName

    at_once: bool
    """Whether a message is through once it is written down: nothing has to be sent."""

    repeats: bool
    """Whether a message of unknown outcome may be sent again: the receiver knows it by its id."""

    patience: timedelta
    """How long handing one message over may take: who says nothing for longer has died."""

    def fits(self, message: Message, conversation: Conversation, at: datetime) -> str:
        """Say why a message can never be sent by this channel; empty when it can."""

    def split(self, message: Message) -> Sequence[str]:
        """Give the texts that a message leaves in, one after the other: its own, where that fits.

        Quick replies go with the last, files with the first.
        """

    def rate(self, address: str) -> float:
        """Give the messages per second that may leave from one of our addresses."""

    def turns(self, message: Message) -> int:
        """Give how many of these messages a message counts as: a long SMS is several."""

    def send(self, message: Message, conversation: Conversation) -> Receipt:
        """Hand a message to the provider.

        Raises:
            ChannelError: it was not taken, or nobody knows.
        """

    def find(self, message: Message) -> Sequence[str]:
        """List the provider's ids of messages like this one sent since it was tried.

        Raises:
            ChannelError: the provider does not answer.
        """
