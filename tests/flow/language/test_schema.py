"""The JSON Schema accepts what `load` accepts and refuses what is malformed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it has no type stubs here
import pytest

from flow.components import PALETTE
from flow.language.reader import read
from flow.language.schema import json_schema

HERE = Path(__file__).parent
SCHEMA = json_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

MALFORMED = [
    "component_missing",
    "field_types",
    "missing_header_fields",
    "step_no_mapping",
    "steps_no_mapping",
    "unknown_component",
    "unknown_field",
    "unknown_header_field",
    "wrong_declaration",
    "wrong_format_version",
    "wrong_names",
    "wrong_type",
]


def test_it_is_a_schema_itself() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"].endswith("2020-12/schema")


@pytest.mark.parametrize("file", sorted((HERE / "good").glob("*.yaml")), ids=lambda f: f.stem)
def test_good_documents_are_valid(file: Path) -> None:
    assert list(VALIDATOR.iter_errors(read(file.read_text()).value)) == []


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_documents_are_invalid(name: str) -> None:
    document = read((HERE / "broken" / f"{name}.yaml").read_text()).value
    assert not VALIDATOR.is_valid(document)


def test_every_component_is_one_branch_told_apart_by_its_name() -> None:
    steps = SCHEMA["properties"]["steps"]["additionalProperties"]
    assert steps["discriminator"]["propertyName"] == "component"
    assert set(steps["discriminator"]["mapping"]) == set(PALETTE)
    for place in steps["discriminator"]["mapping"].values():
        assert place.removeprefix("#/$defs/") in SCHEMA["$defs"]


def _each(value: Any, visit: Callable[[dict[str, Any]], None]) -> None:
    if isinstance(value, dict):
        visit(value)
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            _each(inner, visit)


def test_no_reference_leads_nowhere() -> None:
    def visit(part: dict[str, Any]) -> None:
        place = part.get("$ref")
        if isinstance(place, str):
            assert place.removeprefix("#/$defs/") in SCHEMA["$defs"]

    _each(SCHEMA, visit)


def test_header_fields_are_described() -> None:
    assert all(field["description"] for field in SCHEMA["properties"].values())
