"""One part of a mail: what its headers say of it, and where its body lies."""

import re
from dataclasses import dataclass
from email.message import Message

from digital.email.headers import parameter
from digital.email.transfer import undone

_TYPE = re.compile(r"\s*([\w!#$&^.+-]{1,80}/[\w!#$&^.+-]{1,80})")


@dataclass(frozen=True, slots=True)
class Part:
    """A part: its headers, where its body lies in the mail, and what it is part of.

    `alternative` numbers the nearest `multipart/alternative` around it, 0 for none; `inside` is
    the type of what is directly around it.
    """

    head: Message
    start: int
    end: int
    level: int = 0
    alternative: int = 0
    inside: str = ""

    @property
    def type(self) -> str:
        """Its type in small letters; what says nothing sensible is text (RFC 2045, section 5.2)."""
        found = _TYPE.match(str(self.head.get("Content-Type", "")))
        return found[1].lower() if found else "text/plain"

    @property
    def attached(self) -> bool:
        """Whether it is to be shown as a file."""
        how = str(self.head.get("Content-Disposition", ""))
        return how.strip().lower().startswith("attachment")

    @property
    def name(self) -> str:
        """Its file name as the sender wrote it."""
        for header, key in (("Content-Disposition", "filename"), ("Content-Type", "name")):
            if found := parameter(self.head, header, key):
                return found
        return ""

    def body(self, raw: bytes) -> bytes:
        """Give its bytes, with the transfer encoding undone."""
        how = str(self.head.get("Content-Transfer-Encoding", ""))
        return undone(raw[self.start : self.end], how.strip().lower())
