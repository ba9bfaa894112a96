"""How many messages may be begun: by one API key, by all together, and to one contact (threat 21).

They are about messages to somebody by number or address; answers in a conversation do not count.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class MessageLimits:
    """The most there may be of each; None is no limit."""

    per_hour: float | None = None
    per_day: float | None = None
    to_one_per_hour: float | None = None


PER_KEY = MessageLimits(per_hour=1_000, per_day=5_000, to_one_per_hour=10)
"""What one API key may begin unless the operator says otherwise."""

IN_ALL = MessageLimits(per_hour=5_000, per_day=20_000, to_one_per_hour=20)
"""What all may begin together: calls in which a flow sends a text are among them."""


@dataclass(frozen=True, slots=True)
class Outreach:
    """A message that was begun at `at`; `peer` is a keyed digest of whom it goes to."""

    id: str
    at: datetime
    api_key: str
    peer: str


@dataclass(frozen=True, slots=True)
class Begun:
    """How many were begun within the hour, within 24 hours, and to one contact within the hour."""

    hour: int = 0
    day: int = 0
    to_one: int = 0


NEAR = 200
"""So close to a limit messages are counted one after the other: no more are begun at one moment."""


def is_near(limits: MessageLimits, begun: Begun) -> bool:
    """Say whether messages that are begun at the same moment could pass a limit together."""
    used = ((limits.per_hour, begun.hour), (limits.per_day, begun.day))
    return any(most is not None and most - count < NEAR for most, count in used)


def reached(limits: MessageLimits, begun: Begun) -> str:
    """Name the limit that one more message would pass; "" for none."""
    used = (
        ("messages per hour", limits.per_hour, begun.hour),
        ("messages per day", limits.per_day, begun.day),
        ("messages to one contact per hour", limits.to_one_per_hour, begun.to_one),
    )
    return next((name for name, most, n in used if most is not None and n + 1 > most), "")
