"""The generated pages are fresh, and nothing that a flow author meets is undocumented."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from flow.components import PALETTE
from flow.kinds import Kind
from flow.language.check import check
from flow.language.operators import OPERATORS
from flow.language.schema import json_schema
from flow.language.templates import filter_names
from web.cli.docs import DOCS, pages
from web.cli.reference import words
from web.cli.reference.commands import own_commands
from web.cli.reference.components import EXAMPLES

PAGES = pages()
STEPS: dict[str, dict[str, Any]] = yaml.safe_load(EXAMPLES.read_text("utf-8"))
FLOWS = re.findall(
    r"```yaml\n(linewalk: 1\n.*?)```", (DOCS / "language.md").read_text("utf-8"), re.DOTALL
)


@pytest.mark.parametrize("path", list(PAGES), ids=lambda path: path.name)
def test_a_generated_page_is_fresh(path: Path) -> None:
    assert path.read_text("utf-8") == PAGES[path], "run make docs"


@pytest.mark.parametrize("name", list(PALETTE))
def test_the_example_of_a_component_is_right(name: str) -> None:
    step = PALETTE[name].model_validate(STEPS[name])
    assert step.component == name
    assert step.problems() == []
    assert set(step.exits) <= {*step.exit_names(), "error"}
    assert set(step.exit_names()) - set(step.OPTIONAL) <= set(step.exits)


def test_every_component_has_an_example_and_a_chapter() -> None:
    chapters = re.findall(r"^## (\w+)$", PAGES[DOCS / "components.md"], re.MULTILINE)
    assert set(STEPS) == set(PALETTE) == set(chapters)


def test_every_field_says_what_it_is_for() -> None:
    schema = json_schema()
    models = {"Document": schema, **schema["$defs"]}
    silent = [
        f"{model}.{name}"
        for model, described in models.items()
        for name, field in described.get("properties", {}).items()
        if not (field.get("description") or "const" in field or name == "layout")
    ]
    assert silent == []


def test_the_tables_of_the_language_are_complete() -> None:
    assert set(words.OPERATOR_WORDS) == set(OPERATORS)
    assert set(words.TYPE_WORDS) == set(get_args(Kind))
    assert sorted(name for _, names in words.FILTERS for name in names) == filter_names()


def test_every_command_and_option_says_what_it_does() -> None:
    page = PAGES[DOCS / "commands.md"]
    chapters = re.findall(r"^## (flask .+)\n\n`.+`\n\n(.+)$", page, re.MULTILINE)
    assert len(chapters) == page.count("\n## ")
    assert all(meaning.endswith(".") for _, meaning in chapters)
    assert re.findall(r"^\| `-.*\| \|$", page, re.MULTILINE) == []
    assert {name.split()[1] for name, _ in chapters} == set(own_commands())


@pytest.mark.parametrize("text", FLOWS)
def test_the_flows_of_the_guide_have_no_fault(text: str) -> None:
    assert check([("guide.yaml", text)], lambda _slug, _version: None) == []
