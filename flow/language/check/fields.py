"""The rule that asks every component what is wrong in its own fields."""

from collections.abc import Iterator, Mapping
from typing import Any

from flow.language.parse import Parsed
from flow.language.problem import Problem
from flow.language.reader import Path


def component_problems(document: Parsed) -> Iterator[Problem]:
    """A component finds what its types alone cannot say."""
    for name, step in document.steps.items():
        for field, message in step.problems():
            yield document.problem(message, name, _path(field, document.raw[name]))


def _path(field: str, value: Any) -> Path:
    """Make the path of a field: a number is a place in a list, or a key such as a telephone's."""
    found: list[str | int] = []
    for part in field.split(".") if field else []:
        key = part if isinstance(value, Mapping) or not part.isdigit() else int(part)
        found.append(key)
        value = _inside(value, key)
    return tuple(found)


def _inside(value: Any, key: str | int) -> Any:
    if isinstance(value, Mapping):
        return value.get(key)
    inside = isinstance(value, list) and isinstance(key, int) and key < len(value)
    return value[key] if inside else None
