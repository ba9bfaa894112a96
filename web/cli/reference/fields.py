"""Describes the fields of a model, for people, from its JSON Schema."""

import json
import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from web.cli.reference.table import code, table

_WORDS = {"string": "text", "integer": "whole number", "boolean": "true or false", "object": "map"}
_REF = re.compile(r"#/\$defs/(\w+)")
_MANY = 12
"""More words than this are a table of their own, in the language guide."""
_LIMITS = (("minimum", "at least"), ("maximum", "at most"), ("exclusiveMinimum", "more than"))


def field_table(model: type[BaseModel], leave_out: frozenset[str] = frozenset()) -> str:
    """Write the table of a model's fields: name, type, default, what it is for."""
    schema = model.model_json_schema()
    required = schema.get("required", ())
    rows = [
        [code(name), _type(field, schema), _default(name, field, required), _purpose(field)]
        for name, field in schema.get("properties", {}).items()
        if name not in leave_out
    ]
    return table(("field", "type", "default", "meaning"), rows) if rows else ""


def parts(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """Give the models that a model's fields are made of, by the name of the field."""
    found = {}
    for name, field in model.model_fields.items():
        inside = _model_in(field.annotation)
        if inside is not None:
            found[field.alias or name] = inside
    return found


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = getattr(annotation, "__args__", ())
    return next((found for found in map(_model_in, inner) if found is not None), None)


def _type(field: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    choices = [choice for choice in field.get("anyOf", ()) if choice.get("type") != "null"]
    if _speaks(field) or any(_speaks(choice) for choice in choices):
        others = {name for name in _REF.findall(json.dumps(field)) if name != "Item"}
        return f"[message](language.md#messages){' or map' if others else ''}"
    if "$ref" in field:
        return "map"
    if len(field.get("enum", ())) > _MANY:
        return "[operator](language.md#conditions)"
    if "enum" in field or "const" in field:
        return " or ".join(code(str(word)) for word in field.get("enum", [field.get("const")]))
    if choices:
        words = dict.fromkeys(_type(choice, schema) for choice in choices)
        spans = set(words) == {"number", "text"}
        return "[duration](language.md#durations)" if spans else " or ".join(words)
    return _plain_type(field, schema)


def _plain_type(field: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    kind = str(field.get("type", "any value"))
    if kind == "array":
        inside = field.get("items", {})
        return f"list of {_type(inside, schema)}s" if "$ref" in inside else "list"
    limits = [f"{word} {field[name]}" for name, word in _LIMITS if name in field]
    return ", ".join([_WORDS.get(kind, kind), *limits])


def _speaks(field: Mapping[str, Any]) -> bool:
    return "#/$defs/Item" in json.dumps(field.get("anyOf", ()))


def _default(name: str, field: Mapping[str, Any], required: Any) -> str:
    if name in required:
        return "needed"
    given = field.get("default")
    if given is None or given in ("", [], {}):
        return ""
    return code(given if isinstance(given, str) else json.dumps(given))


def _purpose(field: Mapping[str, Any]) -> str:
    return str(field.get("description", ""))
