"""Delivers messages for agents once their recordings are kept: into inboxes and by e-mail.

The walk's order writes the message down together with a durable job, so nothing is lost whichever
process dies. The job is woken when the recording is settled, and looks by itself for a day.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog

from desk.voicemails import Voicemail, addresses, inboxes
from flow.effects import DeliverVoicemail, SendEmail
from flow.ledger import Recording
from runner.desk import Desk
from runner.mailer import Mailer, NotYet
from runner.places import who_of
from runner.ports import Jobs, Store, Work

_log = structlog.get_logger(__name__)

_COMING = frozenset({"wanted", "ready"})


def wake(jobs: Jobs, work: Work, recording: Recording) -> None:
    """Have the message of a recording delivered that was settled in this transaction."""
    if recording.kind == "voicemail" and work.voicemail(recording.sid) is not None:
        _ask(jobs, work, recording.sid, recording.state)


def _ask(jobs: Jobs, work: Work, voicemail: str, why: str) -> None:
    key = f"voicemail-{voicemail}-{why}"
    jobs.enqueue(work, "voicemail", key, {"voicemail": voicemail})


class Voicemails:
    """Takes messages in and delivers them. `zone` is the operator's, for the time in e-mails."""

    def __init__(
        self,
        store: Store,
        jobs: Jobs,
        desk: Desk,
        mailer: Mailer,
        clock: Callable[[], datetime],
        zone: str = "UTC",
    ) -> None:
        self._store, self._jobs, self._desk, self._mailer = store, jobs, desk, mailer
        self._clock, self._zone = clock, ZoneInfo(zone)

    def take(self, order: DeliverVoicemail) -> None:
        """Carry out a walk's order: write the message down, and ask for its delivery."""
        with self._store.work() as work:
            recording = work.recording(order.recording)
            if recording is None or work.voicemail(order.recording) is not None:
                return  # erased meanwhile, or done before
            message = Voicemail(
                *(order.recording, order.execution, order.number, order.name),
                *(order.seconds, self._clock()),
                who=order.who,
                emails=tuple(order.emails),
            )
            work.keep_voicemail(message)
            _ask(self._jobs, work, order.recording, "new")

    def deliver(self, voicemail: str) -> None:
        """Deliver a message whose recording is settled; one that was delivered stays as it is.

        Raises:
            NotYet: the recording may still come.
        """
        self._deliver(voicemail, last=False)

    def give_up(self, voicemail: str) -> None:
        """Tell those it is for that there is a message, and that its recording never came."""
        self._deliver(voicemail, last=True)

    def _deliver(self, voicemail: str, *, last: bool) -> None:
        with self._desk.look() as (floor, _):
            agents = sorted(floor.agents.values(), key=lambda agent: agent.id)
        with self._store.work() as work:
            recording, message = work.recording(voicemail), work.voicemail(voicemail)
            if recording is None or message is None or message.state != "waiting":
                return
            if recording.state in _COMING and not last:
                raise NotYet("the recording has not come yet")
            who = who_of(message.who) if message.who else None
            done = replace(
                message,
                state="delivered" if recording.state == "kept" else "unavailable",
                seconds=recording.seconds or message.seconds,
                inboxes=inboxes(who, agents) if who else (),
            )
            work.keep_voicemail(done)
            to = addresses(who, agents, message.emails)
            for number, address in enumerate(to):
                self._mailer.post(work, self._written(done, address, number), done.execution)
        _log.info("voicemail delivered", recording=voicemail, state=done.state, emails=len(to))

    def _written(self, message: Voicemail, address: str, number: int) -> SendEmail:
        who = message.name or message.number or "somebody unknown"
        known = f"{message.name} ({message.number})" if message.name and message.number else who
        at = message.at.astimezone(self._zone)
        lines = [
            f"{known} left a message of {message.seconds} seconds",
            f"on {at:%A, %d %B %Y at %H:%M} ({at.tzname()}).",
            f"Recording: {message.id}",
        ]
        if message.state == "unavailable":
            lines.append("The recording could not be had from the carrier.")
        attached = ({"recording": message.id, "name": ""},)
        is_there = message.state == "delivered"
        return SendEmail(
            f"{message.id}.{number}",
            (address,),
            f"Message from {who}",
            "\n".join(lines),
            attachments=attached if is_there else (),
        )
