"""Says in a writer's words what a model found wrong in an agents file or a request."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

_SENTENCES: Mapping[str, str] = {
    "missing": "is required",
    "extra_forbidden": "there is no such field",
    "string_type": "must be a text; put it in quotes",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be a mapping of names to values",
    "model_type": "must be a mapping of names to values",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "too_long": "must have at most {max_length} items",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "string_pattern_mismatch": "use letters, digits and _ . @ -, beginning with a letter or digit",
    "literal_error": "must be one of {expected}",
}


def explain(error: ValidationError) -> list[tuple[tuple[str | int, ...], str]]:
    """List the mistakes, each as the path of the value and one sentence."""
    return [
        (tuple(part for part in found["loc"] if part != "[key]"), _sentence(found["type"], found))
        for found in error.errors(include_url=False)
    ]


def _sentence(kind: str, found: Mapping[str, Any]) -> str:
    given = found.get("ctx", {})
    if kind == "value_error":
        return str(given["error"])
    return _SENTENCES[kind].format(**given) if kind in _SENTENCES else str(found["msg"])
