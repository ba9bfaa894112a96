"""A worker process with small jobs, for tests: `python -m tests.jobs.program URL EXECUTOR FILE`.

Each job appends one line to FILE: `<job> <tag> <executor> <seconds since the epoch>`.
"""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jobs.command import worker_command
from jobs.job import Job, Scheduled
from jobs.reaper import Reaper
from jobs.worker import Worker
from store.database import Database
from store.leases import Leases


class Lines:
    """What the jobs did, one line each; a line is written by one write, so none is torn."""

    def __init__(self, path: Path, executor: str) -> None:
        self._path, self._executor = path, executor

    def write(self, job: str, tag: object) -> None:
        with self._path.open("a") as file:
            file.write(f"{job} {tag} {self._executor} {time.time():.3f}\n")


def jobs(lines: Lines) -> tuple[Job, ...]:
    def note(data: Any) -> None:
        lines.write("note", data["tag"])

    def slow(data: Any) -> None:
        lines.write("begin", data["tag"])
        time.sleep(data["seconds"])
        lines.write("end", data["tag"])

    def failing(data: Any) -> None:
        lines.write("try", data["tag"])
        if data.get("until", 99) > 0:
            raise RuntimeError(f"personal {data['tag']}")

    def give_up(data: Any) -> None:
        lines.write("give-up", data["tag"])
        raise RuntimeError(f"personal {data['tag']}")

    return (
        Job("note", note),
        Job("slow", slow),
        Job("failing", failing, (0.2, 0.5), give_up),
    )


def build(url: str, executor: str, path: str, every: str) -> Worker:
    lines = Lines(Path(path), executor)
    database = Database(url)
    reaper = Reaper(Leases(database), executor, lambda: datetime.now(UTC))
    schedule = [Scheduled("tick", every, lambda: lines.write("tick", "-"))] if every else []
    return Worker(url, executor, jobs(lines), schedule, reaper)


if __name__ == "__main__":
    given = [*sys.argv[1:], ""][:4]
    worker_command(lambda: build(*given))(args=[])
