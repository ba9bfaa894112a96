"""The types of inputs and variables: how a value becomes one, and what it is when nobody says."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Literal

from flow.errors import StepError

Kind = Literal["string", "integer", "number", "boolean", "date", "object", "list"]

_TRUE = {"true", "yes", "1", "on"}
_FALSE = {"false", "no", "0", "off", ""}


def _string(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def _integer(value: Any) -> int:
    number = _number(value)
    if number != int(number):
        raise ValueError(value)
    return int(number)


def _number(value: Any) -> float:
    if isinstance(value, bool):
        raise ValueError(value)  # noqa: TRY004 coerce() reports every misfit the same way
    if isinstance(value, int):
        return value
    number = float(value)
    if number != number or number in (float("inf"), float("-inf")):  # noqa: PLR0124 NaN test
        raise ValueError(value)
    return number


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower() if value is not None else ""
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    raise ValueError(value)


def _date(value: Any) -> str:
    return date.fromisoformat(str(value).strip()[:10]).isoformat()


def _structure(kind: type) -> Callable[[Any], Any]:
    def convert(value: Any) -> Any:
        found = json.loads(value) if isinstance(value, str) else value
        if not isinstance(found, kind):
            raise TypeError(value)
        return found

    return convert


_CONVERTERS: Mapping[str, Callable[[Any], Any]] = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "object": _structure(dict),
    "list": _structure(list),
}

_EMPTY: Mapping[str, Any] = {"string": "", "object": {}, "list": []}


def coerce(value: Any, kind: str, name: str) -> Any:
    """Turn a value into one of a declared type; nothing stays nothing.

    Raises:
        StepError: it cannot be one; the text names the field and the type, not the value.
    """
    if value is None:
        return None
    try:
        return _CONVERTERS[kind](value)
    except (ValueError, TypeError, OverflowError, RecursionError):
        raise StepError(f"{name} must be {_article(kind)} {kind}") from None


def empty(kind: str) -> Any:
    """Give the value of a variable that has no default."""
    return _EMPTY.get(kind)


def _article(kind: str) -> str:
    return "an" if kind[0] in "aeiou" else "a"
