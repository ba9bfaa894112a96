"""What a job is: a name, what it does with its data, and how often it is tried again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Data = Mapping[str, Any]


def _nothing(data: Data) -> None:
    """Do nothing more: the job's last error is in the log."""


@dataclass(frozen=True, slots=True)
class Job:
    """One kind of job. `work` raises to be tried again after the next of `delays` (seconds).

    When the delays are used up `give_up` is called once. A job may run twice (its process died
    after the work and before writing that down), so `work` must bear that.
    """

    name: str
    work: Callable[[Data], None]
    delays: tuple[float, ...] = (1, 5, 30, 120, 600)
    give_up: Callable[[Data], None] = _nothing


@dataclass(frozen=True, slots=True)
class Scheduled:
    """Something done by the clock: `cron` has six fields, seconds first, in UTC."""

    name: str
    cron: str
    work: Callable[[], object]
