"""Takes a document apart: its header, its steps, the line of each field, all that is malformed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from flow.component import Component
from flow.components import NOT_YET_BUILT, PALETTE
from flow.language.document import Document
from flow.language.explain import dotted, explain
from flow.language.nearest import did_you_mean
from flow.language.problem import Problem, Severity
from flow.language.reader import Path, Text, Unreadable, read

_PLACEHOLDERS: Mapping[str, Any] = {
    "linewalk": 1,
    "flow": "unnamed",
    "type": "module",
    "start": "-",
    "steps": {"-": {}},
}


@dataclass(frozen=True)
class Parsed:
    """A document as far as it could be read, for the rules of `check`.

    Header fields in `unusable` were missing or malformed and stand in `header` as placeholders.
    `steps` holds the steps that are well formed, `raw` all that are mappings.
    """

    source: str
    text: Text
    header: Document
    unusable: frozenset[str]
    raw: Mapping[str, Mapping[str, Any]]

    @property
    def slug(self) -> str:
        """The flow's name, empty when it has no usable one."""
        return "" if "flow" in self.unusable else self.header.flow

    @property
    def type(self) -> str:
        """The flow's type, empty when it has no usable one."""
        return "" if "type" in self.unusable else self.header.type

    @property
    def start(self) -> str:
        """The first step, empty when there is no such step."""
        return self.header.start if self.header.start in self.raw else ""

    @cached_property
    def names(self) -> frozenset[str]:
        """The names under `steps`, malformed ones included."""
        return self.declared("steps")

    def declared(self, section: str) -> frozenset[str]:
        """The names that a section of the header gives, whatever they stand for."""
        given = self.text.value.get(section)
        return frozenset(given) if isinstance(given, Mapping) else frozenset()

    @cached_property
    def steps(self) -> dict[str, Component]:
        """The well-formed steps."""
        return {name: step for name, step in self._built.items() if isinstance(step, Component)}

    @cached_property
    def _built(self) -> dict[str, Component | list[tuple[Path, str]]]:
        return {name: _step(raw) for name, raw in self.raw.items()}

    def component(self, step: str) -> str:
        """Name the component of a step; empty when it names none."""
        name = self.raw[step].get("component")
        return name if isinstance(name, str) else ""

    def exits(self, step: str) -> dict[str, str]:
        """Give the exits of a step that lead to a step of this document."""
        given = self.raw[step].get("exits")
        if not isinstance(given, Mapping):
            return {}
        return {n: to for n, to in given.items() if isinstance(to, str) and to in self.raw}

    def problem(
        self, message: str, step: str = "", path: Path = (), severity: Severity = "error"
    ) -> Problem:
        """Make a problem at a path inside a step, or in the header when `step` is empty."""
        place: Path = ("steps", step, *path) if step else path
        line = self.text.line(place)
        return Problem(severity, self.source, line, step, dotted(path), message)

    def malformed(self) -> Iterator[Problem]:
        """Yield what is wrong with the form of the document and of each step."""
        for path, first, second in self.text.twice:
            step, rest = _split(path)
            message = f"is given twice, in line {first} and here; keep one"
            yield Problem("error", self.source, second, step, dotted(rest), message)
        yield from self._malformed_header()
        for name, built in self._built.items():
            if isinstance(built, list):
                for place, message in built:
                    yield self.problem(message, name, place)

    def _malformed_header(self) -> Iterator[Problem]:
        for path, message in _header_faults(self.text.value):
            step, rest = _split(path)
            if not step or step not in self.raw:
                yield self.problem(message, path=path)
            else:
                yield self.problem(message, step, rest)


def _split(path: Path) -> tuple[str, Path]:
    if len(path) > 1 and path[0] == "steps":
        return str(path[1]), path[2:]
    return "", path


def parse(text: str, source: str) -> "Parsed | Problem":
    """Take a document apart; a text that is no mapping at all is one problem."""
    try:
        found = read(text)
    except Unreadable as error:
        return Problem("error", source, error.line, "", "", str(error))
    if not isinstance(found.value, dict) or not found.value:
        return Problem("error", source, 1, "", "", "a flow is a mapping that begins: linewalk: 1")
    header, unusable = _header(found.value)
    steps = found.value.get("steps")
    raw = steps if isinstance(steps, dict) else {}
    raw = {name: step for name, step in raw.items() if isinstance(step, dict)}
    return Parsed(source, found, header, unusable, raw)


def _header_faults(given: Any) -> list[tuple[Path, str]]:
    try:
        Document.model_validate(given)
    except ValidationError as error:
        return explain(error, Document, given)
    return []


def _header(given: dict[str, Any]) -> tuple[Document, frozenset[str]]:
    unusable = {str(path[0]) for path, _ in _header_faults(given) if path}
    kept = {name: value for name, value in given.items() if name not in unusable}
    for name, value in _PLACEHOLDERS.items():
        kept.setdefault(name, value)
    return Document.model_validate(kept), frozenset(unusable)


def _step(raw: Mapping[str, Any]) -> Component | list[tuple[Path, str]]:
    name = raw.get("component")
    if name is None:
        return [(("component",), "is required")]
    if not isinstance(name, str) or name not in PALETTE:
        return [(("component",), _unknown_component(name))]
    kind = PALETTE[name]
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        return explain(error, kind, raw)


def _unknown_component(name: object) -> str:
    if name in NOT_YET_BUILT:
        return f"{name} is not built yet"
    text = str(name)
    return f"there is no component {text!r}{did_you_mean(text, (*PALETTE, *NOT_YET_BUILT))}"
