"""What an agent writes down after a conversation: notes, and a word for how it came out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

NOTES = 4_000
"""Characters of notes, at most: as long as a survey's free text."""

DISPOSITION = 100
"""Characters of a disposition, at most."""


@dataclass(frozen=True, slots=True)
class WrapUp:
    """Notes and disposition of one conversation; `id` is the assignment's."""

    id: str
    notes: str
    disposition: str
    at: datetime


def disposition(word: str, known: Sequence[str]) -> str:
    """Take a disposition: one of `known` where an installation lists some, else any text.

    Empty is always allowed: nothing was said of it yet.

    Raises:
        ValueError: the list does not have it; the text says what it has.
    """
    plain = " ".join(word.split())
    if plain and known and plain not in known:
        raise ValueError(f"choose one of {', '.join(known)}")
    return plain
