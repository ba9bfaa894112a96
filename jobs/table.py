"""Every job and every schedule: the table of contents of this room."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from jobs.deliver import deliver
from jobs.desk import desk
from jobs.forget import forget
from jobs.hangup import hangup
from jobs.job import Job, Scheduled
from jobs.keep import keep
from jobs.mail import mail, voicemail
from jobs.media import media
from jobs.recording import recording
from jobs.sweep_sounds import sweep_sounds
from jobs.timer import timer
from runner.effects import Effects
from runner.facts import Watchdog
from runner.fetching import MediaFetching
from runner.post import Post
from runner.recordings import Recordings


class Rounds(Protocol):
    """What is done in rounds."""

    def round(self) -> object:
        """Do one."""


@dataclass(frozen=True, slots=True)
class Services:
    """What the jobs work with; `app.py` fills it in.

    `chase` has recordings fetched of which the carrier never spoke; `sounds` clear the folders of
    prompts and recordings; `forget` removes the rows of old jobs; `settle` does what time alone
    brings about at the desk; `keep` removes what was kept for long enough; `copies` has the carrier
    delete what it should have long ago; `forget_events` removes events that nobody needs any more;
    `post` sends e-mails and delivers messages; `fetching` brings the files of messages home;
    `missed` looks for messages that never came in, where there is somebody to ask.
    """

    effects: Effects
    recordings: Recordings
    watchdog: Watchdog
    clock: Callable[[], datetime]
    chase: Callable[[datetime], int]
    sounds: Sequence[Callable[[], int]]
    forget: Callable[[datetime], int]
    settle: Callable[[], None]
    keep: Callable[[], object]
    copies: Callable[[], int]
    forget_events: Callable[[], int]
    post: Post
    fetching: MediaFetching
    missed: Rounds | None = None


def job_table(services: Services) -> Sequence[Job]:
    """List the jobs that can be enqueued, by the name they are enqueued under."""
    return (
        deliver(services.effects),
        desk(services.settle),
        hangup(services.effects, services.clock),
        timer(services.effects, services.clock),
        recording(services.recordings),
        mail(services.post.mailer),
        voicemail(services.post.voicemails),
        media(services.fetching),
    )


def schedule_table(services: Services) -> Sequence[Scheduled]:
    """List what is done by the clock."""
    missed = services.missed
    return (
        *([Scheduled("missed", "20 */3 * * * *", missed.round)] if missed else []),
        Scheduled("desk", "5-59/10 * * * * *", services.settle),
        Scheduled("sweep", "*/10 * * * * *", services.effects.sweep),
        Scheduled("watchdog", "0 * * * * *", services.watchdog.round),
        Scheduled("chase", "30 */5 * * * *", lambda: services.chase(services.clock())),
        forget(services.forget, services.clock),
        Scheduled("forget-events", "0 50 * * * *", services.forget_events),
        sweep_sounds(services.sounds),
        keep(services.keep),
        Scheduled("carrier-copies", "0 15 * * * *", services.copies),
    )
