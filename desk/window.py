"""The hours at which one callback may be made: looked at again whenever somebody could be rung."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from desk.calling_hours import CallingHours, first_closed, next_permitted, zones_that_count


@dataclass(frozen=True, slots=True)
class Window:
    """Calling hours in the zones of one contact, by name; `default` is the operator's.

    The zones are those that count: where the hours are never open in all of them, the operator's
    was put in their place, so that a look costs little.
    """

    hours: CallingHours
    zones: tuple[str, ...]
    default: str

    def opens(self, at: datetime) -> datetime:
        """Find the first moment, from `at` on, at which the contact may be called."""
        return next_permitted(self.hours, self._zones, ZoneInfo(self.default), at)

    def closes(self, at: datetime) -> datetime | None:
        """Find the first moment, from `at` on, at which the contact may not be called; or none."""
        return first_closed(self.hours, self._zones, at)

    @property
    def _zones(self) -> tuple[ZoneInfo, ...]:
        return tuple(map(ZoneInfo, self.zones))


def window_for(
    hours: CallingHours, zones: tuple[ZoneInfo, ...], default: str, at: datetime
) -> Window:
    """Make the window of a contact who may be in these zones."""
    counting = zones_that_count(hours, zones, ZoneInfo(default), at)
    return Window(hours, tuple(zone.key for zone in counting), default)
