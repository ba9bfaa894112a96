"""What the bound numbers lack at the carrier, for `/readyz`.

It is said from what a look in the background found, so that readiness never hangs on the carrier.
"""

import threading
import time
from collections.abc import Callable, Iterable, Sequence

from runner.carrier.numbers import CarrierNumber, NumbersAtCarrier
from runner.errors import CarrierError

FRESH = 600.0
"""Seconds for which a look at the carrier's numbers is good enough for a warning."""


def missing(known: Iterable[CarrierNumber], bound: Iterable[str]) -> list[str]:
    """Say which bound numbers have no status or no fallback address at the carrier."""
    ours, found = set(bound), []
    for each in known:
        if each.number not in ours:
            continue
        names = {"status_callback": "status", "voice_fallback_url": "fallback"}
        lacks = [word for name, word in names.items() if not each.stands.get(name)]
        if lacks:
            which = " and no ".join(lacks)
            found.append(f"{each.number} has no {which} address at the carrier: carrier sync")
    return found


class Watch:
    """Remembers what the carrier's numbers lack; looks again in the background, and never waits."""

    def __init__(self, carrier: NumbersAtCarrier, bound: Callable[[], Iterable[str]]) -> None:
        self._carrier, self._bound = carrier, bound
        self._lock = threading.Lock()
        self._known: Sequence[CarrierNumber] = ()
        self._looked: float | None = None

    def warnings(self) -> list[str]:
        """Give what the last look found; the first time nothing yet."""
        with self._lock:
            now = time.monotonic()
            is_old = self._looked is None or now - self._looked > FRESH
            if is_old:
                self._looked = now
        if is_old:
            threading.Thread(target=self._look, daemon=True, name="carrier-numbers").start()
        return missing(self._known, self._bound())

    def _look(self) -> None:
        try:
            self._known = self._carrier.all()
        except CarrierError:
            return  # the carrier is away: that says nothing about its numbers
