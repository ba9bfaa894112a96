"""What one process did to the desk, in the order of its commits: for a replay afterwards."""

import pickle
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from desk.changes import Changes
from runner.ports import Work
from store.store import SqlStore


@dataclass
class Entry:
    """One commit: the change of the desk, the time it was made at, the orders it gave by name."""

    at: datetime
    changes: Changes
    orders: list[tuple[str, Any]] = field(default_factory=list)


@dataclass
class Log:
    """What one process did and saw.

    `answers`: of every `enter`, by place. `left`: places that were given up. `accepted`: what each
    acceptance was answered, by offer. `end` is the floor at the end.
    """

    entries: list[Entry] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)
    accepted: list[tuple[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    end: Any = None

    def write(self, path: Path) -> None:
        """Leave it for the test."""
        path.write_bytes(pickle.dumps(self))

    @staticmethod
    def read(path: Path) -> "Log":
        """What a process left."""
        found: Log = pickle.loads(path.read_bytes())  # noqa: S301  written by this test
        return found


@dataclass(frozen=True)
class FastClock:
    """The time of the day, `speed` times as fast since `epoch` (seconds), the same everywhere."""

    epoch: float
    speed: float

    def __call__(self) -> datetime:
        """Read it."""
        began = datetime.fromtimestamp(self.epoch, UTC)
        return began + timedelta(seconds=(time.time() - self.epoch) * self.speed)


class Watched:
    """An open transaction that notes what it writes of the desk."""

    def __init__(self, work: Any) -> None:
        self._work = work
        self.orders: list[tuple[str, Any]] = []
        self.changes: Changes | None = None
        self.at: datetime | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._work, name)

    def keep_desk(self, changes: Changes) -> None:
        """Write a change, and note it."""
        self.changes = changes
        self._work.keep_desk(changes)


class WatchedStore:
    """A store that logs the commits of the desk, and nothing that was undone."""

    def __init__(self, real: SqlStore, log: Log) -> None:
        self._real, self._log = real, log

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    @contextmanager
    def work(self) -> Iterator[Any]:
        """Open a transaction; log it once it is committed."""
        with self._real.work() as real:
            watched = Watched(real)
            yield watched
        if watched.changes is not None and watched.at is not None:
            self._log.entries.append(Entry(watched.at, watched.changes, watched.orders))


class NotedOrders:
    """Takes orders as the real ones do, and carries out nothing."""

    def note(
        self, work: Work, given: Iterable[tuple[str, Any]], at: datetime, delay: float = 0.0
    ) -> list[Any]:
        """Note orders with their transaction."""
        assert isinstance(work, Watched)
        work.at = at
        work.orders += given
        return []

    def begin(self, noted: Iterable[Any]) -> None:
        """Nothing is to be begun."""
        assert not list(noted)


class NoJobs:
    """A queue of jobs that nobody works on."""

    def enqueue(
        self, work: Work, job: str, key: str, data: Mapping[str, Any], delay: float = 0.0
    ) -> None:
        """Ask for nothing."""
