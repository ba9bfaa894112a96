"""Which addresses messages may go to, and which of ours they come from."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from desk.conversations import ChannelName
from desk.dial_rules import DialRules

PREFIXES: dict[ChannelName, str] = {
    "sms": "sms:",
    "whatsapp": "whatsapp:",
    "chat": "chat:",
    "email": "mailto:",
}
"""How an address of ours begins where it is bound to a flow."""

_MAIL = re.compile(r"[^@\s\x00-\x1f<>,;\"]+@[^@\s\x00-\x1f<>,;\"]+\.[^@\s\x00-\x1f<>,;\"]+")


class Bound(Protocol):
    """Where the addresses of ours are read."""

    def addresses_of(self, prefix: str) -> Sequence[str]:
        """List the bound addresses that begin so, without the prefix, the oldest first."""


def bound_name(channel: ChannelName, address: str) -> str:
    """Write an address of ours as it is bound."""
    return f"{PREFIXES[channel]}{address}"


@dataclass(frozen=True, slots=True)
class Senders:
    """The operator's choices: countries that may be written to, and senders of ours by default."""

    countries: frozenset[str]
    number: str = ""
    mailbox: str = ""

    def peer(self, channel: ChannelName, text: str) -> str:
        """Bring a contact's address into the form it is kept in, if it may be written to.

        Raises:
            ValueError: it is none, or the rules forbid it.
        """
        plain = text.strip().removeprefix(PREFIXES[channel])
        if channel == "chat":
            raise ValueError("a chat is begun by its visitor")
        if channel == "email":
            if not _MAIL.fullmatch(plain):
                raise ValueError("to is no e-mail address")
            return plain.lower()
        verdict = DialRules(self.countries).check(plain)
        if verdict.outcome != "allowed" or not verdict.target.startswith("+"):
            raise ValueError(f"to may not be written to: {verdict.reason or 'it is no number'}")
        return verdict.target

    def own(self, work: Bound, channel: ChannelName, text: str) -> str:
        """Choose the address of ours that a message comes from.

        Raises:
            ValueError: it is not ours, or we have none for this channel.
        """
        ours = list(work.addresses_of(PREFIXES[channel]))
        default = self.mailbox if channel == "email" else self.number
        if channel != "chat" and default and default not in ours:
            ours.append(default)
        wanted = text.strip().removeprefix(PREFIXES[channel])
        wanted = wanted.lower() if channel in ("email", "chat") else wanted
        if wanted and wanted not in ours:
            raise ValueError("from is not an address of ours: bind it to a flow first")
        if not ours:
            raise ValueError(f"there is no address to write from: bind {PREFIXES[channel]}… first")
        return wanted or ours[0]
