"""However a document is mangled, `check` answers with problems and never crashes."""

from copy import deepcopy
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from flow.language.check import check
from flow.language.dump import dump
from flow.language.problem import Problem
from flow.language.reader import read

GOOD = [file.read_text() for file in sorted((Path(__file__).parent / "good").glob("*.yaml"))]
FRAGMENTS = [
    "{{",
    "}}",
    "{%",
    ":",
    "- ",
    "[",
    "{",
    "&a",
    "*a",
    "!!x",
    "\n",
    "  ",
    "'",
    "\x00",
    "😀",
]
ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    10**40,
    "",
    "{{ steps }}",
    "{{ x",
    [],
    {},
    [[]],
    {"": ""},
    "error",
]


def _well_formed(problems: list[Problem], text: str) -> None:
    for problem in problems:
        assert 1 <= problem.line <= text.count("\n") + 2
        assert problem.message
        assert "\n" not in problem.line_text()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_mangled_text(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(GOOD))
    for _ in range(data.draw(st.integers(1, 4))):
        begin = data.draw(st.integers(0, len(text)))
        end = min(len(text), begin + data.draw(st.integers(0, 20)))
        text = text[:begin] + data.draw(st.sampled_from(FRAGMENTS)) + text[end:]
    _well_formed(check([("a.yaml", text)]), text)


def _places(value: Any) -> list[tuple[Any, Any]]:
    items: list[tuple[Any, Any]] = list(value.items()) if isinstance(value, dict) else []
    items = list(enumerate(value)) if isinstance(value, list) else items
    found = []
    for key, inner in items:
        found += [(value, key), *_places(inner)]
    return found


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_mangled_values(data: st.DataObject) -> None:
    document = read(data.draw(st.sampled_from(GOOD))).value
    for _ in range(data.draw(st.integers(1, 3))):
        holder, key = data.draw(st.sampled_from(_places(document)))
        if data.draw(st.booleans()):
            holder[key] = deepcopy(data.draw(st.sampled_from(ODD)))
        elif isinstance(holder, dict):
            holder[data.draw(st.sampled_from(["", "on", "x.y", "0", "error"]))] = holder.pop(key)
    text = dump(document)
    _well_formed(check([("a.yaml", text), ("b.yaml", GOOD[0])]), text + "\n" * 1000)


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_any_text(text: str) -> None:
    _well_formed(check([("a.yaml", text)]), text)
