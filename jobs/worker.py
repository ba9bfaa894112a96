"""The worker process: runs jobs and the clock's schedules until it is told to end."""

import threading
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog
from dbos import DBOS, DBOSConfig

from jobs.job import Job, Scheduled
from jobs.queue import QUEUE, VERSION, DurableJobs
from jobs.reaper import Reaper

_log = structlog.get_logger(__name__)

POLL = 0.5
"""Seconds between two looks at the queue: a timer is late by this much at the most, and one."""

AT_ONCE = 16
"""Jobs one worker runs at the same time: they wait for others' networks, not for our processor."""


class Worker:
    """Runs jobs. `executor` must be unique among all processes that ever run at the same time."""

    def __init__(
        self,
        database_url: str,
        executor: str,
        jobs: Sequence[Job],
        schedule: Sequence[Scheduled],
        reaper: Reaper,
    ) -> None:
        self._url, self._executor = database_url, executor
        self._jobs, self._schedule, self._reaper = jobs, schedule, reaper
        self._queue = DurableJobs(database_url)

    def start(self) -> None:
        """Begin to take jobs; returns once the worker listens."""
        self._reaper.beat()
        config = DBOSConfig(
            name="linewalk",
            system_database_url=self._url,
            executor_id=self._executor,
            application_version=VERSION,
            notification_listener_polling_interval_sec=POLL,
            log_level="WARNING",
        )
        DBOS(config=config)
        for job in self._jobs:
            self._register(job)
        timed = [self._timed(entry) for entry in self._schedule]
        DBOS.listen_queues([QUEUE])
        DBOS.launch()
        DBOS.register_queue(QUEUE, worker_concurrency=AT_ONCE, polling_interval_sec=POLL)
        DBOS.apply_schedules(timed)
        self._reaper.start()
        _log.info("worker listens", executor=self._executor, jobs=len(self._jobs))

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set, then finish what has begun."""
        self.start()
        stop.wait()
        self.stop()

    def stop(self) -> None:
        """Take no new job, give the running ones a moment, and leave the lease."""
        self._reaper.stop()
        DBOS.destroy(workflow_completion_timeout_sec=10)

    def _register(self, job: Job) -> None:
        def run(data: dict[str, Any], attempt: int) -> None:
            self._run(job, data, attempt, DBOS.workflow_id or job.name)

        DBOS.workflow(name=job.name)(run)

    def _run(self, job: Job, data: dict[str, Any], attempt: int, key: str) -> None:
        try:
            job.work(data)
        except Exception as error:  # noqa: BLE001 any failure of a job is tried again or given up
            kind = type(error).__name__
            if attempt >= len(job.delays):
                _log.error("job given up", job=job.name, attempts=attempt + 1, error=kind)
                job.give_up(data)
                return
            _log.warning("job is tried again", job=job.name, attempt=attempt + 1, error=kind)
            following = f"{key.split('~', 1)[0]}~{attempt + 1}"
            self._queue.later(job.name, following, data, attempt + 1, job.delays[attempt])

    def _timed(self, entry: Scheduled) -> Any:
        def run(at: datetime, context: Any) -> None:
            del at, context
            entry.work()

        return {
            "schedule_name": entry.name,
            "workflow_fn": DBOS.workflow(name=f"scheduled-{entry.name}")(run),
            "schedule": entry.cron,
        }
