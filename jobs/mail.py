"""`mail` and `voicemail`: send e-mails and deliver messages that had to wait, for a day."""

from jobs.job import Data, Job
from runner.mailer import Mailer
from runner.voicemails import Voicemails

_MINUTE = 60.0
_HOUR = 3_600.0

DELAYS = (5.0, _MINUTE, 5 * _MINUTE, 15 * _MINUTE, _HOUR, 3 * _HOUR, 6 * _HOUR, 14 * _HOUR)
"""A server that greylists takes mail after minutes; one that is down comes back within a day."""


def mail(mailer: Mailer) -> Job:
    """Make the job that sends an e-mail."""

    def work(data: Data) -> None:
        mailer.send(data["mail"])

    def give_up(data: Data) -> None:
        mailer.give_up(data["mail"])

    return Job("mail", work, DELAYS, give_up)


def voicemail(voicemails: Voicemails) -> Job:
    """Make the job that delivers a message, by itself when nobody says that it can be now."""

    def work(data: Data) -> None:
        voicemails.deliver(data["voicemail"])

    def give_up(data: Data) -> None:
        voicemails.give_up(data["voicemail"])

    return Job("voicemail", work, DELAYS, give_up)
