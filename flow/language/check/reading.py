"""Finds every template of a document and the names it reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flow.errors import TemplateError
from flow.language import templates
from flow.language.explain import strings
from flow.language.parse import Parsed
from flow.language.reader import Path

_NO_TEMPLATES = {"component", "title", "exits"}
_HEADER = ("language", "voice", "music", "outputs")


@dataclass(frozen=True, slots=True)
class Template:
    """One text with template marks: where it is, what it reads, or why it does not parse.

    `step` is empty in the header; `names` are paths such as `("vars", "company")`.
    """

    step: str
    path: Path
    names: tuple[tuple[str, ...], ...] = ()
    filters: tuple[str, ...] = ()
    fault: str = ""


def templates_of(document: Parsed) -> list[Template]:
    """List every template of a document."""
    found = [*_of_header(document), *_of_steps(document)]
    return [template for template in found if template is not None]


def _of_header(document: Parsed) -> Iterator[Template | None]:
    given = document.text.value
    for section in _HEADER:
        for path, text in strings(given.get(section), (section,)):
            yield _template("", path, text)
    for name, declared in document.header.variables.items():
        for path, text in strings(declared.default, ("variables", name, "default")):
            yield _template("", path, text)


def _of_steps(document: Parsed) -> Iterator[Template | None]:
    for name, raw in document.raw.items():
        component = document.component(name)
        for key, value in raw.items():
            if key not in _NO_TEMPLATES and not _is_code(component, key):
                yield from _in_field(name, key, value)


def _in_field(step: str, key: str, value: Any) -> Iterator[Template | None]:
    for path, text in strings(value, (key,)):
        yield _template(step, path, text)


def _is_code(component: str, key: str) -> bool:
    # JavaScript may hold two braces in a row; its values come in as `args`.
    return component == "run_function" and key == "source"


def _template(step: str, path: Path, text: str) -> Template | None:
    if not templates.is_template(text):
        return None
    try:
        names = tuple(templates.names(text))
        return Template(step, path, names, tuple(templates.unknown_filters(text)))
    except TemplateError as error:
        return Template(step, path, fault=str(error))
