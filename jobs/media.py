"""`media`: fetches a file that came with a message, and keeps our own copy."""

from jobs.job import Data, Job
from runner.fetching import MediaFetching

_MINUTE = 60.0
_HOUR = 3_600.0


def media(fetching: MediaFetching) -> Job:
    """Make the job. A file that is not there yet comes within minutes, or after an outage."""

    def work(data: Data) -> None:
        fetching.fetch(data["media"])

    def give_up(data: Data) -> None:
        fetching.give_up(data["media"])

    delays = (2.0, 20.0, _MINUTE, 5 * _MINUTE, 15 * _MINUTE, _HOUR, 6 * _HOUR)
    return Job("media", work, delays, give_up)
