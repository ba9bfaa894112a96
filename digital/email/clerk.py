"""Decides who receives mail here and answers for it, in the words of SMTP (RFC 5321, RFC 3463)."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from digital.email.intake import Intake
from digital.email.parse import parse
from runner.errors import Unavailable

_log = structlog.get_logger(__name__)

T = TypeVar("T")

RECIPIENTS = 100
"""Recipients of one mail (RFC 5321, section 4.5.3.1.8)."""

_NOT_NOW = "451 4.3.0 Not now, please try again later"
_NOBODY = "550 5.1.1 Nobody receives mail at this address"
_LOOP = "554 5.4.6 The mail goes in circles"


class Clerk:
    """Decides about recipients and mails; the library calls it by the names of the commands."""

    def __init__(self, intake: Intake, pool: ThreadPoolExecutor) -> None:
        self._intake, self._pool = intake, pool

    async def handle_RCPT(  # noqa: N802  as the library names it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Accept a recipient who is bound to a flow, and no other: this is no relay."""
        if len(envelope.rcpt_tos) >= RECIPIENTS:
            return "452 4.5.3 Too many recipients at once"
        try:
            mailbox = await self._aside(lambda: self._intake.mailbox(address))
        except Unavailable:
            return _NOT_NOW
        if not mailbox:
            return _NOBODY
        if mailbox not in envelope.rcpt_tos:
            envelope.rcpt_tos.append(mailbox)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  as above
        """Take a mail: `250` once it is committed for every recipient."""
        return await self._aside(lambda: self._take(envelope))

    async def handle_exception(self, error: Exception) -> str:
        """Answer when something broke; the mail comes again."""
        _log.error("mail not taken", error=type(error).__name__)
        return _NOT_NOW

    def _take(self, envelope: Envelope) -> str:
        content = envelope.content
        mail = parse(content if isinstance(content, bytes) else b"", self._intake.limits)
        sender = envelope.mail_from or ""
        try:
            done = [self._intake.receive(mail, each, sender) for each in envelope.rcpt_tos]
        except Unavailable:
            _log.warning("a mail came while the store was away")
            return _NOT_NOW
        if any(outcome in ("taken", "reported") for outcome in done):
            return "250 2.0.0 Kept"
        return _LOOP if "looping" in done else _NOBODY

    async def _aside(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)
