"""The simulated clock: it stands still but for what waits."""

from datetime import datetime, timedelta


class Clock:
    """Tells the time of a simulated call; `now` is aware and in UTC."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def pass_time(self, seconds: float) -> None:
        """Let some seconds pass."""
        self.now += timedelta(seconds=seconds)

    def reach(self, moment: datetime) -> None:
        """Let time pass up to a moment, unless that is over already."""
        self.now = max(self.now, moment)
