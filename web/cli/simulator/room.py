"""The waiting room of a simulated call: when the caller hears what."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flow.component import Place
from flow.effects import EnterQueue
from flow.instructions import Collect, Instruction, Music

_UNLESS_MUSIC = 30
"""Seconds to the next look where nothing says how long its music is."""


@dataclass
class Room:
    """One stay: the order it began with, and since when. `keys`: the caller may press one."""

    order: EnterQueue
    since: datetime
    keys: bool = field(default=False, init=False)
    _heard: float = field(default=-1.0, init=False)
    _next: datetime = field(init=False)

    def __post_init__(self) -> None:
        """Look for the first time at once."""
        self._next = self.since

    @property
    def ends(self) -> datetime | None:
        """When the longest wait is over; None: never."""
        longest = self.order.max_wait
        return None if longest is None else self.since + timedelta(seconds=longest)

    @property
    def due(self) -> datetime:
        """When something happens next by itself."""
        return min(self._next, self.ends or self._next)

    def waited(self, now: datetime) -> float:
        """Give the seconds since the caller came."""
        return (now - self.since).total_seconds()

    def place(self, now: datetime, position: int, estimate: int | None) -> Place:
        """Say where the caller stands."""
        return Place(self.waited(now), self._heard, position, estimate)

    def look(
        self, now: datetime, hear: Callable[[], Sequence[Instruction]]
    ) -> Sequence[Instruction]:
        """Take what is heard from now on; music that only goes on is not worth a line."""
        first, self._heard = self._heard < 0, self.waited(now)
        self._next = now + timedelta(seconds=_UNLESS_MUSIC)
        heard = hear()
        self.keys = any(isinstance(part, Collect) for part in heard)
        parts = [p for one in heard for p in (one.prompts if isinstance(one, Collect) else [one])]
        music = [part.seconds for part in parts if isinstance(part, Music)]
        if music:
            self._next = now + timedelta(seconds=sum(music))
        return parts if first or len(parts) > len(music) else ()
