"""Fills in templates that hold nothing but names (`{{ vars.company }}`), without the renderer.

Most templates of a flow are of this kind, and the renderer takes ten times as long. Whatever is
not plain (a filter, a tag, a name that is not there, a value that is no text or whole number) is
left to `flow.language.templates`, so the outcome is always the renderer's.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flow import limits

LEFT: Any = object()
"""The answer for what only the renderer can do."""

_Path = tuple[str, ...]

_OUTPUT = re.compile(r"\{\{ *([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*) *\}\}", re.ASCII)
_SPECIAL = frozenset({"size", "first", "last"})
# The limit counts bytes; a character takes four of them at the most.
_LONGEST = limits.TEMPLATE_OUTPUT // 4
_LONE = 3  # an empty text, the path, an empty text


@lru_cache(maxsize=20_000)
def _parts(text: str) -> tuple[str | _Path, ...] | None:
    """Take a template apart into texts and paths, by turns; None when it is not that plain."""
    found = _OUTPUT.split(text)
    texts, names = found[::2], found[1::2]
    paths = [tuple(name.split(".")) for name in names]
    if any("{{" in part or "{%" in part or part.endswith("{") for part in texts):
        return None
    if any(_SPECIAL.intersection(path) for path in paths):
        return None
    taken: list[str | _Path] = [texts[0]]
    for path, part in zip(paths, texts[1:], strict=True):
        taken += [path, part]
    return tuple(taken)


def _find(path: _Path, scope: Mapping[str, Any]) -> Any:
    found: Any = scope
    for name in path:
        if type(found) is not dict or name not in found:
            return LEFT
        found = found[name]
    return found


def render(text: str, scope: Mapping[str, Any]) -> Any:
    """Render a template to text, or give `LEFT`."""
    parts = _parts(text)
    if parts is None:
        return LEFT
    done = []
    for part in parts:
        found = part if type(part) is str else _find(part, scope)  # type: ignore[arg-type]  # a part that is no text is a path
        kind = type(found)
        if kind is not str and kind is not int:
            return LEFT
        done.append(found if kind is str else str(found))
    whole = "".join(done)
    return whole if len(whole) <= _LONGEST else LEFT


def evaluate(text: str, scope: Mapping[str, Any]) -> Any:
    """Give the value of a template that is one name and nothing else, or `LEFT`."""
    parts = _parts(text)
    if parts is None or len(parts) != _LONE or parts[0] or parts[2]:
        return LEFT
    found = _find(parts[1], scope)  # type: ignore[arg-type]  # the middle one is a path
    kind = type(found)
    if kind is str:
        return found if len(found) <= _LONGEST else LEFT
    return found if kind in (int, float, bool, dict, list) else LEFT
