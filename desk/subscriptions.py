"""What others may be told: events, who subscribes to them, and how long it is tried to tell.

An event is sent to each subscriber at least once, under one id. The events of one interaction
reach a subscriber one after the other, numbered from 1; different interactions do not wait for
each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

EventName = Literal[
    "interaction.started",
    "call.answered",
    "call.assigned",
    "agent.left",
    "survey.answered",
    "recording.ready",
    "interaction.ended",
    "message.received",
    "conversation.waiting",
    "conversation.assigned",
]

EVENTS: tuple[EventName, ...] = (
    "interaction.started",
    "call.answered",
    "call.assigned",
    "agent.left",
    "survey.answered",
    "recording.ready",
    "interaction.ended",
    "message.received",
    "conversation.waiting",
    "conversation.assigned",
)
"""Everything that can be subscribed to: of a call as it usually happens, then of messages."""

DeliveryState = Literal["waiting", "ready", "done", "dead"]
"""`waiting` stands behind an earlier event of its interaction; `dead` was given up."""

MOST_SUBSCRIBERS = 20
"""Subscribers of one installation: each has threads of its own, so that none waits for another."""

LONGEST_URL = 2_000
"""Characters of a subscriber's address."""

PATIENCE = timedelta(hours=24)
"""How long it is tried to deliver one event, and how long a subscriber may fail in everything
before it is paused (threats-and-faults, fault 40)."""

KEPT = timedelta(days=3)
"""How long a delivered event is kept, to be delivered again by hand."""

LONGEST_KEPT = timedelta(days=30)
"""How long any event is kept: one that was given up, or waits for a paused subscriber."""

_FIRST_PAUSE = 5.0
_LONGEST_PAUSE = 3_600.0
_JITTER = 0.2


@dataclass(frozen=True, slots=True)
class Subscription:
    """Somebody who is told: `sealed` is the signing secret, which only the vault can read.

    `paused` since when nothing is sent, `reason` why. `failures` counts those since the last
    success, the first of which was at `failing_since`.
    """

    id: str
    url: str = field(repr=False)
    events: Sequence[str]
    sealed: bytes = field(repr=False)
    created: datetime
    paused: datetime | None = None
    reason: str = ""
    failures: int = 0
    failing_since: datetime | None = None

    def is_hopeless(self, at: datetime) -> bool:
        """Say whether it has failed in everything for so long that it is to be paused."""
        return self.failing_since is not None and at - self.failing_since >= PATIENCE


@dataclass(frozen=True, slots=True)
class OutsideEvent:
    """One thing that happened, as subscribers are told: `data` depends on the `name`."""

    id: str
    name: str
    interaction: str
    execution: str
    flow: str
    at: datetime
    data: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one subscriber; `number` orders the events of an interaction for it.

    `due` is when it may be tried next; while somebody tries, when others may take over. `until`
    is when it is given up, counted from the first try. `status` is the last answer's, 0 for none.
    """

    interaction: str
    subscription: str
    number: int
    event: str
    state: DeliveryState
    due: datetime
    attempts: int = 0
    until: datetime | None = None
    status: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery that was claimed, with all that is needed to send it."""

    subscription: Subscription
    delivery: Delivery
    event: OutsideEvent


@dataclass(frozen=True, slots=True)
class Backlog:
    """What a subscriber has not got: `open` is still to be sent, `dead` was given up."""

    open: int = 0
    dead: int = 0


def pause_after(attempts: int, chance: float) -> timedelta:
    """Say how long to wait after so many failed tries: 5 s, doubled each time, an hour at most.

    `chance`, from 0 to 1, shifts it by up to a fifth either way: those who failed together shall
    not come again together.
    """
    pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(attempts - 1, 20))
    return timedelta(seconds=pause * (1 + _JITTER * (2 * chance - 1)))


def is_given_up(delivery: Delivery, at: datetime) -> bool:
    """Say whether a delivery that has just failed is not to be tried again."""
    return delivery.until is not None and at >= delivery.until
