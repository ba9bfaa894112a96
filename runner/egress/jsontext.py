"""Read JSON that a stranger wrote, with bounds on depth and numbers."""

import json
import math
import re
from typing import Any

MAX_DEPTH = 50
MAX_DIGITS = 100  # of one integer; Python's own limit of 4,300 is slow to convert many times
# A string, closed or not, is one token; so the scan is linear whatever the text holds.
_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)
# What PostgreSQL cannot store: NUL, and halves of surrogate pairs that escapes can spell.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class JsonError(ValueError):
    """The text is not acceptable JSON; the message says why and quotes nothing of it."""


def parse_json(text: str) -> Any:
    """Read JSON at most 50 levels deep, without NaN, infinity and endless integers.

    NUL and unpaired surrogates in strings become U+FFFD. Raises `JsonError`.
    """
    _check_depth(text)
    try:
        value = json.loads(text, parse_constant=_constant, parse_int=_integer, parse_float=_float)
    except JsonError:
        raise
    except (ValueError, RecursionError) as error:
        raise JsonError("it is not valid JSON") from error
    return _cleaned(value)


def storable(text: str) -> str:
    """Replace the characters that no database text can hold by U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)


def _check_depth(text: str) -> None:
    depth = 0
    for token in _TOKENS.finditer(text):
        char = token[0]
        if char in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise JsonError(f"it is nested more than {MAX_DEPTH} levels deep")
        elif char in "]}":
            depth -= 1


def _constant(name: str) -> Any:
    raise JsonError(f"it contains {name}, which is not JSON")


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise JsonError(f"it contains an integer of more than {MAX_DIGITS} digits")
    return int(text)


def _float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise JsonError("it contains a number that is too large")
    return number


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        return {storable(key): _cleaned(item) for key, item in value.items()}
    return value
