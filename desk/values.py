"""Turns the contact centre's values into plain JSON values and back."""

from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def to_json(value: Any) -> Any:
    """Turn a value of this room into JSON values: times as ISO texts, tuples as lists."""
    kind: Any = type(value)
    return _adapter(kind).dump_python(value, mode="json")


def from_json(kind: type[T], plain: Any) -> T:
    """Turn what `to_json` gave back into a value of that kind.

    Raises:
        pydantic.ValidationError: it is not the JSON of such a value.
    """
    known: Any = kind
    value: T = _adapter(known).validate_python(plain)
    return value
