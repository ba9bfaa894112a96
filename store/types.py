"""How values are kept so that both databases give back exactly what was put in.

Text: PostgreSQL refuses NUL and both refuse unpaired surrogates, which strangers can send us; at
this border each becomes U+FFFD, the replacement character. JSON keeps them, as escapes. Times are
aware UTC datetimes in and out, microseconds kept.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

_ENCODE = json.JSONEncoder(separators=(",", ":"), default=dict).encode
_UNPAIRED = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """Give the text as both databases can keep it."""
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    if not text.isascii():
        text = _UNPAIRED.sub("\ufffd", text)
    return text


def to_json(value: Any) -> str:
    """Write JSON that any database can keep: everything but ASCII is escaped."""
    return "{}" if value == {} else _ENCODE(value)


def utc(moment: datetime) -> datetime:
    """Give the same moment in UTC.

    Raises:
        ValueError: the moment has no zone, so nobody knows which one it is.
    """
    if moment.tzinfo is None:
        raise ValueError("the store keeps moments with a zone only")
    return moment.astimezone(UTC)


def to_sqlite(moment: datetime) -> str:
    """Write a moment as SQLite keeps it: UTC, sortable, always with microseconds."""
    return utc(moment).replace(tzinfo=None).isoformat(" ", "microseconds")


def from_sqlite(text: str) -> datetime:
    """Read what `to_sqlite` wrote."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class CleanText(sa.TypeDecorator[str]):
    """Text that passed `clean`."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """Clean what goes in."""
        return None if value is None else clean(value)


class Json(sa.TypeDecorator[Any]):
    """A JSON value, kept as text so that it comes back as it was on every database."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str:
        """Write it."""
        return to_json(value)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Any:
        """Read it."""
        return None if value is None else json.loads(value)


class Moment(sa.TypeDecorator[datetime]):
    """An aware UTC datetime."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Take any zone but none."""
        return None if value is None else utc(value)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Give UTC; SQLite keeps no zone."""
        return None if value is None else value.replace(tzinfo=UTC)


def kept(value: Any) -> Any:
    """Give a copy of a ledger value as a database would give it back: for the memory store."""
    changed = {item.name: _kept_field(getattr(value, item.name)) for item in fields(value)}
    return replace(value, **changed)


def _kept_field(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, datetime):
        return utc(value)
    if isinstance(value, Mapping | list | tuple):
        return json.loads(to_json(value))
    return value
