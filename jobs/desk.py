"""`desk`: does what time alone brings about: waits and offers that end, rest that is over."""

from collections.abc import Callable

from jobs.job import Data, Job


def desk(settle: Callable[[], None]) -> Job:
    """Make the job."""

    def work(data: Data) -> None:
        del data
        settle()

    return Job("desk", work)
