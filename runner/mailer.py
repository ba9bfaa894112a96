"""Sends e-mails: at once, else again for a day, each at least once under one Message-ID.

An e-mail that the mail server does not take now, or whose recording has not come, is kept sealed
and tried again by a durable job. When a connection breaks after the message was given over, nobody
knows whether it was taken: it is sent again, and its Message-ID lets mailboxes show it once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import structlog

from desk.mails import Mail
from flow import values
from flow.effects import SendEmail
from flow.ledger import Recording
from flow.mailbox import Mailbox, mailbox
from runner.mail import ATTACHED, File, Letter, MailDoor, MailError, message_id, write
from runner.ports import Jobs, Store, Work
from runner.vault import Vault
from runner.walker import place_of

_log = structlog.get_logger(__name__)

Result = tuple[str, Mapping[str, Any]]

_COMING = frozenset({"wanted", "ready"})
"""States of a recording that may still come."""

_KINDS = {".wav": "audio/wav", ".mp3": "audio/mpeg"}

OFF = "SMTP_URL is not set: no mail is sent"


class NotYet(Exception):
    """A recording to attach is not there yet."""


class Unfit(Exception):
    """The e-mail can never be sent as it is; the text says why."""


class NotWanted(Unfit):
    """Whoever it goes to wants no mails."""


class SoundShelf(Protocol):
    """Where our copies of recordings are."""

    def open(self, recording_id: str) -> Path:
        """Give a recording's file; raises when it is not kept here."""


@dataclass(frozen=True, slots=True)
class PostOffice:
    """The way out: the mail server's door, and who mail is from. None: no mail is sent."""

    door: MailDoor
    operator: Mailbox


class Mailer:
    """Sends e-mails, and keeps those that must wait.

    `ask` counts a walk's e-mail (by its id, and whom it goes to), and says why it may not be sent.
    """

    def __init__(  # noqa: PLR0913, PLR0917  the places mail touches; composed once, in `Post`
        self,
        store: Store,
        jobs: Jobs,
        vault: Vault,
        shelf: SoundShelf,
        clock: Callable[[], datetime],
        office: PostOffice | None,
        ask: Callable[[Work, str, Sequence[str]], str],
    ) -> None:
        self._store, self._jobs, self._vault = store, jobs, vault
        self._shelf, self._clock, self._office = shelf, clock, office
        self._ask = ask

    def __call__(self, effect: SendEmail) -> Result:
        """Send an e-mail of a walk: `failed` when it is refused for good, else `sent`.

        `opted_out` when nobody of `to` wants mails. What cannot be sent now is kept and sent later:
        the walk does not wait for that.
        """
        if self._office is None:
            _log.error("e-mail not sent", email=effect.id, reason=OFF)
            return "failed", {"message_id": "", "reason": OFF}
        try:
            to = [mailbox(each).address for each in effect.to]
        except ValueError as error:
            return "failed", {"message_id": "", "reason": str(error)}
        with self._store.work() as work:
            known = work.mail(effect.id)
            refused = "" if known is not None else self._ask(work, effect.id, to)
        told = {"message_id": message_id(effect.id, self._office.operator)}
        if known is not None:
            return "sent", told  # the process that asked before us died after keeping it
        if refused:
            return "failed", told | {"reason": refused}
        try:
            self._send(effect, last=False)
        except Unfit as error:
            word = "opted_out" if isinstance(error, NotWanted) else "failed"
            return word, told | {"reason": str(error)}
        except (NotYet, MailError) as error:
            if isinstance(error, MailError) and not error.retry:
                _log.warning("e-mail refused", email=effect.id, reason=str(error))
                return "failed", told | {"reason": str(error)}
            with self._store.work() as work:
                self.post(work, effect, effect.id.rpartition(".")[0], str(error))
        return "sent", told

    def post(self, work: Work, email: SendEmail, execution: str, reason: str = "") -> None:
        """Keep an e-mail in an open transaction, for the job that sends it."""
        if work.mail(email.id) is not None:
            return
        now = self._clock()
        sealed = self._vault.seal(values.to_json(email), email.id)
        work.keep_mail(Mail(email.id, execution, sealed, "ready", now, now, reason=reason))
        self._jobs.enqueue(work, "mail", f"mail-{email.id}", {"mail": email.id})

    def send(self, mail: str) -> None:
        """Send an e-mail that was kept; one that is done with stays as it is.

        Raises:
            MailError: not now. NotYet: its recording has not come.
        """
        self._try(mail, last=False)

    def give_up(self, mail: str) -> None:
        """Send it without what never came; when that fails too, write that it was not sent."""
        try:
            self._try(mail, last=True)
        except Exception as error:  # noqa: BLE001 whatever it was, there is no next time
            self._done(mail, "failed", _words(error))

    def _try(self, mail: str, *, last: bool) -> None:
        with self._store.work() as work:
            known = work.mail(mail)
        if known is None or known.state != "ready":
            return
        try:
            self._send(values.from_json(self._vault.open(known.sealed, mail)), last=last)
        except Unfit as error:
            self._done(mail, "failed", str(error))
        except MailError as error:
            if error.retry:
                self._note(mail, str(error))
                raise
            self._done(mail, "failed", str(error))
        except NotYet as error:
            self._note(mail, str(error))
            raise
        else:
            self._done(mail, "sent", "")

    def _send(self, email: SendEmail, *, last: bool) -> None:
        if self._office is None:
            raise Unfit(OFF)
        operator = self._office.operator
        letter = self._wanted(self._letter(email, operator, last=last))
        to = [box.address for box in letter.to]
        refused = self._office.door.send(write(letter, operator), operator.address, to)
        _log.info("e-mail sent", email=email.id, recipients=len(to), refused=refused)

    def _wanted(self, letter: Letter) -> Letter:
        """Leave out who wants no mails of ours; nothing leaves while messages are stopped."""
        ours = letter.sender.address.lower()
        with self._store.work() as work:
            stopped = work.message_switch().stopped
            to = [
                box for box in letter.to if not work.opted_out("email", ours, box.address.lower())
            ]
        if stopped:
            raise MailError("messages are stopped", retry=True)
        if not to:
            raise NotWanted("who it goes to wants no e-mails")
        return replace(letter, to=to)

    def _letter(self, email: SendEmail, operator: Mailbox, *, last: bool) -> Letter:
        """Read the addresses again, whoever checked them before, and fetch what is attached."""
        try:
            to = [mailbox(each) for each in email.to]
            sender = mailbox(email.sender) if email.sender else operator
        except ValueError as error:
            raise Unfit(str(error)) from None
        if sender.domain != operator.domain:
            raise Unfit(f"from must be an address of {operator.domain}, as MAIL_FROM is")
        files, missing = self._files(email, last=last)
        text, html = email.text, email.html
        if missing:
            note = f"({'; '.join(missing)})"
            text, html = (f"{text}\n\n{note}" if text or not html else ""), html and f"{html}{note}"
        letter = Letter(email.id, sender, to, email.subject, self._clock(), text, html)
        return replace(letter, files=files)

    def _files(self, email: SendEmail, *, last: bool) -> tuple[list[File], list[str]]:
        """Collect what is attached, and say what of it is missing."""
        files: list[File] = []
        missing: list[str] = []
        for each in email.attachments:
            if "text" in each:
                files.append(File(each["name"], "text/plain", each["text"].encode()))
            elif each["recording"]:
                found = self._recording(email, each["recording"], each.get("name", ""), last=last)
                room = ATTACHED - sum(len(file.data) for file in files)
                if isinstance(found, File) and len(found.data) > room:
                    found = f"the recording {each['recording']} is too large to attach"
                missing.append(found) if isinstance(found, str) else files.append(found)
        return files, missing

    def _recording(self, email: SendEmail, sid: str, name: str, *, last: bool) -> File | str:
        """Give a recording of the e-mail's own run as a file, or say why there is none."""
        with self._store.work() as work:
            known = work.recording(sid)
            mail = work.mail(email.id)
        execution = mail.execution if mail else email.id.rpartition(".")[0]
        if known is not None and known.execution != execution:
            raise Unfit("only a recording of this run can be attached")
        if known is not None and known.state in _COMING and not last:
            raise NotYet("the recording has not come yet")
        if known is None or known.state != "kept":
            return f"the recording {sid} is not to be had"
        return self._file(known, name)

    def _file(self, recording: Recording, name: str) -> File | str:
        try:
            path = self._shelf.open(recording.sid)
            size = path.stat().st_size
            data = path.read_bytes() if size <= ATTACHED else b""
        except Exception as error:  # noqa: BLE001 whatever is wrong with the file, the message goes
            _log.error("recording not attached", recording=recording.sid, at=place_of(error))
            return f"the recording {recording.sid} is not to be had"
        if not data:
            return f"the recording {recording.sid} is too large to attach"
        stem = name.removesuffix(path.suffix) or f"message-{recording.updated:%Y-%m-%d}"
        return File(f"{stem}{path.suffix}", _KINDS.get(path.suffix, "audio/wav"), data)

    def _note(self, mail: str, reason: str) -> None:
        """Write down a try that came to nothing."""
        with self._store.work() as work:
            known = work.mail(mail)
            if known is not None and known.state == "ready":
                now, tries = self._clock(), known.attempts + 1
                work.keep_mail(replace(known, updated=now, attempts=tries, reason=reason))

    def _done(self, mail: str, state: Any, reason: str) -> None:
        with self._store.work() as work:
            known = work.mail(mail)
            if known is None or known.state != "ready":
                return
            now, tries = self._clock(), known.attempts + 1
            done = replace(known, sealed=b"", state=state, updated=now, attempts=tries)
            work.keep_mail(replace(done, reason=reason))
        if state == "failed":
            _log.error("e-mail not sent", email=mail, reason=reason, attempts=tries)


def _words(error: Exception) -> str:
    return str(error) if isinstance(error, MailError | NotYet | Unfit) else type(error).__name__
