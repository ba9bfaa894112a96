"""Reads a walk's order to queue a contact: the place in the line, and what agents need of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from desk import callbacks
from desk.callbacks import Callback
from desk.calling_hours import CallingHours, common
from desk.floor import Floor
from desk.queue import Ringing, Waiting
from desk.weights import Weights
from desk.who import Skill, Who
from flow.effects import EnterQueue

WEIGHTS = Weights()
_KEPT = ("queue", "call", "caller", "line", "name", "greeting", "auto_answer", "language")


@dataclass(frozen=True, slots=True)
class DeskRules:
    """What the operator has settled for the desk: after-call work in seconds, zone, weights.

    `changed` hears, after the commit, of each conversation by messages whose turn changed. `hours`
    are those at which contacts may be called at all: callbacks keep to them besides their own.
    """

    wrap_up: float = 0.0
    zone: str = "UTC"
    weights: Weights = WEIGHTS
    changed: Callable[[str], object] = str
    hours: CallingHours | None = None

    def floor(self) -> Floor:
        """Make a floor on which nobody is yet."""
        return Floor(wrap_up=self.wrap_up, call_weight=self.weights.voice)

    def place(self, effect: EnterQueue, at: datetime, own: str) -> Waiting:
        """Make the place in the line, as `place_of`."""
        if effect.callback and self.hours:
            given = _hours(effect.callback.get("hours"))
            hours = (common(given, self.hours) or given) if given else self.hours
            usual = {"from": hours.start, "to": hours.end, "days": hours.days}
            effect = replace(effect, callback={**effect.callback, "hours": usual})
        return place_of(effect, at, self.zone, own, self.weights)


NO_RULES = DeskRules()
"""For a desk of which nothing is settled."""


def place_of(
    effect: EnterQueue,
    at: datetime,
    zone: str,
    own: str = "",
    weights: Weights = WEIGHTS,
) -> Waiting:
    """Make the place in the line.

    `own` is the zone of a contact who is called back, where it is known; `zone` stands in where a
    number tells none.
    """
    deadline = None if effect.max_wait is None else at + timedelta(seconds=effect.max_wait)
    waiting = Waiting(
        effect.id,
        who_of(effect.who),
        at,
        effect.priority,
        deadline,
        Ringing(**effect.ringing),
        returned=effect.returned,
        weight=weights.of(effect.channel),
        conversation=effect.conversation,
        inbox=bool(effect.conversation) and effect.offer == "inbox",
        kind="message" if effect.conversation else "call",
    )
    given = effect.callback
    if not given:
        return waiting
    began = datetime.fromisoformat(given["requested"])
    entered = datetime.fromisoformat(given.get("entered") or given["requested"])
    waiting = replace(waiting, entered=entered)
    promise = Callback(
        number=given["number"],
        requested=began,
        default=zone,
        max_wait=effect.max_wait,
        at=_moment(given.get("at"), began),
        hours=_hours(given.get("hours")),
        zone=own,
    )
    first = at + timedelta(seconds=float(given.get("pause", 0)))
    placed = callbacks.enter(waiting, promise, first)
    return placed if placed.not_before or first <= at else callbacks.again(placed, first)


def kept_of(effect: EnterQueue) -> dict[str, Any]:
    """Give what is kept with the ticket for those who serve the contact."""
    kept = {name: getattr(effect, name) for name in _KEPT}
    if effect.conversation:
        about = {"channel": effect.channel, "conversation": effect.conversation}
        return {**kept, **about, "kind": "message"}
    return {**kept, "kind": "callback" if effect.callback else "call"}


def who_of(given: Mapping[str, Any]) -> Who:
    """Read which agents a walk means."""
    return Who(
        tuple(given.get("ring_groups", ())),
        tuple(given.get("agents", ())),
        tuple(Skill(**skill) for skill in given.get("attributes", ())),
        given.get("match", "all"),
    )


def _hours(given: Mapping[str, Any] | None) -> CallingHours | None:
    return CallingHours(given["from"], given["to"], tuple(given["days"])) if given else None


def _moment(text: str | None, like: datetime) -> datetime | None:
    """Read a scheduled time; one without an offset is in UTC."""
    if not text:
        return None
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=like.tzinfo)
