"""Text as a voice can speak it: no characters that XML forbids, in pieces a carrier accepts."""

import re
from collections.abc import Iterator
from urllib.parse import quote_plus

SPOKEN_BYTES = 2_900
"""UTF-8 bytes of one <Say>: Polly voices stop at 3,000 (provider contract, section 1.5)."""

ENCODED_CHARS = 4_500
"""Characters of the same text URL-encoded (as above, code 13521)."""

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPACES = re.compile(r"\s+")
_SENTENCE = re.compile(r"(?<=[.!?…;])\s+|(?<=[。！？])")  # noqa: RUF001  full-width marks are meant
_WORD = re.compile(r"(?<=\s)")


def clean(text: str) -> str:
    """Strike out what XML 1.0 (section 2.2) does not allow and make one line of the rest."""
    return _SPACES.sub(" ", _FORBIDDEN.sub("", text)).strip()


def fits(text: str) -> bool:
    """Whether a text is short enough for one <Say>."""
    if len(text) * 12 <= ENCODED_CHARS:
        return True
    return len(text.encode()) <= SPOKEN_BYTES and len(quote_plus(text)) <= ENCODED_CHARS


def pieces(text: str) -> list[str]:
    """Split a cleaned text into parts that fit: at sentences, else at words, else anywhere."""
    if fits(text):
        return [text] if text else []
    return [part for part in _packed(_SENTENCE.split(text), " ") if part]


def _packed(parts: list[str], joint: str) -> Iterator[str]:
    held = ""
    for part in parts:
        together = f"{held}{joint}{part}" if held else part
        if fits(together):
            held = together
            continue
        if held:
            yield held.strip()
        *full, held = _smaller(part)
        yield from full
    yield held.strip()


def _smaller(part: str) -> list[str]:
    """Split what is longer than a <Say> at words, and a word of such length anywhere."""
    if fits(part):
        return [part]
    words = _WORD.split(part)
    if len(words) > 1:
        return list(_packed(words, ""))
    middle = len(part) // 2
    return [*_smaller(part[:middle]), *_smaller(part[middle:])]
