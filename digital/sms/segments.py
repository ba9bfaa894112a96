"""Counts how many messages of the telephone network a text takes (3GPP TS 23.038, TS 23.040).

A text in the GSM alphabet has 160 places in one message, 153 in each of several; any other text is
sent as UTF-16 with 70 and 67. The characters of the extension table take two places. Neither such
a pair nor a surrogate pair stands across two messages.
"""

from dataclasses import dataclass
from typing import Literal

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")

Alphabet = Literal["gsm", "ucs2"]

_SIZES: dict[Alphabet, tuple[int, int]] = {"gsm": (160, 153), "ucs2": (70, 67)}


@dataclass(frozen=True, slots=True)
class Count:
    """What a text takes: its alphabet, its places, and the messages they fill."""

    alphabet: Alphabet
    units: int
    segments: int


def count(text: str) -> Count:
    """Count a text; an empty one takes one message, as the carrier charges it."""
    widths = _gsm_widths(text)
    alphabet: Alphabet = "ucs2" if widths is None else "gsm"
    sizes = [1 + (ch > "\uffff") for ch in text] if widths is None else widths
    alone, several = _SIZES[alphabet]
    units = sum(sizes)
    return Count(alphabet, units, 1 if units <= alone else _filled(sizes, several))


def _gsm_widths(text: str) -> list[int] | None:
    """Give the places of each character; None: one of them is not in the alphabet."""
    if not _BASIC.union(_EXTENSION).issuperset(text):
        return None
    return [1 + (ch in _EXTENSION) for ch in text]


def _filled(sizes: list[int], room: int) -> int:
    segments, used = 1, 0
    for size in sizes:
        if used + size > room:
            segments, used = segments + 1, 0
        used += size
    return segments
