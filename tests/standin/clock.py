"""The carrier's time: the real one, plus what the test let pass."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime


@dataclass
class Clock:
    """`elapsed` is in seconds and moves only when a test says so."""

    elapsed: float = 0.0

    def now(self) -> datetime:
        """The time of day at the carrier."""
        return datetime.now(UTC) + timedelta(seconds=self.elapsed)

    def stamp(self) -> str:
        """The time of day as callbacks carry it, in RFC 2822."""
        return rfc2822(self.now())


def rfc2822(moment: datetime) -> str:
    """A time as the carrier writes it."""
    return format_datetime(moment.replace(microsecond=0))
