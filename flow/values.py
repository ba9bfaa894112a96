"""Turns the rules' plain values to JSON and back, by their class name and annotated fields."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any

from flow import effects, events, instructions

_FAMILIES = (events.Event, instructions.Instruction, effects.Effect)


@cache
def _classes() -> dict[str, type[Any]]:
    return {kind.__name__: kind for family in _FAMILIES for kind in family.__args__}


def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _escaped(key: str) -> str:
    # A key of somebody's JSON may look like one of our marks; one more dollar tells them apart.
    return f"${key}" if key.startswith("$") else key


def _plain(key: str) -> str:
    return key.removeprefix("$")


def to_json(value: Any) -> Any:
    """Turn an event, instruction or effect (and what it holds) into JSON values."""
    kind = type(value)
    if kind is str or kind is int or kind is bool or value is None or kind is float:
        return value
    if isinstance(value, datetime):
        return {"$time": value.isoformat()}
    if isinstance(value, list | tuple | frozenset):
        return [to_json(item) for item in value]
    if isinstance(value, Mapping):
        return {_escaped(str(key)): to_json(item) for key, item in value.items()}
    if kind.__name__ in _classes():
        packed = {name: to_json(getattr(value, name)) for name in _names(kind)}
        return {"$kind": kind.__name__, **packed}
    raise TypeError(f"{kind.__name__} is no value of the rules")


def from_json(value: Any) -> Any:
    """Turn what `to_json` gave back into values; lists inside a value become tuples.

    Raises:
        KeyError: the JSON names a kind that this version does not know.
    """
    if isinstance(value, list):
        return [from_json(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    if "$time" in value:
        return datetime.fromisoformat(value["$time"])
    if "$kind" not in value:
        return {_plain(key): from_json(item) for key, item in value.items()}
    kind = _classes()[value["$kind"]]
    unpacked = {key: from_json(item) for key, item in value.items() if key != "$kind"}
    return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in unpacked.items()})
