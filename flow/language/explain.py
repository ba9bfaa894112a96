"""Says in an author's words what a model found wrong in a document."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from flow.language.nearest import did_you_mean, listed
from flow.language.reader import Path

_SENTENCES: Mapping[str, str] = {
    "missing": "is required",
    "string_type": "must be a text; put it in quotes",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "dict_type": "must be a mapping of names to values",
    "model_type": "has the wrong form; give a mapping, or a text in quotes where one may stand",
    "too_short": "must not be empty",
    "string_too_short": "must not be empty",
}

_BOUNDS: Mapping[str, tuple[str, str]] = {
    "greater_than_equal": ("must be at least {}", "ge"),
    "less_than_equal": ("must be at most {}", "le"),
    "greater_than": ("must be more than {}", "gt"),
    "less_than": ("must be less than {}", "lt"),
    "too_long": ("must have at most {} items", "max_length"),
    "string_too_long": ("must have at most {} characters", "max_length"),
    "string_pattern_mismatch": ("has characters that may not stand here (pattern {})", "pattern"),
}


def explain(error: ValidationError, model: type[BaseModel], given: Any) -> list[tuple[Path, str]]:
    """Turn a model's errors into pairs of the path inside `given` and one sentence.

    The branches of a field that takes several forms become one sentence.
    """
    found: dict[Path, list[str]] = {}
    for detail in error.errors(include_url=False):
        if detail["type"] == "too_short" and detail["input"]:
            continue  # its items are wrong, and each of them is reported itself
        path = _path(detail, given)
        sentence = _sentence(detail, model)
        if sentence not in found.setdefault(path, []):
            found[path].append(sentence)
    return [(path, ", or ".join(sentences)) for path, sentences in found.items()]


def _path(detail: ErrorDetails, given: Any) -> Path:
    # A location also names branches of unions and items that a validator made; the document
    # has no such places.
    path: list[str | int] = []
    for part in detail["loc"]:
        if not _has(given, part):
            if detail["type"] == "missing" and isinstance(given, Mapping):
                path.append(part)
            break
        path.append(part)
        given = given[part]
    return tuple(path)


def _has(given: Any, part: str | int) -> bool:
    if isinstance(given, Mapping):
        return part in given
    return isinstance(given, list) and isinstance(part, int) and part < len(given)


def _sentence(detail: ErrorDetails, model: type[BaseModel]) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind in _SENTENCES:
        return _SENTENCES[kind]
    if kind in _BOUNDS:
        form, name = _BOUNDS[kind]
        return form.format(context[name])
    if kind == "extra_forbidden":
        return _unknown_field(detail, model)
    if kind == "literal_error":
        return _not_one_of(detail)
    if kind == "value_error":
        return str(context["error"])
    message = detail["msg"]
    return message[:1].lower() + message[1:]


def _unknown_field(detail: ErrorDetails, model: type[BaseModel]) -> str:
    name = str(detail["loc"][-1])
    top = len(detail["loc"]) == 1
    known = field_names(model) if top else []
    return f"there is no such field{did_you_mean(name, known)}"


def _not_one_of(detail: ErrorDetails) -> str:
    expected = detail["ctx"]["expected"].replace(" or ", ", ").replace("'", "")
    names = expected.split(", ")
    return f"must be one of {listed(names)}{did_you_mean(str(detail['input']), names)}"


def field_names(model: type[BaseModel]) -> list[str]:
    """List a model's fields as documents spell them."""
    return [field.alias or name for name, field in model.model_fields.items()]


def dotted(path: Iterable[str | int]) -> str:
    """Write a path as problems show it: `options.0.keys`."""
    return ".".join(str(part) for part in path)


def strings(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield every text inside a value with its path."""
    if isinstance(value, str):
        yield path, value
        return
    items: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, Mapping):
        items = value.items()
    elif isinstance(value, Sequence):
        items = enumerate(value)
    for key, item in items:
        yield from strings(item, (*path, key))
