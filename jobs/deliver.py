"""`deliver`: finishes an effect whose process did not come back within its lease."""

from jobs.job import Data, Job
from runner.effects import Effects


def deliver(effects: Effects) -> Job:
    """Make the job."""

    def work(data: Data) -> None:
        effects.take_over(data["item"])

    return Job("deliver", work)
