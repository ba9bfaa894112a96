"""How often a visitor, and everybody at one address, may ask for what: counted per process."""

import ipaddress
import math
import time
from collections.abc import Mapping

from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from digital.chat.problems import later

_VISITOR: Mapping[str, str] = {
    "message": "20/minute;200/hour",
    "upload": "10/minute;60/hour",
    "typing": "40/minute",
    "read": "120/minute",
    "history": "120/minute",
    "events": "60/minute",
    "file": "60/minute",
}

# Whole offices write from one address, so it may do more than one visitor.
_ADDRESS: Mapping[str, str] = {
    "session": "60/minute;600/hour",
    "message": "200/minute;3000/hour",
    "upload": "60/minute;300/hour",
    "typing": "600/minute",
    "read": "1200/minute",
    "history": "1200/minute",
    "events": "600/minute",
    "file": "300/minute",
}

_SITE = 64
"""Bits of an IPv6 address that one household or office has."""


class Paces:
    """Counts requests, and refuses what is too many."""

    def __init__(self) -> None:
        self._counter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._visitor = {what: parse_many(text) for what, text in _VISITOR.items()}
        self._address = {what: parse_many(text) for what, text in _ADDRESS.items()}

    def visitor(self, what: str, visitor: str) -> None:
        """Count one request of a visitor.

        Raises:
            Problem: it is one too many.
        """
        self._count(self._visitor[what], what, "visitor", visitor)

    def address(self, what: str, address: str) -> None:
        """Count one request from an address.

        Raises:
            Problem: it is one too many.
        """
        self._count(self._address[what], what, "address", site_of(address))

    def _count(self, limits: list[RateLimitItem], *whom: str) -> None:
        for limit in limits:
            if self._counter.hit(limit, *whom):
                continue
            free = self._counter.get_window_stats(limit, *whom).reset_time - time.time()
            raise later(429, "this is too fast: wait a moment", max(1, math.ceil(free)))


def site_of(address: str) -> str:
    """Give what one household has of addresses: an IPv4 address, the first half of an IPv6 one."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, _SITE), strict=False))
