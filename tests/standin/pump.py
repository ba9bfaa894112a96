"""The threads that send: what is on one lane goes in order, lanes go beside each other."""

import threading
import time
from collections import deque
from collections.abc import Callable

Job = Callable[[], None]
THREADS = 6


class Pump:
    """A small pool of threads under one condition, which is also the carrier's lock."""

    def __init__(self, condition: threading.Condition) -> None:
        self._condition = condition
        self._lanes: dict[str, deque[Job]] = {}
        self._busy: set[str] = set()
        self._later: list[tuple[float, str, Job]] = []
        self._closing = False
        self.errors: list[BaseException] = []
        self._threads = [threading.Thread(target=self._work) for _ in range(THREADS)]
        for thread in self._threads:
            thread.start()

    def put(self, lane: str, job: Job) -> None:
        """Add a job at the end of a lane."""
        with self._condition:
            self._lanes.setdefault(lane, deque()).append(job)
            self._condition.notify_all()

    def later(self, seconds: float, lane: str, job: Job) -> None:
        """Add a job when some real time has passed."""
        with self._condition:
            self._later.append((time.monotonic() + seconds, lane, job))
            self._condition.notify_all()

    def idle(self) -> bool:
        """Whether nothing waits and nothing is on its way; what is for later does not count."""
        with self._condition:
            return not self._busy and not any(self._lanes.values())

    def close(self) -> None:
        """End the threads, each after the job it has in hand."""
        with self._condition:
            self._closing = True
            self._condition.notify_all()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while (taken := self._take()) is not None:
            lane, job = taken
            try:
                job()
            except BaseException as problem:  # noqa: BLE001  kept, and raised when the carrier closes
                self.errors.append(problem)
            with self._condition:
                self._busy.discard(lane)
                self._condition.notify_all()

    def _take(self) -> tuple[str, Job] | None:
        with self._condition:
            while not self._closing:
                wait = self._ripen()
                for lane, jobs in self._lanes.items():
                    if jobs and lane not in self._busy:
                        self._busy.add(lane)
                        return lane, jobs.popleft()
                self._condition.wait(wait)
            return None

    def _ripen(self) -> float | None:
        """Move what is due to its lane; seconds until the next is."""
        now = time.monotonic()
        ripe = [entry for entry in self._later if entry[0] <= now]
        self._later = [entry for entry in self._later if entry[0] > now]
        for _, lane, job in ripe:
            self._lanes.setdefault(lane, deque()).append(job)
        return min((due - now for due, _, _ in self._later), default=None)
