"""Matches what was said or written with the phrases of an option.

Case, accents and punctuation do not count; a phrase matches whole, or as a run of whole words.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache


@lru_cache(maxsize=10_000)
def plain_words(text: str) -> str:
    """Reduce a text to its words in lower case without accents, each between single blanks."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in letters if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in bare.replace("'", "")).split())


def matches(said: str, phrases: Iterable[str]) -> bool:
    """Say whether one of the phrases is in what was said."""
    heard = f" {plain_words(said)} "
    wanted = (plain_words(phrase) for phrase in phrases)
    return any(phrase and f" {phrase} " in heard for phrase in wanted)


def choose(said: str, options: Sequence[Iterable[str]]) -> int | None:
    """Find the option that was said: one whose phrase is all of it, else the first it contains."""
    heard = plain_words(said)
    for index, phrases in enumerate(options):
        if heard and any(plain_words(phrase) == heard for phrase in phrases):
            return index
    return next((i for i, phrases in enumerate(options) if matches(said, phrases)), None)
