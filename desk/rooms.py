"""The room where a contact and those who serve speak: who is on hold, who is to come, who watches.

It is written down from the first time that something is asked of it; until then two speak, and the
leaving of either ends it. Its id is the conference's name: that of the first conversation in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from desk.assignments import Assignment

Purpose = Literal["", "warm", "blind", "add"]
"""Why somebody is being called: to take over after a word, to take over at once, or to join."""

Mode = Literal["listen", "whisper", "barge"]
"""What a supervisor does: only listens, speaks to the agent alone, or speaks to all."""

CONTACT = "contact"
"""The contact's seat; all others are named by their legs."""


@dataclass(frozen=True, slots=True)
class Watcher:
    """A supervisor who is in the room, or is being called into it."""

    leg: str
    agent: str
    mode: Mode


@dataclass(frozen=True, slots=True)
class Room:
    """`pending` is who is being called, "" for nobody: a place in the queue, or an outside leg.

    `leaving` are legs to be ended as soon as their leaving ends nothing. `round` counts the
    changes. The room is `closed` when nobody serves the contact any more, or the contact left.
    """

    id: str
    contact: str
    is_held: bool = False
    pending: str = ""
    purpose: Purpose = ""
    watchers: tuple[Watcher, ...] = ()
    leaving: tuple[str, ...] = ()
    round: int = 0
    closed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Seat:
    """How one party is in the room: on hold, muted, heard only by the leg it `coaches`.

    `ends`: its leaving ends the room.
    """

    held: bool = False
    ends: bool = False
    muted: bool = False
    coaches: str = ""


def seats(room: Room, serving: Sequence[Assignment]) -> Mapping[str, Seat]:
    """Say how everybody shall be in a room; `serving` are its conversations, the oldest first."""
    just_two = len(serving) == 1 and not room.is_held and not room.pending
    found = {CONTACT: Seat(held=room.is_held, ends=just_two)}
    found |= {leg: Seat() for leg in room.leaving}
    found |= {each.id: Seat(ends=just_two) for each in serving}
    coached = next((each.id for each in reversed(serving) if each.agent), "")
    return found | {each.leg: _watching(each, coached) for each in room.watchers}


def one_came(room: Room, serving: Sequence[Assignment]) -> Room:
    """Somebody who was called is there: the contact waits on only while two speak about it."""
    held = room.is_held and len(serving) > 1 and room.purpose == "warm"
    return replace(room, pending="", purpose="", is_held=held)


def nobody_came(room: Room) -> Room:
    """Who was called does not come: a contact who was put on hold for it is back."""
    held = room.is_held and room.purpose == "add"
    return replace(room, pending="", purpose="", is_held=held)


def one_left(room: Room, others: Sequence[Assignment]) -> Room:
    """One of several has left: a contact who is alone hears music until somebody comes."""
    if others:
        return replace(room, is_held=room.is_held and bool(room.pending))
    return replace(room, is_held=True, purpose="blind")


def _watching(watcher: Watcher, coached: str) -> Seat:
    if watcher.mode == "whisper" and coached:
        return Seat(coaches=coached)
    return Seat(muted=watcher.mode != "barge")
