"""A callback that a simulated call was promised: from when, and until when, agents are rung."""

from dataclasses import dataclass
from datetime import datetime

from desk.window import Window
from flow.effects import EnterQueue
from runner.places import place_of


@dataclass(frozen=True, slots=True)
class Promise:
    """A place in the line for a number: nobody is rung before `not_before`, it ends at `deadline`.

    Both are those of the server (hours, a scheduled time, pauses, `max_wait`); None: at once, and
    never. `permitted` are the hours, which are looked at again when an agent could be rung.
    """

    order: EnterQueue
    not_before: datetime | None = None
    deadline: datetime | None = None
    permitted: Window | None = None

    @classmethod
    def of(cls, order: EnterQueue, now: datetime, zone: str) -> "Promise":
        """Make the promise of an order; `zone` counts where a number tells none."""
        place = place_of(order, now, zone)
        return cls(order, place.not_before, place.deadline, place.permitted)

    def rung_from(self, now: datetime) -> datetime:
        """Say from when on agents are rung: now, or later."""
        moment = max(now, self.not_before or now)
        return self.permitted.opens(moment) if self.permitted else moment

    def sleeps(self, now: datetime) -> bool:
        """Say whether nobody is rung yet."""
        return self.rung_from(now) > now

    def is_over(self, now: datetime) -> bool:
        """Say whether it is given up."""
        return self.deadline is not None and self.deadline <= now

    def due(self, now: datetime) -> datetime | None:
        """Give when something happens next by itself: agents may be rung, or it is given up."""
        moments = [self.rung_from(now)] if self.sleeps(now) else []
        return min((m for m in [*moments, self.deadline] if m is not None), default=None)
