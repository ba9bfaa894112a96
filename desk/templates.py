"""Answers that agents have ready: texts with places that are filled in when one is sent."""

from dataclasses import dataclass
from datetime import datetime

LONGEST = 10_000
"""Characters of a text, at most."""


@dataclass(frozen=True, slots=True)
class Template:
    """One answer: `title` is what agents choose by, `text` is Liquid."""

    id: str
    title: str
    text: str
    updated: datetime
