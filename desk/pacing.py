"""Spaces outgoing calls evenly, so many per second, whatever the carrier would still accept."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Pace:
    """A rate of calls per second, and the first moment that is not given away yet."""

    per_second: float
    free_from: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse a rate at which no call would ever leave."""
        if self.per_second <= 0:
            raise ValueError("calls per second must be more than 0")


def next_call(pace: Pace, at: datetime) -> tuple[datetime, Pace]:
    """Give a call its moment, now or later, and the pace that remembers it.

    Idle time is not saved up: there is no burst.
    """
    moment = at if pace.free_from is None else max(at, pace.free_from)
    step = timedelta(seconds=1 / pace.per_second)
    return moment, replace(pace, free_from=moment + step)


def next_turn(per_second: float, free_from: datetime | None, at: datetime) -> datetime:
    """Give the moment of the next after one that leaves now, at or after its own turn.

    Who is late by less than a step keeps the rhythm; longer idle time is not saved up.
    """
    step = timedelta(seconds=1 / per_second)
    late = free_from is not None and at - free_from < step
    return (free_from if free_from is not None and late else at) + step
