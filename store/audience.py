"""Whether anybody subscribes to events, remembered for a moment so that turns stay cheap."""

import time
from collections.abc import Callable

MOMENT = 1.0
"""Seconds for which the answer counts: so late does a new subscriber get its first events."""


class Audience:
    """What one process knows of there being subscribers."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until = 0.0
        self._present = False

    def present(self, look: Callable[[], bool]) -> bool:
        """Say whether there are subscribers; `look` finds out where that is not known."""
        now = self._clock()
        if now >= self._until:
            self._present = look()
            self._until = now + MOMENT
        return self._present

    def forget(self) -> None:
        """Have it looked up the next time: this process has changed it."""
        self._until = 0.0
