"""Stop asking a host that does not answer, so that one dead service does not slow every call."""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

MAX_HOSTS = 1_000  # remembered at once; the one not used for longest is forgotten first


@dataclass
class _State:
    failures: deque[float] = field(default_factory=deque)
    opened_at: float | None = None
    trial_until: float = 0.0


class CircuitBreaker:
    """Count failures by host; open after 5 within 30 s, then let one trial through at a time.

    Seconds are of the monotonic `clock`. Thread-safe. A trial that never reports back stops
    counting after `window` seconds, so that a lost one does not close the host off for good.
    """

    def __init__(
        self,
        failures: int = 5,
        window: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit = failures
        self._window = window
        self._clock = clock
        self._lock = threading.Lock()
        self._hosts: OrderedDict[str, _State] = OrderedDict()

    def may_try(self, host: str) -> bool:
        """Say whether the host may be asked now; a yes in the half-open state is the trial."""
        with self._lock:
            state = self._hosts.get(host)
            if state is None or state.opened_at is None:
                return True
            now = self._clock()
            if now < state.opened_at + self._window or now < state.trial_until:
                return False
            state.trial_until = now + self._window
            return True

    def succeeded(self, host: str) -> None:
        """Record that the host answered: it is healthy again."""
        with self._lock:
            self._hosts.pop(host, None)

    def failed(self, host: str) -> None:
        """Record that the host did not answer, or not in time."""
        with self._lock:
            now = self._clock()
            state = self._hosts.setdefault(host, _State())
            self._hosts.move_to_end(host)
            state.failures.append(now)
            while state.failures[0] <= now - self._window:
                state.failures.popleft()
            if state.opened_at is not None or len(state.failures) >= self._limit:
                state.opened_at, state.trial_until = now, 0.0
            while len(self._hosts) > MAX_HOSTS:
                self._hosts.popitem(last=False)
