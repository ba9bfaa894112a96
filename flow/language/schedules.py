"""Reads days of the week, times of day and dates as flow authors write them.

Times are wall-clock times, `09:00` to `24:00`, kept as minutes since midnight. Days are `mon` to
`sun`, ranges of them (`mon-fri`, `sat-mon`), `weekdays`, `weekend`, `daily`, in a list or a text
with commas. Dates are `2026-12-24`, or `12-24` for every year.
"""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_PER_DAY = 24 * 60

_GROUPS = {"weekdays": range(5), "weekend": range(5, 7), "daily": range(7)}
_TIME = re.compile(r"(\d{1,2}):([0-5]\d)")
_SEXAGESIMAL = 60
_YEARLY = re.compile(r"(\d\d)-(\d\d)")
_LEAP_YEAR = 2024


def minutes(value: Any) -> int:
    """Turn `09:30` into minutes since midnight.

    A bare number of 60 and more is taken as minutes, because YAML 1.1 reads an unquoted `17:30`
    as the sexagesimal number 1050.

    Raises:
        ValueError: it is no time of day.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        found = value if value >= _SEXAGESIMAL else -1
    else:
        parts = _TIME.fullmatch(str(value).strip())
        found = int(parts[1]) * 60 + int(parts[2]) if parts else -1
    if not 0 <= found <= MINUTES_PER_DAY:
        raise ValueError(f"{value!r} is no time of day; write 09:00 to 24:00")
    return found


def days(value: Any) -> tuple[int, ...]:
    """Turn `mon-fri, sun` (or a list of such) into weekday numbers, Monday being 0.

    Raises:
        ValueError: a day is unknown, or none is named.
    """
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or not parts:
        raise ValueError("give days such as mon, mon-fri, weekdays, weekend or daily")
    return tuple(sorted({day for part in parts for day in _some_days(part)}))


def _some_days(part: Any) -> list[int]:
    if isinstance(part, int) and 0 <= part < len(DAY_NAMES):
        return [part]
    name = str(part).strip().lower()
    if name in _GROUPS:
        return list(_GROUPS[name])
    first, dash, last = name.partition("-")
    ends = [_day(first), _day(last) if dash else _day(first)]
    return [day % 7 for day in range(ends[0], ends[1] + 1 + (7 if ends[1] < ends[0] else 0))]


def _day(name: str) -> int:
    short = name.strip()[:3]
    if short not in DAY_NAMES:
        raise ValueError(f"{name!r} is no day; write mon, tue, wed, thu, fri, sat or sun")
    return DAY_NAMES.index(short)


def day_text(value: Any) -> str:
    """Turn a date into `2026-12-24`, or `12-24` for one of every year.

    Raises:
        ValueError: there is no such day.
    """
    if isinstance(value, date):
        return date(value.year, value.month, value.day).isoformat()
    text = str(value).strip()
    yearly = _YEARLY.fullmatch(text)
    try:
        if yearly:
            return date(_LEAP_YEAR, int(yearly[1]), int(yearly[2])).isoformat()[5:]
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(f"{value!r} is no date; write 2026-12-24, or 12-24 every year") from None


TimeOfDay = Annotated[int, BeforeValidator(minutes, json_schema_input_type=str)]
"""A field that takes a time of day and holds minutes since midnight."""

Days = Annotated[tuple[int, ...], BeforeValidator(days, json_schema_input_type=str | list[str])]
"""A field that takes days of the week and holds their numbers, Monday being 0."""

Day = Annotated[str, BeforeValidator(day_text, json_schema_input_type=str)]
"""A field that takes a date, with or without a year, and holds its ISO text."""
