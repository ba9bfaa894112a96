"""`recording`: fetches a recording from the carrier and keeps our own copy."""

from jobs.job import Data, Job
from runner.recordings import Recordings

_MINUTE = 60.0
_HOUR = 3_600.0


def recording(recordings: Recordings) -> Job:
    """Make the job. A file that is not there yet comes within minutes, or after an outage."""

    def work(data: Data) -> None:
        recordings.fetch(data["recording"])

    def give_up(data: Data) -> None:
        recordings.give_up(data["recording"])

    delays = (5.0, _MINUTE, 5 * _MINUTE, 15 * _MINUTE, _HOUR, 6 * _HOUR, 16 * _HOUR)
    return Job("recording", work, delays, give_up)
