"""Reads times and dates as conditions compare them: what a wall clock and a calendar show."""

import re
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flow.errors import StepError

_CLOCK = re.compile(r"(\d{1,2})(?::(\d{2}))?(?::(\d{2}))?\s*([ap]m)?", re.IGNORECASE)
_HALF_DAY = 12


def read_time(value: Any, zone: ZoneInfo, name: str) -> time:
    """Read `9:30`, `09:30:15`, `9 am`, or the time of an ISO moment in the zone.

    Raises:
        StepError: it is no time; the text names the operator, not the value.
    """
    if isinstance(value, datetime):
        return value.astimezone(zone).time()
    text = str(value).strip()
    found = _CLOCK.fullmatch(text)
    if found and (found[2] or found[4]):
        clock = _clock(int(found[1]), int(found[2] or 0), int(found[3] or 0), found[4])
        if clock is not None:
            return clock
    moment = _moment(text, zone)
    if moment is None or len(text) <= len("2026-11-22"):
        raise StepError(f"{name} compares times; write 09:30 or 2026-11-22T09:30")
    return moment.time()


def _clock(hour: int, minute: int, second: int, half: str | None) -> time | None:
    if half:
        if not 1 <= hour <= _HALF_DAY:
            return None
        hour = hour % _HALF_DAY + (_HALF_DAY if half.lower() == "pm" else 0)
    try:
        return time(hour, minute, second)
    except ValueError:
        return None


def read_date(value: Any, zone: ZoneInfo, name: str) -> date:
    """Read `2026-11-22`, or the date of an ISO moment in the zone.

    Raises:
        StepError: it is no date; the text names the operator, not the value.
    """
    moment = value.astimezone(zone) if isinstance(value, datetime) else _moment(str(value), zone)
    if moment is None:
        raise StepError(f"{name} compares dates; write 2026-11-22")
    return moment.date()


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    # A moment without an offset is meant in the zone already.
    try:
        found = datetime.fromisoformat(text.strip())
        return found.astimezone(zone) if found.tzinfo else found.replace(tzinfo=zone)
    except (ValueError, OverflowError):
        return None
