"""Keeps this worker's lease alive and hands the jobs of dead workers to the living.

DBOS itself brings back only the jobs of an executor that restarts under the same name. Here each
worker has a name of its own, so a living one looks after the dead: under a lock, one at a time.
"""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from dbos import DBOS

from jobs.queue import QUEUE

_log = structlog.get_logger(__name__)

BEAT = timedelta(seconds=2)
"""How often a worker says that it lives."""

LEASE = timedelta(seconds=10)
"""How long a silent worker counts as living: five missed beats."""


class Leases(Protocol):
    """Where the workers' signs of life are kept."""

    def seen(self, executor: str, at: datetime) -> None:
        """Write that a worker lives."""

    def lost(self, before: datetime) -> list[str]:
        """List the workers of which nothing was heard since `before`."""

    def leave(self, executor: str) -> None:
        """Remove a worker that has ended or was reaped."""

    def exclusive(self, name: str) -> AbstractContextManager[bool]:
        """Hold a lock that no other process has; gives False at once when one has it."""


class Reaper:
    """Beats for one worker, and resumes the jobs that dead workers left running."""

    def __init__(self, leases: Leases, executor: str, clock: Callable[[], datetime]) -> None:
        self._leases, self._executor, self._clock = leases, executor, clock
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="reaper", daemon=True)

    def beat(self) -> None:
        """Say that this worker lives."""
        self._leases.seen(self._executor, self._clock())

    def start(self) -> None:
        """Begin to beat and to reap."""
        self._thread.start()

    def stop(self) -> None:
        """End, and give the lease back."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(timeout=BEAT.total_seconds() * 2)
        self._leases.leave(self._executor)

    def _loop(self) -> None:
        while not self._stopped.wait(BEAT.total_seconds()):
            try:
                self.beat()
                self.reap()
            except Exception as error:  # noqa: BLE001 a database that is away must not end the beating
                _log.warning("no heartbeat", error=type(error).__name__)

    def reap(self) -> int:
        """Hand on the jobs of workers whose lease has passed; gives how many."""
        with self._leases.exclusive("reaper") as mine:
            if not mine:
                return 0
            dead = self._leases.lost(self._clock() - LEASE)
            return sum(self._bury(executor) for executor in dead)

    def _bury(self, executor: str) -> int:
        left = DBOS.list_workflows(executor_id=executor, status="PENDING", load_input=False)
        for workflow in left:
            DBOS.resume_workflow(workflow.workflow_id, queue_name=QUEUE)
        self._leases.leave(executor)
        _log.warning("took over from a dead worker", executor=executor, jobs=len(left))
        return len(left)
