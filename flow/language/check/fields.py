"""The rule that asks every component what is wrong in its own fields."""

from collections.abc import Iterator

from flow.language.parse import Parsed
from flow.language.problem import Problem
from flow.language.reader import Path


def component_problems(document: Parsed) -> Iterator[Problem]:
    """A component finds what its types alone cannot say."""
    for name, step in document.steps.items():
        for field, message in step.problems():
            yield document.problem(message, name, _path(field))


def _path(field: str) -> Path:
    parts = field.split(".") if field else []
    return tuple(int(part) if part.isdigit() else part for part in parts)
