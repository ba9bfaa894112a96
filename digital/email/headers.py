"""Reads the headers of a mail: decoded, in one line each, the first of each name first."""

from collections.abc import Iterable
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser

from digital.email.charsets import decoded, one_line
from digital.email.limits import CONTENT, HEADER, HEADERS

_MOST = 1_000

_ADDRESSED = frozenset({"from", "sender", "reply-to", "to", "cc", "return-path"})

_HIDDEN = {ord(sign): 0xE000 + ord(sign) for sign in '<>()[]@,;:."\\'}
_SHOWN = {hidden: sign for sign, hidden in _HIDDEN.items()}
"""What means something in a list of addresses, and characters that mean nothing at all."""


class Headers:
    """The headers of a mail, by name in any case; duplicates are kept in their order."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name.lower(), []).append(one_line(value[:HEADER]))

    def first(self, name: str) -> str:
        """Give the first header of a name, "" where there is none."""
        return next(iter(self._values.get(name.lower(), ())), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Give all headers of a name."""
        return tuple(self._values.get(name.lower(), ()))

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._values


def read(block: bytes) -> Message:
    """Read a block of headers; the rest of one that is too long is not read."""
    whole, short = BytesHeaderParser().parsebytes(block[:HEADERS] + b"\n\n"), Message()
    for _, (name, value) in zip(range(_MOST), whole.raw_items(), strict=False):
        short[name] = value[: CONTENT if name.lower().startswith("content-") else HEADER]
    return short


def headers_of(message: Message) -> Headers:
    """Give the headers of a part, decoded (RFC 2047)."""
    return understood((name, str(value)) for name, value in message.raw_items())


def understood(pairs: Iterable[tuple[str, str]]) -> Headers:
    """Give headers whose values are still encoded."""
    return Headers((name, words(value, named=name.lower() in _ADDRESSED)) for name, value in pairs)


def words(value: str, *, named: bool = False) -> str:
    """Decode a header's value: encoded words, and bytes that nobody declared.

    `named`: it holds addresses, and what separates them must not come out of an encoded name
    (RFC 2047, section 6.2). It is hidden there until `unhidden`.
    """
    raw = value[:HEADER].encode("utf-8", "surrogateescape")
    text = decoded(raw)
    if "=?" not in text:
        return text
    try:
        found = decode_header(text)
    except Exception:  # noqa: BLE001  binascii and email raise a dozen kinds; the text is good as it is
        return text
    return "".join(_piece(*each, named=named) for each in found)


def unhidden(name: str) -> str:
    """Show what `words` has hidden."""
    return name.translate(_SHOWN)


def _piece(piece: bytes | str, charset: str | None, *, named: bool) -> str:
    if isinstance(piece, str):
        return piece
    text = decoded(piece, charset or "")
    return text.translate(_HIDDEN) if named and charset else text


def parameter(head: Message, header: str, key: str) -> str:
    """Give a parameter of a header (RFC 2231), "" where there is none or it is broken."""
    try:
        found = head.get_param(key, "", header)
    except Exception:  # noqa: BLE001  the library raises a dozen kinds on broken parameters
        return ""
    if isinstance(found, tuple):
        charset, _, value = found
        found = decoded(value.encode("latin-1", "replace"), charset or "utf-8")
    return words(str(found or ""))
