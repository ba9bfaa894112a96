"""Gives long lists in pages: `?limit=&cursor=`, and `next` for the page after."""

import binascii
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from web.api.problems import Problem, wrong_field

T = TypeVar("T")

LONGEST = 200
"""Entries of one page."""


def _digits(value: Any) -> Any:
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        raise ValueError("give a whole number in digits")
    return value


_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def _written_out(value: Any) -> Any:
    if isinstance(value, str) and not _TIME.fullmatch(value):
        raise ValueError("write a time with its zone, such as 2026-11-24T08:30:00Z")
    return value


def left_out(**more: Any) -> Any:
    """Declare a parameter that may be left out; an address cannot say null, so neither may it."""
    return Field(None, json_schema_extra=_without_null, **more)


def _without_null(schema: dict[str, Any]) -> None:
    del schema["default"]
    [some] = [choice for choice in schema.pop("anyOf") if choice != {"type": "null"}]
    schema.update(some)


Time = Annotated[AwareDatetime | None, BeforeValidator(_written_out)]
"""A moment, as RFC 3339 writes it, that may be left out."""


class Query(BaseModel):
    """The parameters in an address; what is not declared is refused."""

    model_config = ConfigDict(extra="forbid")


class Page(Query):
    """Which part of a list is wanted."""

    limit: Annotated[int, BeforeValidator(_digits)] = Field(
        50, ge=1, le=LONGEST, description="Entries of this page."
    )
    cursor: str | None = left_out(
        min_length=1,
        max_length=500,
        pattern="^[A-Za-z0-9_-]+$",
        description="`next` of the page before.",
    )

    def after(self, *kinds: Callable[[Any], T]) -> tuple[T, ...] | None:
        """Give the place this page begins behind, None for the first page.

        Raises:
            Problem: the cursor is none of ours.
        """
        return None if self.cursor is None else _position(self.cursor, kinds)


def page(found: Sequence[T], limit: int, place: Callable[[T], Sequence[Any]]) -> dict[str, Any]:
    """Make an answer of at most `limit` entries; `found` should hold one more, if there is one.

    `place` gives what the next page is to begin behind.
    """
    shown = list(found[:limit])
    more = len(found) > limit
    return {"items": shown, "next": _cursor(place(shown[-1])) if more else None}


def sliced(found: Sequence[T], asked: Page, key: Callable[[T], str]) -> dict[str, Any]:
    """Make a page of a list that is short enough to be read whole, in the order of its keys."""
    after = asked.after(text)
    ordered = sorted(found, key=key)
    behind = [one for one in ordered if after is None or key(one) > after[0]]
    return page(behind[: asked.limit + 1], asked.limit, lambda one: [key(one)])


def text(value: Any) -> str:
    """Take a text of a cursor."""
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def number(value: Any) -> int:
    """Take a row's number of a cursor."""
    if not isinstance(value, int) or not 0 <= value < 2**31:
        raise ValueError(value)
    return value


def moment(value: Any) -> datetime:
    """Take a moment of a cursor."""
    found = datetime.fromisoformat(text(value))
    if found.tzinfo is None:
        raise ValueError(value)
    return found


def _cursor(place: Sequence[Any]) -> str:
    packed = json.dumps(list(place), separators=(",", ":"), default=datetime.isoformat)
    return urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def _position(cursor: str, kinds: Sequence[Callable[[Any], T]]) -> tuple[T, ...]:
    try:
        packed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        values = json.loads(packed)
        return tuple(kind(value) for kind, value in zip(kinds, values, strict=True))
    except (binascii.Error, ValueError, TypeError, RecursionError, OverflowError):
        raise _bad_cursor() from None


def _bad_cursor() -> Problem:
    return wrong_field("cursor", "this is no cursor of this list: take `next` of an answer")
