"""Sending by the carrier, as SMS and WhatsApp do alike."""

import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from desk.conversations import ChannelName, Conversation, Message
from digital.carrier.gate import OVERRIDES
from digital.carrier.messages import Listed, Messages
from digital.carrier.states import error_of
from digital.channel import TextTooLong, numbered, parts, utf16_units
from runner.errors import CarrierError
from runner.message_settings import Rates
from runner.messages.channels import Receipt

LONGEST = 1_600
"""Characters one message may have (provider, error 21617)."""

STATUS = "/digital/sms/status"

SKEW = timedelta(seconds=30)
"""How far the carrier's clock may be behind ours."""

VALID = (1, 36_000)
"""Seconds a message may wait at the carrier (its ValidityPeriod)."""


@dataclass(frozen=True, slots=True)
class Outbox:
    """What both channels send with: the carrier, our public address, rates, addresses of files.

    `media_url` gives the absolute address under which the carrier can fetch a file of a message,
    "" for one that has none.
    """

    messages: Messages
    public_url: str
    rates: Rates
    media_url: Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Content:
    """What a message becomes: fields of the carrier's, and in how many segments it goes."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    segments: int = 1


class CarrierChannel(ABC):
    """A channel of the carrier's (`Channel`); a subclass says what its messages become."""

    name: ChannelName
    prefix = ""
    at_once = False
    repeats = False
    patience = timedelta(seconds=20)

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    @abstractmethod
    def content(self, message: Message) -> Content:
        """Render a message; pure but for the addresses of its files."""

    @abstractmethod
    def fits(self, message: Message, conversation: Conversation, at: datetime) -> str:
        """Say why a message can never be sent; "" when it can."""

    def split(self, message: Message) -> Sequence[str]:
        """Split a text that one message cannot hold; the last leaves room for quick replies.

        What cannot be split stays whole, and is refused.
        """
        if utf16_units(numbered(message.text, message.choices)) <= LONGEST:
            return [message.text]
        below = utf16_units(numbered("", message.choices)) + len("\n\n") if message.choices else 0
        try:
            return parts(message.text, max(1, LONGEST - below))
        except TextTooLong:
            return [message.text]

    def rate(self, address: str) -> float:
        """Give the messages per second that may leave from one of our addresses."""
        return self._outbox.rates.of(self.name, address)

    def send(self, message: Message, conversation: Conversation) -> Receipt:
        """Hand a message to the carrier.

        Raises:
            ChannelError: it was not taken, or nobody knows.
        """
        content = self.content(message)
        fields = {
            "to": f"{self.prefix}{message.peer}",
            "from_": f"{self.prefix}{message.address}",
            "status_callback": self._status(message),
            **_validity(message),
            **content.fields,
        }
        try:
            return Receipt(self._outbox.messages.create(fields), content.segments)
        except CarrierError as problem:
            raise error_of(problem) from None

    def find(self, message: Message) -> Sequence[str]:
        """List the carrier's ids of messages like this one since it was tried, the oldest first.

        Raises:
            ChannelError: the carrier does not answer.
        """
        text = self.content(message).fields.get("body")
        since = ((message.tried or message.at) - SKEW).replace(microsecond=0)
        sender, recipient = f"{self.prefix}{message.address}", f"{self.prefix}{message.peer}"
        try:
            found = self._outbox.messages.alike(sender, recipient)
        except CarrierError as problem:
            raise error_of(problem) from None
        fitting = [each for each in found if each.created >= since and _same(each, text)]
        return [each.sid for each in sorted(fitting, key=lambda each: each.created)]

    def turns(self, message: Message) -> int:
        """Give how many messages it counts as: numbers send segments (provider, "MPS")."""
        return self.content(message).segments

    def media_urls(self, message: Message) -> list[str]:
        """Give the addresses of a message's files; "" for one that the carrier cannot fetch."""
        return [self._outbox.media_url(each) for each in message.media]

    def _status(self, message: Message) -> str:
        base = self._outbox.public_url.rstrip("/")
        return f"{base}{STATUS}?message={quote(message.id, safe='')}{OVERRIDES}"


def _validity(message: Message) -> Mapping[str, int]:
    """Let the carrier drop a message that it could not send in its time."""
    if message.not_after is None:
        return {}
    left = (message.not_after - (message.tried or message.at)).total_seconds()
    least, most = VALID
    return {"validity_period": max(least, min(most, int(left)))}


def _same(listed: Listed, text: str | None) -> bool:
    """Whether a message has our text; of a template (None) only the carrier knows the text.

    A messaging service may have replaced quotation marks and dashes by plainer ones.
    """
    if text is None or listed.text.strip() == text.strip():
        return True
    ours = _gist(text)
    return bool(ours) and _gist(listed.text) == ours


def _gist(text: str) -> str:
    return "".join(ch for ch in unicodedata.normalize("NFKC", text) if ch.isalnum())
