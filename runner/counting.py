"""Counts what is used of the limits, behind the gate's lock; says when room comes back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from desk.call_limits import WINDOWS, Added, CallLimits, used
from desk.outbound import Use
from runner.ports import Work

AGAIN = timedelta(seconds=5)
"""After how long it is worth asking again whether a call has ended; longer for who waits long, so
that the whole wait takes a dozen tries."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Calls that are asked for at once: whose key, and each one's digest and price.

    `fresh` are the digests never called before. `stays`: they count as calls at once.
    """

    key: str
    at: datetime
    marks: Sequence[str]
    fresh: Sequence[str]
    prices: Sequence[float]
    stays: bool = True


def count(
    work: Work,
    limits: tuple[CallLimits, CallLimits],
    asked: Asked,
    waited: timedelta = timedelta(),
) -> list[Use]:
    """Hold calls against the limits of their key, if they have one, and against those of all."""
    per_key, in_all = limits
    found = list(_uses(work, in_all, asked, None, waited))
    if asked.key:
        found += _uses(work, per_key, asked, asked.key, waited)
    return found


def _uses(
    work: Work, limits: CallLimits, asked: Asked, key: str | None, waited: timedelta
) -> Iterator[Use]:
    scope: Literal["key", "all"] = "all" if key is None else "key"
    added = Added(len(asked.marks), len(asked.fresh), sum(asked.prices), asked.stays)
    found = used(limits, work.tally(asked.at, key), added, scope, asked.at)
    for name, use in found.items():
        yield (
            replace(use, frees_at=_room(work, name, use, asked, key, waited))
            if (use.is_full)
            else use
        )


def _room(
    work: Work, name: str, use: Use, asked: Asked, key: str | None, waited: timedelta
) -> datetime | None:
    """Say when there is room again; None where only the operator or a new day knows."""
    if name == "at_once" and use.most >= use.adds:
        return asked.at + max(AGAIN, waited / 2)
    back = int(use.most - use.adds) + 1
    if name not in WINDOWS or back < 1:
        return None
    fresh = name == "new_numbers_per_hour"
    oldest = work.let_go_at(asked.at - WINDOWS[name], back, key, fresh=fresh)
    return oldest + WINDOWS[name] if oldest else None
