"""Counts the minutes of those who were put through, for the API key that began the walk."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from desk.call_book import called_number
from desk.call_limits import cost
from flow.ledger import Call
from runner.ports import Work

_LONGEST = timedelta(hours=25)
"""How long ago a caller who now parts can have been put through: a walk lives 24 h at most."""


def parted(work: Work, call: Call, mark: Callable[[str], str]) -> None:
    """Count what a call cost that the carrier placed to put a caller through, once it is over.

    The rule that let it go has written it down without its length. `mark` makes a number's digest.
    """
    if call.status != "completed" or not call.parent or call.ended is None:
        return
    number = mark(called_number(call.recipient))
    known = work.put_through(call.parent, number, call.ended - _LONGEST)
    if known is None:
        return
    seconds = call.seconds
    if seconds is None:
        seconds = max(0, round((call.ended - known.at).total_seconds()))
    spent = cost(seconds, known.per_minute)
    work.keep_dialled(replace(known, ended=call.ended, seconds=seconds, cost=spent))
