"""How long to wait between the tries of a failed request: doubling, with jitter."""

import random

FIRST = 0.2
"""Seconds before the first repeat."""

_LONGEST, _SHORTEST = 1.5, 0.5


def pause(repeat: int) -> float:
    """Give the seconds before a repeat, counted from 0."""
    return FIRST * 2.0**repeat * random.uniform(_SHORTEST, _LONGEST)  # noqa: S311  # nosec B311 jitter is no secret


def longest_pauses(repeats: int) -> float:
    """Give the seconds that all pauses before so many repeats may take together."""
    return sum(FIRST * 2.0**repeat * _LONGEST for repeat in range(repeats))
