"""What is kept how long, and whose it is: the values of retention, erasing and holding."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

Kind = Literal["recordings", "messages", "histories", "surveys", "desk"]

REPORTS_LATE = timedelta(days=30)
"""How long a carrier may still report on a call that was erased."""


@dataclass(frozen=True, slots=True)
class Periods:
    """How many days each kind is kept after its end; 0 keeps it for ever."""

    recordings: int = 0
    messages: int = 0
    histories: int = 0
    surveys: int = 0
    desk: int = 400

    def before(self, kind: Kind, now: datetime) -> datetime | None:
        """Give the moment before which a thing must have ended to go; None: all of it stays."""
        days: int = getattr(self, kind)
        return now - timedelta(days=days) if days else None


@dataclass(frozen=True, slots=True)
class Person:
    """All ways a contact is known by; empty text where there is none."""

    contact: str = ""
    number: str = ""
    email: str = ""

    @property
    def marks(self) -> tuple[str, ...]:
        """Give what to look for in texts: the number and the e-mail address."""
        return tuple(mark for mark in (self.number, self.email) if mark)

    def is_meant(self, state: str) -> bool:
        """Say whether an execution's state is of this person: its call, contact, channel, inputs.

        A number that is only mentioned (a transfer went there) makes nobody's history theirs.
        """
        told = json.loads(state)
        contact, call, written = (told.get(name, {}) for name in ("contact", "call", "message"))
        if self.contact and contact.get("id") == self.contact:
            return True
        values = [contact.get("number"), contact.get("email"), call.get("from"), call.get("to")]
        values += [told.get("channel", {}).get("address"), told.get("channel", {}).get("from")]
        values += [written.get("from"), written.get("to")]
        for frame in told.get("frames", ()):
            values += frame.get("inputs", {}).values()
        return self.has_any(values)

    def has_any(self, values: Iterable[Any]) -> bool:
        """Say whether one of these values is the number or the e-mail address."""
        return any(isinstance(v, str) and _plain(v) in self.marks for v in values)


def _plain(value: str) -> str:
    return value.strip().lower() if "@" in value else value.strip()


@dataclass(slots=True)
class Belongings:
    """Everything of one person, by its ids; `mentions` counts what others' histories say of them.

    `calls` and `recordings` are the carrier's ids, `places` those of tickets, `served` those of the
    agents' conversations that came of them. `peers` are the addresses they wrote from, `files` the
    names of their messages' files on the shelf. `live` says what keeps an erasure waiting, in
    words; empty when nothing does.
    """

    executions: set[str] = field(default_factory=set)
    calls: set[str] = field(default_factory=set)
    recordings: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)
    served: set[str] = field(default_factory=set)
    legs: set[str] = field(default_factory=set)
    conversations: set[str] = field(default_factory=set)
    peers: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    mentions: int = 0
    live: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """A person whose data neither time nor an erasure removes."""

    id: str
    person: Person
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Proof:
    """What an erasure removed, by table or kind, and when: nothing about whom."""

    id: str
    at: datetime
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """Count everything."""
        return sum(self.counts.values())
