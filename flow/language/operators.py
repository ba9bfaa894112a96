"""The operators that `condition` compares with, each a function of two values and a manner."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from flow import limits
from flow.errors import StepError
from flow.language.moments import read_date, read_time
from flow.language.patterns import found_by_pattern

# A plus sign or a leading zero makes a text a phone number or a code, which is no number.
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,30})(?:\.\d{1,30})?")


@dataclass(frozen=True, slots=True)
class Manner:
    """How to compare: whether case counts, and the flow's zone for times and dates."""

    exact: bool
    zone: ZoneInfo


Operator = Callable[[Any, Any, Manner], bool]


def as_text(value: Any) -> str:
    """Write a value as a template would: nothing is empty, true is `true`."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def _plain(value: Any, manner: Manner) -> str:
    text = as_text(value)[: limits.MATCHED_INPUT].strip()
    return text if manner.exact else text.casefold()


def _as_number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    text = as_text(value).strip()
    if not _NUMBER.fullmatch(text):
        return None
    return float(text) if "." in text else int(text)


def _equals(value: Any, to: Any, manner: Manner) -> bool:
    left, right = _as_number(value), _as_number(to)
    if left is not None and right is not None:
        return left == right
    return _plain(value, manner) == _plain(to, manner)


def _matches_any_of(value: Any, to: Any, manner: Manner) -> bool:
    choices = to if isinstance(to, list) else as_text(to).split(",")
    return any(_equals(value, choice, manner) for choice in choices)


def _contains(value: Any, to: Any, manner: Manner) -> bool:
    if isinstance(value, list):
        return any(_equals(item, to, manner) for item in value)
    part = _plain(to, manner)
    return bool(part) and part in _plain(value, manner)


def _starts_with(value: Any, to: Any, manner: Manner) -> bool:
    part = _plain(to, manner)
    return bool(part) and _plain(value, manner).startswith(part)


def _ends_with(value: Any, to: Any, manner: Manner) -> bool:
    part = _plain(to, manner)
    return bool(part) and _plain(value, manner).endswith(part)


def _is_blank(value: Any, to: Any, manner: Manner) -> bool:
    del to
    return value in ([], {}) or not _plain(value, manner)


def _regex(value: Any, to: Any, manner: Manner) -> bool:
    return found_by_pattern(as_text(value).strip(), as_text(to), exact=manner.exact)


def _number(name: str, compare: Callable[[float, float], bool]) -> Operator:
    def apply(value: Any, to: Any, manner: Manner) -> bool:
        del manner
        left, right = _as_number(value), _as_number(to)
        if left is None or right is None:
            raise StepError(f"{name} compares numbers, and one of the two values is none")
        return compare(left, right)

    return apply


def _time(name: str, compare: Callable[[time, time], bool]) -> Operator:
    def apply(value: Any, to: Any, manner: Manner) -> bool:
        return compare(read_time(value, manner.zone, name), read_time(to, manner.zone, name))

    return apply


def _date(name: str, compare: Callable[[date, date], bool]) -> Operator:
    def apply(value: Any, to: Any, manner: Manner) -> bool:
        return compare(read_date(value, manner.zone, name), read_date(to, manner.zone, name))

    return apply


OPERATORS: Mapping[str, Operator] = {
    "equals": _equals,
    "matches_any_of": _matches_any_of,
    "contains": _contains,
    "starts_with": _starts_with,
    "ends_with": _ends_with,
    "is_blank": _is_blank,
    "regex": _regex,
    "less_than": _number("less_than", lambda left, right: left < right),
    "at_most": _number("at_most", lambda left, right: left <= right),
    "greater_than": _number("greater_than", lambda left, right: left > right),
    "at_least": _number("at_least", lambda left, right: left >= right),
    "before_time": _time("before_time", lambda left, right: left < right),
    "after_time": _time("after_time", lambda left, right: left > right),
    "before_date": _date("before_date", lambda left, right: left < right),
    "after_date": _date("after_date", lambda left, right: left > right),
}
