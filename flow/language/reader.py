"""Reads YAML or JSON text into plain values and remembers the line of every one of them.

Only plain values are read: no tags, no merge keys, no dates. Scalars follow YAML 1.2's core
schema (section 10.3.2), because 1.1 turns `on`, `no` and `12:30` into something else; a number
with a leading zero stays text, and every key is text.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from flow.errors import FlowError

SIZE = 1_000_000
"""Characters of a document: more than any person writes, less than hurts to read."""

DEPTH = 50
"""Nesting of a document: a flow needs about six levels."""

VALUES = 100_000
"""Values of a document with its aliases expanded: a small text may not become a huge one."""

Path = tuple[str | int, ...]

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,30})")
_FLOAT = re.compile(
    r"[-+]?(?:0|[1-9][0-9]{0,30})(?:\.[0-9]+(?:[eE][-+]?[0-9]{1,3})?|[eE][-+]?[0-9]{1,3})"
)
_WORDS: Mapping[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_SURROGATES = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class Unreadable(FlowError):
    """The text is no YAML or JSON that can be a flow; `line` counts from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Text:
    """A text that was read: its values, the line of each, and the keys given twice.

    `twice` holds the path of the key and the lines of its first and second appearance.
    """

    value: Any
    lines: Mapping[Path, int] = field(default_factory=dict)
    twice: tuple[tuple[Path, int, int], ...] = ()

    def line(self, path: Path) -> int:
        """Find the line of a value, or of the nearest one around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


class _Loader(yaml.BaseLoader):
    """Composes nodes; refuses tags and deep nesting before they cost anything."""

    level = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]  # the stubs leave it out
        if getattr(event, "tag", None) is not None:
            raise Unreadable(
                "tags (words with !) are not used here; put a text that begins with ! in quotes",
                event.start_mark.line + 1,
            )
        self.level += 1
        if self.level > DEPTH:
            raise Unreadable(f"nested more than {DEPTH} deep", event.start_mark.line + 1)
        try:
            return super().compose_node(parent, index)
        finally:
            self.level -= 1


def read(text: str) -> Text:
    """Read one document of YAML, or of JSON when the text is that.

    Raises:
        Unreadable: the text is neither, too large, nested too deeply, or expands to too much.
    """
    if len(text) > SIZE:
        raise Unreadable(f"larger than {SIZE:,} characters", 1)
    loader = None
    try:
        loader = _Loader(_json_as_yaml(text) if _is_json(text) else text)
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        raise Unreadable(_reason(error), _line(error)) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise Unreadable("a character here may not stand in YAML", line) from None
    except (ValueError, OverflowError):
        raise Unreadable("an escaped character does not exist", 1) from None
    finally:
        if loader is not None:
            loader.dispose()
    return _Builder().text(node)


def _is_json(text: str) -> bool:
    if not text.lstrip().startswith("{"):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _json_as_yaml(text: str) -> str:
    # YAML forbids tabs between tokens and knows no surrogate pairs; elsewhere JSON is YAML.
    plain = text.replace("\t", " ")
    return _SURROGATES.sub(lambda found: json.loads(f'"{found[0]}"'), plain)


def _reason(error: yaml.MarkedYAMLError) -> str:
    return f"not readable as YAML: {error.problem or error.context or 'broken'}"


def _line(error: yaml.MarkedYAMLError) -> int:
    mark = error.problem_mark or error.context_mark
    return mark.line + 1 if mark else 1


class _Builder:
    """Turns nodes into values, counting, so that aliases cannot explode."""

    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self.twice: list[tuple[Path, int, int]] = []
        self.values = 0

    def text(self, node: yaml.Node | None) -> Text:
        value = None if node is None else self._value(node, ())
        return Text(value, self.lines, tuple(self.twice))

    def _value(self, node: yaml.Node, path: Path) -> Any:
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        self.values += 1
        if self.values > VALUES:
            raise Unreadable(f"more than {VALUES:,} values, aliases expanded", line)
        if len(path) > DEPTH:
            raise Unreadable(f"nested more than {DEPTH} deep", line)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*path, index)) for index, item in enumerate(node.value)]
        if _LONE_SURROGATE.search(node.value):
            raise Unreadable("an escaped character is only half of one", line)
        plain = isinstance(node, yaml.ScalarNode) and node.style is None
        return _scalar(node.value) if plain else node.value

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, item in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise Unreadable("a key must be a plain text", line)
            place = (*path, key.value)
            if key.value in found:
                self.twice.append((place, self.lines[place], line))
                continue
            self.lines[place] = line
            found[key.value] = self._value(item, place)
        return found


def _scalar(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def plain_number(text: str) -> bool:
    """Say whether a text without quotes would be read as a number."""
    return bool(_INTEGER.fullmatch(text) or _FLOAT.fullmatch(text))
