"""Signs our Message-IDs: an answer names its thread by them, and nobody can make one up."""

import hmac
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_OURS = re.compile(
    r"([A-Za-z0-9_-]{1,64})\.([0-9a-f]{24})\.([A-Za-z0-9_.-]{1,120})@[^\s<>@]{1,255}"
)
_SIZE = 24
"""Hex digits of a signature: 96 bits."""


@dataclass(frozen=True, slots=True)
class Ours:
    """A message of ours that somebody else's mail speaks of."""

    conversation: str
    message: str
    sid: str


class Marks:
    """Makes and reads Message-IDs. `mark` gives a keyed digest in hex, as `Vault.mark` does."""

    def __init__(self, mark: Callable[[str], str]) -> None:
        self._mark = mark
        self.loop = f"linewalk-{mark('mail loop')[:16]}"

    def message_id(self, conversation: str, message: str, domain: str) -> str:
        """Give the Message-ID of a message of ours, without brackets; always the same one."""
        return f"{conversation}.{self._signature(conversation, message)}.{message}@{domain}"

    def find(self, texts: Iterable[str]) -> Ours | None:
        """Find the first message of ours that texts name; what is not signed by us is none."""
        for text in texts:
            for found in _OURS.finditer(text):
                conversation, given, message = found.groups()
                if hmac.compare_digest(given, self._signature(conversation, message)):
                    return Ours(conversation, message, found[0])
        return None

    def _signature(self, conversation: str, message: str) -> str:
        return self._mark(f"mail:{conversation}:{message}")[:_SIZE]
