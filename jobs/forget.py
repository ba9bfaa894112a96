"""`forget`: removes the rows of jobs that ended long ago, so that the queue stays small."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from jobs.job import Scheduled

_log = structlog.get_logger(__name__)

KEPT = timedelta(days=2)
"""How long the key of a job that ended still keeps the same job from being asked for again."""

HOURLY = "0 40 * * * *"


def forget(remove: Callable[[datetime], int], clock: Callable[[], datetime]) -> Scheduled:
    """Make the schedule; `remove` takes the moment before which a job must have ended."""

    def work() -> None:
        removed = remove(clock() - KEPT)
        _log.info("jobs forgotten", jobs=removed)

    return Scheduled("forget", HOURLY, work)
