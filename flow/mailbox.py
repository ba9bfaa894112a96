"""Reads e-mail addresses: strictly, one at a time, so that no value can bring a second one along.

Addresses are those of RFC 5321, section 4.1.2, without quoted local parts; a domain may be written
in any script and is kept in its ASCII form (IDNA).
"""

import re
from dataclasses import dataclass

LONGEST = 254
"""Characters of an address (RFC 5321, section 4.5.3.1.3, less the brackets)."""

_LONGEST_NAME = 200
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.?)+")
_NAMED = re.compile(r'\s*(?:"(?P<quoted>[^"\\]*)"|(?P<plain>[^<>"]*?))\s*<(?P<address>[^<>]+)>\s*')
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One address, in ASCII, and the name that is shown with it, which may be empty."""

    address: str
    name: str = ""

    @property
    def domain(self) -> str:
        """The part behind the @, in small letters."""
        return self.address.rpartition("@")[2].lower()


def unencoded(text: str) -> str:
    """Give a header's text without what mail libraries would decode once more (RFC 2047).

    A line break that is written as an encoded word would come out as one.
    """
    return text.replace("=?", "= ?")


def mailbox(text: str) -> Mailbox:
    """Read `ann@example.com` or `Ann <ann@example.com>`.

    Raises:
        ValueError: it is not exactly one address; the text says what is, and not what was given.
    """
    if _CONTROL.search(text):
        raise ValueError("an e-mail address has no line breaks or control characters")
    named = _NAMED.fullmatch(text)
    name = (named["quoted"] or named["plain"] or "") if named else ""
    address = _ascii((named["address"] if named else text).strip())
    if len(name) > _LONGEST_NAME:
        raise ValueError(f"the name of an e-mail address has at most {_LONGEST_NAME} characters")
    if not named and "," in text:
        raise ValueError("give one e-mail address here, and several as a list")
    return Mailbox(address, unencoded(" ".join(name.split())))


def _ascii(address: str) -> str:
    local, _, domain = address.rpartition("@")
    try:
        domain = domain if domain.isascii() else domain.encode("idna").decode()
    except UnicodeError:
        domain = ""
    fits = _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain) and not domain.endswith(".")
    fits = fits and "=?" not in local  # it would be read as an encoded word
    if not fits or len(local) > 64 or len(address) > LONGEST:  # noqa: PLR2004  RFC 5321, section 4.5.3.1.1
        raise ValueError("write an e-mail address as ann@example.com or Ann <ann@example.com>")
    return f"{local}@{domain}"
