"""`timer`: wakes a walk whose timer came due; a walk that moved on ignores it."""

from collections.abc import Callable
from datetime import datetime

from flow.events import TimerFired
from jobs.job import Data, Job
from runner.effects import Effects


def timer(effects: Effects, clock: Callable[[], datetime]) -> Job:
    """Make the job."""

    def work(data: Data) -> None:
        effects.fire(data["execution"], TimerFired(clock(), data["timer"]))

    return Job("timer", work)
