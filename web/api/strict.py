"""Reads the JSON of a request strictly: what two readers could understand in two ways is refused.

RFC 8259 leaves open what doubled names, huge numbers and unpaired surrogates mean; NaN is no JSON
at all. Each is refused with its reason (threats-and-faults, threat 17).
"""

import json
import re
from collections.abc import Sequence
from typing import Any, Never

from flask import Request

from web.api.problems import Problem

PREFIX = "/api/"

_DEPTH = 50
"""Objects and lists inside each other (threats-and-faults, threat 17)."""

_LARGEST = 2**63 - 1
"""The largest whole number that every database and most languages can hold."""

_UNPAIRED = re.compile("[\ud800-\udfff]")
_TYPE = re.compile(r'application/json(\s*;\s*charset="?utf-8"?)?', re.IGNORECASE)


class StrictRequest(Request):
    """A request whose JSON, under `/api/`, is read strictly."""

    def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:  # noqa: FBT001, FBT002  the framework's own signature
        """Read the body as JSON.

        Raises:
            Problem: the request has no JSON, or no strict one.
        """
        if not self.path.startswith(PREFIX):
            return super().get_json(force, silent, cache)
        if not _TYPE.fullmatch(self.headers.get("Content-Type", "").strip()):
            raise Problem(415, "send JSON, with the header Content-Type: application/json")
        return read(self.get_data())


def read(body: bytes) -> Any:
    """Read one JSON document.

    Raises:
        Problem: it is not JSON, or not JSON that everybody reads alike.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise _bad("the body is not UTF-8 text") from None
    try:
        document = json.loads(
            text,
            object_pairs_hook=_once,
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_bounded,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _bad(f"the body is not JSON: {error.msg}, {where}") from None
    except RecursionError:
        raise _bad(_TOO_DEEP) from None
    if document is None:
        raise _bad("the body is null: send an object")
    _look_through(document)
    return document


_TOO_DEEP = f"objects and lists may be inside each other at most {_DEPTH} deep"


def _bad(detail: str) -> Problem:
    return Problem(400, detail)


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        doubled = next(name for name in names if names.count(name) > 1)
        raise Problem(
            400,
            "a name may stand only once in an object",
            [{"field": doubled[:100], "message": "this name stands twice in one object"}],
        )
    return found


def _no_constant(word: str) -> Never:
    raise _bad(f"{word} is no JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if number in {float("inf"), float("-inf")}:
        raise _bad("a number is too large")
    return number


def _bounded(text: str) -> int:
    if len(text) > len(str(-_LARGEST)) or abs(number := int(text)) > _LARGEST:
        raise _bad("a whole number is too large: it must fit in 64 bits")
    return number


def _look_through(document: Any) -> None:
    """Refuse what lies too deep, and text that is no Unicode."""
    waiting = [(document, 1)]
    while waiting:
        value, depth = waiting.pop()
        if isinstance(value, str):
            if _UNPAIRED.search(value):
                raise _bad("a text has an unpaired surrogate, which is no Unicode")
            continue
        if not isinstance(value, dict | list):
            continue
        if depth > _DEPTH:
            raise _bad(_TOO_DEEP)
        inside = [*value, *value.values()] if isinstance(value, dict) else value
        waiting += [(part, depth + 1) for part in inside]
