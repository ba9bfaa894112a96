"""The fields of a webhook as bounded, harmless text."""

import re
from collections.abc import Iterable

FIELD = 1_000
"""Characters kept of a field: carriers' own identifiers and names are far below."""

SPEECH = 4_000
"""Characters kept of recognised speech: as much as a free survey answer may have."""

FIELDS = 200
"""Fields kept: a call with SIP headers has about a hundred."""


_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_DIGITS = 9


def plain(text: str, limit: int = FIELD) -> str:
    """Make one line of text without control characters, at most `limit` characters long."""
    if text.isprintable():
        return text[:limit]
    return _CONTROL.sub("", text[:limit])


def fields(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Make a mapping of form fields; of a repeated key the first value counts."""
    found: dict[str, str] = {}
    for key, value in pairs:
        if len(found) == FIELDS:
            break
        limit = SPEECH if key == "SpeechResult" else FIELD
        found.setdefault(plain(key, 100), plain(value, limit))
    return found


def whole(text: str) -> int | None:
    """Read a whole number that is not negative; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None
