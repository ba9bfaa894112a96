"""At which hours of their own day people may be called, on both nights when clocks change.

Hours are wall-clock times in the contact's zone. Where the number leaves several zones open, it
must be permitted in all of them; where they are so far apart that this never happens (office
hours, and a toll-free number of North America), the operator's zone decides alone.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DAY = 24 * 60
"""Minutes of a day."""

_HORIZON = 16
"""Days looked ahead: every weekday twice, as a change of the clock can leave out its first."""


@dataclass(frozen=True, slots=True)
class CallingHours:
    """The hours permitted, from `start` to before `end` in minutes since midnight.

    A window with `start` after `end` crosses midnight and belongs to the day on which it starts.
    `days` are weekdays, Monday being 0.

    Raises:
        ValueError: the window is empty.
    """

    start: int = 8 * 60
    end: int = 21 * 60
    days: tuple[int, ...] = tuple(range(7))

    def __post_init__(self) -> None:
        """Refuse a window that never opens."""
        if self.start == self.end or not self.days:
            raise ValueError("calling hours must open at some time of some day")
        if not (0 <= self.start < DAY and 0 <= self.end <= DAY and set(self.days) <= set(range(7))):
            raise ValueError("calling hours are minutes of a day, 0 to 1440, and weekdays 0 to 6")

    def shows_open(self, local: datetime) -> bool:
        """Say whether the hours are open when a wall clock and calendar show this."""
        minute, today = local.hour * 60 + local.minute, local.weekday()
        if self.start < self.end:
            return self.start <= minute < self.end and today in self.days
        late = minute >= self.start and today in self.days
        return late or (minute < self.end and (today - 1) % 7 in self.days)


def common(hours: CallingHours, others: CallingHours) -> CallingHours | None:
    """Give the hours at which both are open; None where they never are, or one crosses midnight."""
    start, end = max(hours.start, others.start), min(hours.end, others.end)
    days = tuple(sorted({*hours.days} & {*others.days}))
    crosses = hours.start > hours.end or others.start > others.end
    return None if crosses or start >= end or not days else CallingHours(start, end, days)


def _all_open(hours: CallingHours, zones: Sequence[ZoneInfo], at: datetime) -> bool:
    """Say whether the hours are open in every one of these zones."""
    return all(hours.shows_open(at.astimezone(zone)) for zone in zones)


def next_permitted(
    hours: CallingHours | None, zones: Sequence[ZoneInfo], default: ZoneInfo, at: datetime
) -> datetime:
    """Find the first moment from `at` on at which a contact of these zones may be called.

    Without hours it is `at` itself. `default` counts where no zone is known, or where the zones
    are never open together.
    """
    if hours is None:
        return at
    together = _first(hours, zones, at) if zones else None
    if together is None and tuple(zones) != (default,):
        together = _first(hours, (default,), at)
    if together is None:
        raise ValueError(f"the calling hours do not open within {_HORIZON} days")
    return together


def _first(hours: CallingHours, zones: Sequence[ZoneInfo], at: datetime) -> datetime | None:
    if _all_open(hours, zones, at):
        return at
    openings = _turns(hours.start, zones, at)
    return next((moment for moment in openings if _all_open(hours, zones, moment)), None)


def first_closed(hours: CallingHours, zones: Sequence[ZoneInfo], at: datetime) -> datetime | None:
    """Find the first moment from `at` on at which the hours are shut in one of these zones.

    None: they never shut.
    """
    if not _all_open(hours, zones, at):
        return at
    closings = _turns(hours.end % DAY, zones, at)
    return next((moment for moment in closings if not _all_open(hours, zones, moment)), None)


def zones_that_count(
    hours: CallingHours, zones: Sequence[ZoneInfo], default: ZoneInfo, at: datetime
) -> tuple[ZoneInfo, ...]:
    """Give the zones in which the hours must be open: the operator's where these never are."""
    together = _first(hours, zones, at) if zones else None
    return (default,) if together is None else tuple(zones)


def _turns(minute: int, zones: Sequence[ZoneInfo], at: datetime) -> list[datetime]:
    """List the moments after `at` at which hours may open or shut at this minute of a day."""
    return sorted(moment for zone in set(zones) for moment in _turns_in(minute, zone, at))


def _turns_in(minute: int, zone: ZoneInfo, at: datetime) -> Iterator[datetime]:
    """Yield the moments after `at` at which hours may open or shut in a zone, in UTC.

    They do when the clock shows that minute (twice when it is set back), or when the clock is set
    forward or back over it.
    """
    today = at.astimezone(zone).date()
    for ahead in range(-1, _HORIZON):
        day = today + timedelta(days=ahead)
        moments = {_showing(day, minute, zone, fold) for fold in (0, 1)}
        moments |= _change(_showing(day, 0, zone), _showing(day + timedelta(days=1), 0, zone), zone)
        yield from (moment for moment in moments if moment > at)


def _showing(day: date, minute: int, zone: ZoneInfo, fold: int = 0) -> datetime:
    """Find the moment at which the clock shows this time; near its jump if it never does."""
    wall = datetime(day.year, day.month, day.day, *divmod(minute, 60), tzinfo=zone, fold=fold)
    return wall.astimezone(UTC)


def _change(first: datetime, last: datetime, zone: ZoneInfo) -> set[datetime]:
    """Find the moment between two at which the clock is set forward or back, to the second."""

    def differs(seconds: int) -> bool:
        moment = first + timedelta(seconds=seconds)
        return moment.astimezone(zone).utcoffset() != before

    before = first.astimezone(zone).utcoffset()
    span = int((last - first).total_seconds())
    if not differs(span):
        return set()
    return {first + timedelta(seconds=bisect_left(range(span), x=True, key=differs))}
