"""In which time zones the owner of a number may be, by libphonenumber's metadata."""

from collections.abc import Iterable
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from phonenumbers import timezone

_UNKNOWN = "Etc/Unknown"


@lru_cache(maxsize=10_000)
def zones_of(number: str) -> tuple[ZoneInfo, ...]:
    """Find the zones of a number in E.164; none when nothing is known of it.

    A number bound to a place has one zone, a mobile number often those of its whole country.
    """
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return ()
    return _known(timezone.time_zones_for_number(parsed))


def zones_for(number: str, own: str = "") -> tuple[ZoneInfo, ...]:
    """Give a contact's own zone when it is known, else those of the number."""
    return _known([own]) or zones_of(number)


def _known(names: Iterable[str]) -> tuple[ZoneInfo, ...]:
    found = (_zone(name) for name in names if name and name != _UNKNOWN)
    return tuple(zone for zone in found if zone)


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None  # The zone comes from a contact's record, where anything may stand.
