"""Reads a walk's order to queue a contact: the place in the line, and what agents need of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from desk import callbacks
from desk.callbacks import Callback
from desk.calling_hours import CallingHours
from desk.queue import Ringing, Waiting
from desk.who import Skill, Who
from flow.effects import EnterQueue

_KEPT = ("queue", "call", "caller", "line", "name", "greeting", "language")


def place_of(effect: EnterQueue, at: datetime, zone: str) -> Waiting:
    """Make the place in the line; `zone` stands in where a number tells none."""
    deadline = None if effect.max_wait is None else at + timedelta(seconds=effect.max_wait)
    waiting = Waiting(
        effect.id,
        who_of(effect.who),
        at,
        effect.priority,
        deadline,
        Ringing(**effect.ringing),
        returned=effect.returned,
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
    )
    first = at + timedelta(seconds=float(given.get("pause", 0)))
    placed = callbacks.enter(waiting, promise, first)
    return placed if placed.not_before or first <= at else callbacks.again(placed, first)


def kept_of(effect: EnterQueue) -> dict[str, Any]:
    """Give what is kept with the ticket for those who serve the contact."""
    kind = "callback" if effect.callback else "call"
    return {name: getattr(effect, name) for name in _KEPT} | {"kind": kind}


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
