"""Keeps this worker's lease alive and hands the jobs of dead workers to the living.

DBOS itself brings back only the jobs of an executor that restarts under the same name. Here each
worker has a name of its own, so a living one looks after the dead: under a lock, one at a time.
"""

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

import structlog
from dbos import DBOS, WorkflowStatusString

from jobs.queue import QUEUE

_log = structlog.get_logger(__name__)

BEAT = 2.0
"""Seconds between two signs of life of a worker."""

LOOK = 1.0
"""Seconds between two looks at the others' signs."""

LEASE = 8.0
"""Seconds a silent worker counts as living: four missed beats."""


class Leases(Protocol):
    """Where the workers' signs of life are kept."""

    def seen(self, executor: str, at: datetime) -> None:
        """Write that a worker lives."""

    def beats(self) -> Mapping[str, datetime]:
        """Give the last sign of life of each worker."""

    def leave(self, executor: str) -> None:
        """Remove a worker that has ended or was reaped."""

    def exclusive(self, name: str) -> AbstractContextManager[bool]:
        """Hold a lock that no other process has; gives False at once when one has it."""


class Watch:
    """Tells the dead from the living by whether their signs change, on one clock: this one's.

    The hosts' clocks may differ by minutes, so the times that others wrote are only compared
    with themselves. After a gap in the watching (the database was away, this process was
    suspended) nobody is dead until they were watched for a whole lease again.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[str, tuple[datetime | None, float]] = {}
        self._looked = clock()

    def silent(self, beats: Mapping[str, datetime], executors: set[str]) -> set[str]:
        """Look at all signs now; gives those of `executors` that were silent for a lease."""
        now = self._clock()
        if now - self._looked > LEASE / 2:
            self._known.clear()
        self._looked = now
        signs = {executor: beats.get(executor) for executor in executors}
        self._known = {
            executor: self._known[executor]
            if executor in self._known and self._known[executor][0] == sign
            else (sign, now)
            for executor, sign in signs.items()
        }
        return {name for name, (_, since) in self._known.items() if now - since >= LEASE}


class Reaper:
    """Beats for one worker, and resumes the jobs that dead workers left running."""

    def __init__(self, leases: Leases, executor: str, clock: Callable[[], datetime]) -> None:
        self._leases, self._executor, self._clock = leases, executor, clock
        self._watch = Watch()
        self._reaping = True
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="reaper", daemon=True)

    def beat(self) -> None:
        """Say that this worker lives."""
        self._leases.seen(self._executor, self._clock())

    def start(self) -> None:
        """Begin to beat and to reap."""
        self._thread.start()

    def rest(self) -> None:
        """Go on beating, for the jobs that still run, but reap no more."""
        self._reaping = False

    def stop(self) -> None:
        """End, and give the lease back; what still runs is another worker's soon."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(timeout=BEAT * 2)
        self._leases.leave(self._executor)

    def _loop(self) -> None:
        beaten = time.monotonic()
        while not self._stopped.wait(LOOK):
            try:
                if time.monotonic() - beaten >= BEAT:
                    beaten = time.monotonic()
                    self.beat()
                if self._reaping:
                    self.reap()
            except Exception as error:  # noqa: BLE001 a database that is away must not end the beating
                _log.warning("no heartbeat", error=type(error).__name__)

    def reap(self) -> int:
        """Hand on the jobs of workers that are silent for a lease; gives how many."""
        beats, running = self._leases.beats(), self._running()
        dead = self._watch.silent(beats, running.keys() | beats.keys()) - {self._executor}
        if not dead:
            return 0
        with self._leases.exclusive("reaper") as mine:
            if not mine:
                return 0
            running = self._running()  # another reaper may have been here meanwhile
            return sum(self._bury(executor, running.get(executor, [])) for executor in dead)

    def _running(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        state = WorkflowStatusString.PENDING.value
        for job in DBOS.list_workflows(status=state, load_input=False, load_output=False):
            found.setdefault(job.executor_id or "", []).append(job.workflow_id)
        return found

    def _bury(self, executor: str, jobs: list[str]) -> int:
        for job in jobs:
            DBOS.resume_workflow(job, queue_name=QUEUE)
        self._leases.leave(executor)
        _log.warning("took over from a dead worker", executor=executor, jobs=len(jobs))
        return len(jobs)
