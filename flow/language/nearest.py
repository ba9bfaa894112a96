"""Suggests what an author may have meant."""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """Give `; did you mean 'x'?` for the nearest known name, or nothing when none is near."""
    near = get_close_matches(given, list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def listed(names: Iterable[str]) -> str:
    """Join names for a sentence; `nothing` when there are none."""
    return ", ".join(names) or "nothing"
