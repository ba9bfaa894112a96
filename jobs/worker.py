"""The worker process: runs jobs and the clock's schedules until it is told to end."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import structlog
from dbos import DBOS, DBOSConfig, ScheduleInput
from sqlalchemy.exc import SQLAlchemyError

from flow.ledger import Unavailable
from jobs.job import Job, Scheduled
from jobs.logs import take_over_logs
from jobs.queue import NAME, QUEUE, SERIALIZER, VERSION, DurableJobs
from jobs.reaper import Reaper
from jobs.steadily import Lasting

_log = structlog.get_logger(__name__)

POLL = 0.5
"""Seconds between two looks at the queue: a timer is late by this much at the most, and one."""

AT_ONCE = 16
"""Jobs one worker runs at the same time: they wait for others' networks, not for our processor."""

FAREWELL = 10
"""Seconds the running jobs have when the worker is told to end; then another worker has them."""

_CLOSING = 3.0
"""Seconds the library may take to close what is left after the jobs' farewell."""


class Worker:
    """Runs jobs. `executor` must be unique among all processes that ever run at the same time."""

    def __init__(
        self,
        database_url: str,
        executor: str,
        jobs: Sequence[Job],
        schedule: Sequence[Scheduled],
        reaper: Reaper,
        steady: Sequence[Lasting] = (),
    ) -> None:
        self._url, self._executor, self._steady = database_url, executor, steady
        self._jobs, self._schedule, self._reaper = jobs, schedule, reaper
        self._queue = DurableJobs(database_url)
        self._running: set[str] = set()

    def start(self) -> None:
        """Begin to take jobs; returns once the worker listens.

        Raises:
            Unavailable: the database is not there or was not prepared by `flask release`.
        """
        self._reaper.beat()  # before the first job, so that no job is ever without a lease
        take_over_logs()
        config = DBOSConfig(
            name=NAME,
            system_database_url=self._url,
            executor_id=self._executor,
            application_version=VERSION,
            serializer=SERIALIZER,
            run_migrations=False,
            log_level="WARNING",
        )
        DBOS(config=config)
        for job in self._jobs:
            self._register(job)
        timed = [self._timed(entry) for entry in self._schedule]
        DBOS.listen_queues([QUEUE])
        with _plainly():
            DBOS.launch()
            DBOS.register_queue(QUEUE, worker_concurrency=AT_ONCE, polling_interval_sec=POLL)
            self._apply(timed)
        self._reaper.start()
        for each in self._steady:
            each.start()
        _log.info("worker listens", executor=self._executor, jobs=len(self._jobs))

    def run(self, stop: threading.Event) -> bool:
        """Work until `stop` is set, then finish what has begun; false when some did not finish.

        Raises:
            Unavailable: as `start`.
        """
        self.start()
        stop.wait()
        return self.stop()

    def stop(self) -> bool:
        """Take no new job, give the running ones a moment, and leave the lease.

        Gives false when a job still runs: its thread would keep the process alive, but the job
        itself is safe, because another worker begins it anew.
        """
        self._reaper.rest()
        for each in self._steady:
            each.stop()
        ending = threading.Thread(target=_end_library, args=(FAREWELL,), daemon=True)
        ending.start()
        ending.join(FAREWELL + _CLOSING)
        self._reaper.stop()
        left = len(self._running)
        _log.info("worker ends", executor=self._executor, jobs_left=left)
        if left or ending.is_alive():
            return False
        self._queue.close()
        return True

    def _apply(self, timed: Sequence[ScheduleInput]) -> None:
        wanted = {entry["schedule_name"] for entry in timed}
        for known in DBOS.list_schedules():
            if known["schedule_name"] not in wanted:
                DBOS.delete_schedule(known["schedule_name"])
        DBOS.apply_schedules(list(timed))

    def _register(self, job: Job) -> None:
        def run(data: dict[str, Any], attempt: int) -> None:
            key = DBOS.workflow_id or job.name
            with self._counted(key):
                self._run(job, data, attempt, key)

        DBOS.workflow(name=job.name)(run)

    def _run(self, job: Job, data: dict[str, Any], attempt: int, key: str) -> None:
        try:
            job.work(data)
        except Exception as error:  # noqa: BLE001 any failure of a job is tried again or given up
            kind = type(error).__name__
            if attempt >= len(job.delays):
                _log.error("job given up", job=job.name, attempts=attempt + 1, error=kind)
                _guarded(job.name, lambda: job.give_up(data))
                return
            _log.warning("job is tried again", job=job.name, attempt=attempt + 1, error=kind)
            following = f"{key.split('~', 1)[0]}~{attempt + 1}"
            self._queue.later(job.name, following, data, attempt + 1, job.delays[attempt])

    def _timed(self, entry: Scheduled) -> ScheduleInput:
        def run(at: datetime, _context: Any) -> None:
            with self._counted(f"{entry.name} {at}"):
                _guarded(entry.name, entry.work)

        return {
            "schedule_name": entry.name,
            "workflow_fn": DBOS.workflow(name=f"scheduled-{entry.name}")(run),
            "schedule": entry.cron,
        }

    @contextmanager
    def _counted(self, key: str) -> Iterator[None]:
        self._running.add(key)
        try:
            yield
        finally:
            self._running.discard(key)


def _end_library(seconds: int) -> None:
    """Stop taking jobs, and wait so long for those that run."""
    DBOS.destroy(workflow_completion_timeout_sec=seconds, destroy_registry=True)


def _guarded(name: str, work: Any) -> None:
    """Do something that nobody tries again: its failure is for the log."""
    try:
        work()
    except Exception as error:  # noqa: BLE001 the library would log the text, which may be personal
        _log.error("job failed", job=name, error=type(error).__name__)


@contextmanager
def _plainly() -> Iterator[None]:
    """Turn what the library says of an unprepared database into our words."""
    try:
        yield
    except SQLAlchemyError as error:
        DBOS.destroy(destroy_registry=True)
        raise Unavailable(f"the database does not answer: {type(error).__name__}") from None
    except Exception as error:
        DBOS.destroy(destroy_registry=True)
        if "system database" not in str(error).lower():
            raise
        raise Unavailable("the tables of the jobs are missing: run flask release") from None
