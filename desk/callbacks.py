"""When a promised call back is made: its place in the queue, its tries, its permitted hours.

A callback waits in the queue like a caller (an agent is found first, then the contact is called)
and keeps the caller's place. Outside the contact's hours, and between two tries, it sleeps there:
the hours are looked at when it enters and again before anybody is rung for it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from desk.calling_hours import CallingHours, next_permitted
from desk.queue import Waiting
from desk.window import Window, window_for
from desk.zones import zones_for

RETRY_AFTER = (300.0, 900.0, 3_600.0)
"""Seconds before the second, third and every later try: soon at first, then no nuisance."""


@dataclass(frozen=True, slots=True)
class Callback:
    """A promise to call `number` (E.164) back.

    `retries` is how many times more it is tried when nobody answers, `tries` how often it was.
    `at` is a scheduled time (None: as soon as it is its turn); `max_wait` seconds after
    that, or after the request, it is given up. `zone` is the contact's own zone when it is
    known, else the number's zones count; `default` stands in where there are none.
    """

    number: str
    requested: datetime
    default: str
    max_wait: float | None = None
    retries: int = 2
    tries: int = 0
    at: datetime | None = None
    hours: CallingHours | None = None
    zone: str = ""

    @property
    def begins(self) -> datetime:
        """When the promise begins to count: at the scheduled time, else at the request."""
        return self.requested if self.at is None else max(self.at, self.requested)

    @property
    def gives_up(self) -> datetime | None:
        """When it is given up, if ever."""
        return None if self.max_wait is None else self.begins + timedelta(seconds=self.max_wait)


def next_moment(callback: Callback, at: datetime) -> datetime:
    """Find the first moment, from `at` on, at which the contact may be called."""
    zones = zones_for(callback.number, callback.zone)
    default = ZoneInfo(callback.default)
    return next_permitted(callback.hours, zones, default, max(at, callback.begins))


def enter(waiting: Waiting, callback: Callback, at: datetime) -> Waiting:
    """Turn a caller's place in the queue into the callback's: same priority, same age.

    A scheduled one takes its place as if it entered at its time.
    """
    kept = waiting.entered if callback.at is None else callback.begins
    moment = next_moment(callback, at)
    return replace(
        waiting,
        kind="callback",
        entered=kept,
        tried=(),
        not_before=moment if moment > at else None,
        deadline=callback.gives_up,
        permitted=_window(callback, at),
    )


def unanswered(callback: Callback, at: datetime) -> tuple[Callback, datetime | None]:
    """Count a try at which the contact did not answer, and say when the next one is.

    None: no try is left, or the next permitted moment is past the time of giving up.
    """
    counted = replace(callback, tries=callback.tries + 1)
    if counted.tries > callback.retries:
        return counted, None
    pause = RETRY_AFTER[min(counted.tries, len(RETRY_AFTER)) - 1]
    moment = next_moment(callback, at + timedelta(seconds=pause))
    end = callback.gives_up
    return counted, moment if end is None or moment < end else None


def again(waiting: Waiting, moment: datetime) -> Waiting:
    """Put the callback to sleep in its place until the next try."""
    return replace(waiting, not_before=moment, tried=())


def rest(waiting: Waiting, at: datetime) -> Waiting:
    """Put who may not be called at this hour to sleep until the hours open.

    Anybody else stays as they are.
    """
    if waiting.permitted is None or waiting.sleeps(at):
        return waiting
    opens = waiting.permitted.opens(at)
    return again(waiting, opens) if opens > at else waiting


def _window(callback: Callback, at: datetime) -> Window | None:
    if callback.hours is None:
        return None
    zones = zones_for(callback.number, callback.zone)
    return window_for(callback.hours, zones, callback.default, at)
