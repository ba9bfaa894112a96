"""Reads calling hours as operators write them: `08:00-21:00`, `mon-fri,sun 09:00-18:00`."""

import re

from desk.calling_hours import CallingHours

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_TEXT = re.compile(r"(?:(\S+)\s+)?(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
_HELP = "write them as 08:00-21:00 or mon-fri 09:00-18:00"
_LAST_MINUTE = 59


def parse_hours(text: str) -> CallingHours | None:
    """Read the hours; None for an empty text, where they are off.

    Raises:
        ValueError: the text is no hours, or they would never open.
    """
    if not text.strip():
        return None
    found = _TEXT.fullmatch(text.strip().lower())
    if found is None:
        raise ValueError(f"{text!r} are no calling hours; {_HELP}")
    days, *clock = found.groups()
    hour, minute, to_hour, to_minute = map(int, clock)
    if max(minute, to_minute) > _LAST_MINUTE:
        raise ValueError(f"{text!r} are no calling hours; {_HELP}")
    start, end = hour * 60 + minute, to_hour * 60 + to_minute
    return CallingHours(start, end, _days(days) if days else tuple(range(7)))


def _days(text: str) -> tuple[int, ...]:
    chosen: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if first not in DAYS or (dash and last not in DAYS):
            raise ValueError(f"{part!r} are no days; {_HELP}")
        begin = DAYS.index(first)
        length = (DAYS.index(last) - begin) % 7 if dash else 0
        chosen |= {(begin + step) % 7 for step in range(length + 1)}
    return tuple(sorted(chosen))
