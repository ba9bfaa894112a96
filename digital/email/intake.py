"""The one way in for mails, by SMTP or by webhook: to bound mailboxes only."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal, Protocol

import structlog

from digital.email.addresses import address
from digital.email.incoming import Envelope, incoming_of
from digital.email.limits import HOPS, Limits
from digital.email.mail import Mail
from digital.email.marks import Marks
from digital.email.reports import report_of
from runner.messages.channels import Incoming, Report, Taken

_log = structlog.get_logger(__name__)

Outcome = Literal["taken", "reported", "unbound", "looping"]


class Inbox(Protocol):
    """What the rooms below do with what comes in; each raises `Unavailable` without the store."""

    def take(self, incoming: Incoming) -> Taken:
        """Keep a message; it is committed when this returns."""

    def report(self, report: Report) -> None:
        """Take in what is said of a message that we sent."""

    def bound(self, address: str) -> bool:
        """Say whether a mailbox, in small letters, is bound to a flow as `mailto:…`."""


class Intake:
    """Hands mails to the inbox."""

    def __init__(
        self, inbox: Inbox, marks: Marks, limits: Limits, clock: Callable[[], datetime]
    ) -> None:
        self.limits = limits
        self._inbox, self._marks, self._clock = inbox, marks, clock

    def mailbox(self, recipient: str) -> str:
        """Find the mailbox of ours that a recipient means, "" for none: `+…` need not be bound."""
        found = address(recipient)
        local, _, domain = found.rpartition("@")
        plain = f"{local.partition('+')[0]}@{domain}"
        return next((each for each in (found, plain) if found and self._inbox.bound(each)), "")

    def receive(self, mail: Mail, mailbox: str, sender: str) -> Outcome:
        """Take a mail in for one mailbox of ours; when this returns, it is committed.

        `sender` is the envelope's, "<>" for the null return path, "" where it is not known.

        Raises:
            Unavailable: the store is away; nothing was kept.
        """
        if len(mail.headers.all("Received")) > HOPS:
            _log.warning("a mail went in circles and was refused", hops=HOPS)
            return "looping"
        at = self._clock()
        report = report_of(mail, self._marks, at)
        if report is not None:
            self._inbox.report(report)
            return "reported"
        incoming = incoming_of(mail, Envelope(mailbox, sender), self._marks, at)
        taken = self._inbox.take(incoming)
        return "unbound" if taken.unbound else "taken"
