"""The book of outgoing calls: the switch, what was let go, what was refused, who is never called.

Of a contact's number only a keyed digest stands beside a call, and a masked form in a refusal.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime

_NUMBER = re.compile(r"\+?\d{4,}")
_SHOWN = 3
_SHORTEST = 8
"""Digits of a number that may show its ends: of a shorter one they would be all there is."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether calls may leave at all (`reason`, `since`), and from when the next one may."""

    stopped: bool = False
    reason: str = ""
    since: datetime | None = None
    free_from: datetime | None = None

    def shut(self, reason: str, at: datetime) -> "Gate":
        """Stop it; one that is stopped already keeps since when."""
        since = self.since if self.stopped else at
        return replace(self, stopped=True, reason=reason, since=since)

    def opened(self) -> "Gate":
        """Let things leave again."""
        return replace(self, stopped=False, reason="", since=None)


@dataclass(frozen=True, slots=True)
class Dialled:
    """A call that was let go at `at`, which may still be ahead: the rules give each its moment.

    `id` is the leg's, `number` a keyed digest, `fresh` says that the number was never called
    before. `per_minute` and `cost` are in the tariff's money. Open until `ended`.
    """

    id: str
    at: datetime
    api_key: str
    number: str
    fresh: bool
    per_minute: float = 0.0
    seconds: int = 0
    cost: float = 0.0
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A call that did not leave: `kind` is contact, agent or forward, `number` is masked."""

    at: datetime
    leg: str
    kind: str
    api_key: str
    reason: str
    detail: str
    number: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """An entry of the do-not-call list: a number in E.164."""

    number: str
    reason: str
    added: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """What was let go until now, by one key or in all.

    Calls and new numbers of the last hour, calls of the last 24 hours; `seconds` and `cost` of
    those that ended; of the open ones, when each began and its price per minute.
    """

    hour: int = 0
    fresh: int = 0
    day: int = 0
    seconds: int = 0
    cost: float = 0.0
    open: tuple[tuple[datetime, float], ...] = ()


def masked(target: str) -> str:
    """Show the ends of a number and no more, also inside a SIP URI."""
    return _NUMBER.sub(_stars, target)


def _stars(found: re.Match[str]) -> str:
    number = found[0]
    if len(number) < _SHORTEST:
        return "*" * len(number)
    return f"{number[:_SHOWN]}{'*' * (len(number) - 2 * _SHOWN)}{number[-_SHOWN:]}"


def called_number(target: str) -> str:
    """Give the number a target means: itself, or what a SIP URI such as sip:+351…@host names."""
    name = re.split(r"[@;?]", re.sub(r"^sips?:", "", target.strip(), flags=re.IGNORECASE))[0]
    plain = re.sub(r"[\s().\-/]", "", name)
    return plain if re.fullmatch(r"\+[1-9]\d{1,14}", plain) else target.strip().lower()
