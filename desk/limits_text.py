"""Reads limits of calls and messages as operators write them: `at_once=20, per_day=none`."""

from dataclasses import fields, replace
from math import isfinite
from typing import TypeVar

from desk.call_limits import CallLimits
from desk.outreach import MessageLimits

L = TypeVar("L", CallLimits, MessageLimits)

_LONGEST = 1_440
"""Minutes of a call: 24 hours, the most that carriers take."""


def parse_limits(text: str, known: L) -> L:
    """Read `at_once=20, per_day=none`; what is not named stays as in `known`.

    Raises:
        ValueError: a name is none of ours, or a limit is no number from 0 on.
    """
    names = [field.name for field in fields(known)]
    if getattr(known, "per_second", 0) is None:  # that of all is the carrier's account's
        names.remove("per_second")
    given: dict[str, float | None] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, _, amount = (piece.strip() for piece in part.partition("="))
        if name not in names:
            raise ValueError(f"{name!r} is no limit; there are {', '.join(names)}")
        given[name] = _amount(name, amount)
    return replace(known, **given)


def _amount(name: str, text: str) -> float | None:
    if text.lower() == "none":
        return None
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if number < 0 or not isfinite(number) or (name == "per_second" and not number):
        raise ValueError(f"{name} is a number or none, as in {name}=10")
    if name == "minutes_per_call" and not 1 <= number <= _LONGEST:
        raise ValueError(f"{name} is 1 to 1440 (24 hours), as carriers have it, or none")
    return number
