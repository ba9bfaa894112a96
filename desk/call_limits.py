"""How much may be called: calls, calls at once, minutes, new numbers and money, and what is used.

The limits of sip-security, section 2.2, for one API key and for all together. They are about calls
to contacts; an agent is rung by one call at a time, so agents are bounded by their number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Literal

from desk.call_book import Tally
from desk.outbound import Use

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_MINUTE = 60


@dataclass(frozen=True, slots=True)
class CallLimits:
    """The most there may be of each; None is no limit.

    `per_second` spaces calls and `minutes_per_call` ends them; the rest refuses.
    """

    per_second: float | None = None
    at_once: float | None = None
    per_hour: float | None = None
    per_day: float | None = None
    minutes_per_day: float | None = None
    new_numbers_per_hour: float | None = None
    spend_per_day: float | None = None
    minutes_per_call: float | None = None


PER_KEY = CallLimits(
    per_second=1,
    at_once=10,
    per_hour=120,
    per_day=1_000,
    minutes_per_day=1_000,
    new_numbers_per_hour=60,
    minutes_per_call=60,
)
"""What one API key may do unless the operator says otherwise."""

IN_ALL = CallLimits(
    at_once=50,
    per_hour=600,
    per_day=5_000,
    minutes_per_day=5_000,
    new_numbers_per_hour=300,
    minutes_per_call=240,
)
"""What all may do together; their calls per second are the carrier's account's."""

NAMES = {
    "at_once": "calls at once",
    "per_hour": "calls per hour",
    "per_day": "calls per day",
    "minutes_per_day": "minutes per day",
    "new_numbers_per_hour": "new numbers per hour",
    "spend_per_day": "spend per day",
}
"""What each limit is called in the audit."""

WINDOWS: Mapping[str, timedelta] = {
    "per_hour": HOUR,
    "per_day": DAY,
    "new_numbers_per_hour": HOUR,
}
"""The limits in which room comes back as calls grow old."""


@dataclass(frozen=True, slots=True)
class Added:
    """What a call would add: calls and new numbers, its price per minute; `stays` at once."""

    calls: int = 1
    fresh: int = 0
    per_minute: float = 0.0
    stays: bool = True


def used(
    limits: CallLimits, tally: Tally, added: Added, scope: Literal["key", "all"], at: datetime
) -> dict[str, Use]:
    """Hold what is used, and what a call would add, against each limit that is set."""
    lasting = [(max(_MINUTE, (at - since).total_seconds()), price) for since, price in tally.open]
    minutes = (tally.seconds + sum(seconds for seconds, _ in lasting)) / _MINUTE
    spent = tally.cost + sum(cost(seconds, price) for seconds, price in lasting)
    amounts: dict[str, tuple[float | None, float, float]] = {
        "at_once": (limits.at_once, len(tally.open), 1 if added.stays else 0),
        "per_hour": (limits.per_hour, tally.hour, added.calls),
        "per_day": (limits.per_day, tally.day, added.calls),
        "minutes_per_day": (limits.minutes_per_day, minutes, added.calls),
        "new_numbers_per_hour": (limits.new_numbers_per_hour, tally.fresh, added.fresh),
        "spend_per_day": (limits.spend_per_day, spent, added.per_minute),
    }
    return {
        name: Use(NAMES[name], scope, most, now, more)
        for name, (most, now, more) in amounts.items()
        if more and most is not None
    }


def longest(*limits: CallLimits) -> int | None:
    """Give the seconds after which a call that all these hold for is ended; None for never."""
    minutes = [each.minutes_per_call for each in limits if each.minutes_per_call is not None]
    return round(min(minutes) * _MINUTE) if minutes else None


def cost(seconds: float, per_minute: float) -> float:
    """Price a call: minutes that have begun are paid whole."""
    return ceil(seconds / _MINUTE) * per_minute
