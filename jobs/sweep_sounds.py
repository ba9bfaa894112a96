"""`sweep-sounds`: removes, once a day, the sound files that nothing points to any more."""

from collections.abc import Callable, Sequence

import structlog

from jobs.job import Scheduled

_log = structlog.get_logger(__name__)

NIGHTLY = "0 20 3 * * *"


def sweep_sounds(sweeps: Sequence[Callable[[], int]]) -> Scheduled:
    """Make the schedule; each of `sweeps` clears one folder and gives how many files went."""

    def work() -> None:
        removed = sum(sweep() for sweep in sweeps)
        _log.info("sounds swept", files=removed)

    return Scheduled("sweep-sounds", NIGHTLY, work)
