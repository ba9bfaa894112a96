"""Writes a flow document as YAML that git can compare: fields always in the same order."""

from collections.abc import Mapping
from typing import Any

import yaml

from flow.components import PALETTE
from flow.language.document import Document
from flow.language.explain import field_names
from flow.language.reader import plain_number

_FIRST = ("component", "title")
_LAST = ("save", "exits")


class _Dumper(yaml.SafeDumper):
    """Never writes aliases; quotes every text that would be read as something else."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else '"' if plain_number(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _float(dumper: _Dumper, value: float) -> yaml.ScalarNode:
    # YAML 1.1, which other programs read, knows no exponent without a decimal point.
    written = repr(value)
    written = written if "." in written else written.replace("e", ".0e")
    return dumper.represent_scalar("tag:yaml.org,2002:float", written)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(float, _float)


def dump(document: Mapping[str, Any]) -> str:
    """Write a document with its fields in the order of the reference; steps keep their order."""
    ordered = _in_order(document, list(Document.model_fields))
    steps = ordered.get("steps")
    if isinstance(steps, Mapping):
        ordered["steps"] = {name: _ordered_step(step) for name, step in steps.items()}
    return yaml.dump(ordered, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def _ordered_step(step: Any) -> Any:
    if not isinstance(step, Mapping):
        return step
    kind = PALETTE.get(str(step.get("component")))
    own = field_names(kind) if kind else sorted(step)
    middle = [name for name in own if name not in {*_FIRST, *_LAST}]
    return _in_order(step, [*_FIRST, *middle], _LAST)


def _in_order(
    given: Mapping[str, Any], first: list[str], last: tuple[str, ...] = ()
) -> dict[str, Any]:
    known = {*first, *last}
    names = [*first, *(name for name in given if name not in known), *last]
    return {name: given[name] for name in names if name in given}
