"""Reads addresses and Message-IDs out of headers; what is none is left out."""

import re
from email.utils import getaddresses

from digital.email.charsets import one_line
from digital.email.headers import unhidden
from digital.email.limits import HEADER
from flow.mailbox import LONGEST, mailbox

_PLAUSIBLE = re.compile(r"[^@\s<>,;\"\x00-\x1f\x7f]+@[^@\s<>,;\"\x00-\x1f\x7f]+")
_ID = re.compile(r"<([^<>\s]{1,900})>")


def addresses(value: str) -> list[tuple[str, str]]:
    """Read a header of addresses as pairs of name and address, in small letters."""
    try:
        found = getaddresses([value[:HEADER]])
    except Exception:  # noqa: BLE001  the library calls itself for each comment within a comment
        found = [("", each) for each in _PLAUSIBLE.findall(value[:HEADER])]
    return [
        (one_line(unhidden(name))[:200], known) for name, each in found if (known := address(each))
    ]


def address(text: str) -> str:
    """Give an address in the form it is kept in, "" when it is none."""
    plain = text.strip().strip("<>").strip()
    try:
        return mailbox(plain).address.lower()
    except ValueError:
        fits = _PLAUSIBLE.fullmatch(plain) and len(plain) <= LONGEST
        return plain.lower() if fits else ""


def message_ids(value: str) -> list[str]:
    """Give the message ids of a header, without their brackets."""
    return _ID.findall(value)
