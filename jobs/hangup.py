"""`hangup`: ends the walk of a call that is over and whose last verb brought nothing more."""

from collections.abc import Callable
from datetime import datetime

from flow.events import HungUp
from jobs.job import Data, Job
from runner.effects import Effects


def hangup(effects: Effects, clock: Callable[[], datetime]) -> Job:
    """Make the job."""

    def work(data: Data) -> None:
        effects.fire(data["execution"], HungUp(clock(), call=data.get("call", "")))

    return Job("hangup", work)
