"""Writes e-mails as messages and hands them to a mail server; knows no walk and no database.

No value can add a header or a recipient (threat 20): headers are built from parsed addresses by
`email.message`, whose policy refuses line breaks; encoded words, in which it would not see them,
are broken up; and what is handed over has the header that was built. The envelope's sender is
always the operator's.
"""

import smtplib
import ssl
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import SMTP
from email.utils import format_datetime
from time import monotonic
from typing import Any

from flow.mailbox import Mailbox, unencoded
from runner.mail_settings import MailServer

ATTACHED = 15 * 1024 * 1024
"""Bytes of all attachments together: with their encoding a third more, within the 25 MB that the
large providers take."""

PATIENCE = 8.0
"""Seconds that one answer of the mail server may take."""

AT_THE_END = 120.0
"""Seconds that the server may take over a message that it has wholly: it looks through it then, and
who leaves sooner sends it twice (RFC 5321, section 4.5.3.2.6)."""

IN_ALL = 160.0
"""Seconds that handing over one message may take."""

_GONE = 500
"""From here on an answer is for good (RFC 5321, section 4.2.1)."""


class MailError(Exception):
    """The mail server did not take a message; `retry`: it may later. `code` 0: no answer came.

    `unsure`: the message was given over, and nobody knows whether it was taken. The text is made
    of our words alone: a server's answer may name people.
    """

    def __init__(
        self, message: str, code: int = 0, *, retry: bool = True, unsure: bool = False
    ) -> None:
        super().__init__(message)
        self.code, self.retry, self.unsure = code, retry, unsure


@dataclass(frozen=True, slots=True)
class File:
    """Something attached: its name, its type as `audio/wav`, its bytes."""

    name: str
    kind: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail to be written: `id` is unique for ever, and the same whenever it is sent again."""

    id: str
    sender: Mailbox
    to: Sequence[Mailbox]
    subject: str
    at: datetime
    text: str = ""
    html: str = ""
    files: Sequence[File] = ()


def message_id(letter: str, sender: Mailbox) -> str:
    """Give the Message-ID of a letter: programs show two copies of one id as one."""
    return f"<{letter}@{sender.domain}>"


_POLICY = SMTP.clone(cte_type="7bit")
"""Not every server takes 8-bit texts (RFC 6152)."""


def write(letter: Letter, operator: Mailbox) -> EmailMessage:
    """Write a letter as a message of the operator's house."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = _shown(letter.sender)
    message["To"] = [_shown(to) for to in letter.to]
    message["Subject"] = unencoded(" ".join(letter.subject.split()))
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = message_id(letter.id, operator)
    # RFC 3834, section 5, and what Exchange reads instead: nobody's absence note answers us.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if letter.text or not letter.html:
        message.set_content(letter.text)
    if letter.html and letter.text:
        message.add_alternative(letter.html, subtype="html")
    elif letter.html:
        message.set_content(letter.html, subtype="html")
    for file in letter.files:
        main, _, sub = file.kind.partition("/")
        message.add_attachment(file.data, maintype=main, subtype=sub, filename=_name(file.name))
    return message


def whole(message: EmailMessage) -> bytes:
    """Give a mail as it is handed over, if its header is the one it was given (threat 20).

    Raises:
        MailError: a value in it has become a header, or ends it.
    """
    data = message.as_bytes()
    head, _, _ = data.partition(b"\r\n\r\n")
    if BytesHeaderParser().parsebytes(head + b"\r\n\r\n").keys() != message.keys():
        raise MailError("a value in the header of this mail would change it", retry=False)
    return data


def _shown(box: Mailbox) -> Address:
    local, _, domain = box.address.rpartition("@")
    return Address(box.name, local, domain)


def _name(name: str) -> str:
    """Give a file name without anything that is a path or a control character to somebody."""
    plain = "".join(c for c in name if c.isprintable() and c not in '/\\:*?"<>|').strip(". ")
    return plain[:100] or "attachment"


class MailDoor:
    """Hands messages to the operator's mail server. One connection for each: they are few."""

    def __init__(
        self, server: MailServer, patience: float = PATIENCE, at_the_end: float = AT_THE_END
    ) -> None:
        self._server, self._patience, self._at_the_end = server, patience, at_the_end

    def send(self, message: EmailMessage, sender: str, to: Collection[str]) -> int:
        """Hand a message over to all of `to` at once; gives how many were refused for good.

        Raises:
            MailError: nobody was sent it. Without a `code`, and with `retry`, that is not sure: the
                server may have taken it before the connection broke.
        """
        until = monotonic() + IN_ALL
        try:
            data = whole(message)
            with _Speaking(self._server, self._patience, until) as smtp:
                return _hand_over(smtp, data, sender, to, self._at_the_end)
        except MailError:
            raise
        except smtplib.SMTPResponseException as error:
            # It is about us and not about the message, which waits until that is repaired.
            code = error.smtp_code
            raise MailError(f"the mail server refuses to speak with us ({code})", code) from None
        except (smtplib.SMTPException, ssl.SSLError, OSError, UnicodeError) as error:
            what = type(error).__name__
            raise MailError(f"the mail server is not to be reached: {what}") from None


class _Timed(smtplib.SMTP):
    """SMTP whose whole conversation has an end."""

    until = float("inf")

    def getreply(self) -> tuple[int, bytes]:
        left = self.until - monotonic()
        if left <= 0:
            self.close()
            raise TimeoutError
        if self.sock is not None:
            self.sock.settimeout(min(self.sock.gettimeout() or left, left))
        return super().getreply()


class _TimedTls(_Timed, smtplib.SMTP_SSL):
    """The same inside TLS from the first byte."""


class _Speaking:
    """A conversation with a mail server: greeted, encrypted as asked, and known."""

    def __init__(self, server: MailServer, patience: float, until: float) -> None:
        self._server, self._patience, self._until = server, patience, until
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> smtplib.SMTP:
        try:
            return self._open()
        except BaseException:
            self._close()
            raise

    def __exit__(self, *_: object) -> None:
        self._close()

    def _open(self) -> smtplib.SMTP:
        server, context = self._server, _context(self._server)
        more: dict[str, Any] = {"context": context} if server.safety == "tls" else {}
        kind = _TimedTls if server.safety == "tls" else _Timed
        smtp = kind(server.host, server.port, timeout=self._patience, **more)
        self._smtp, smtp.until = smtp, self._until
        smtp.ehlo_or_helo_if_needed()
        if server.safety != "tls" and self._encrypts(smtp):
            smtp.starttls(context=context)
            smtp.ehlo()
        if server.user:
            smtp.login(server.user, server.password)
        return smtp

    def _encrypts(self, smtp: smtplib.SMTP) -> bool:
        """Say whether to encrypt; a password never goes to another machine in the clear."""
        if smtp.has_extn("starttls"):
            return True
        if self._server.safety == "starttls" or (self._server.user and not self._server.is_here):
            raise MailError("the mail server offers no STARTTLS: nothing is sent in the clear")
        return False

    def _close(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        try:
            smtp.quit()
        except (smtplib.SMTPException, OSError):
            smtp.close()


def _context(server: MailServer) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if server.is_here or (server.safety == "if offered" and not server.user):
        # Nobody asked for TLS here: better unproven than in the clear (RFC 7435).
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _hand_over(
    smtp: smtplib.SMTP, data: bytes, sender: str, to: Collection[str], at_the_end: float
) -> int:
    """Speak one transaction: to all who are not refused for good, or to nobody yet."""
    code, _ = smtp.mail(sender)
    if code >= 400:  # noqa: PLR2004  RFC 5321, section 4.2.1
        raise _refused("the mail server refused the sender", code)
    last, refused = 0, 0
    for address in to:
        code, _ = smtp.rcpt(address)
        if 400 <= code < _GONE:  # noqa: PLR2004  as above
            smtp.rset()
            raise _refused("the mail server cannot take this recipient now", code)
        if code >= _GONE:
            last, refused = code, refused + 1
    if refused == len(to):
        smtp.rset()
        raise _refused("the mail server refused every recipient", last)
    try:
        _wait(smtp, at_the_end)
        code, _ = smtp.data(data)
        _wait(smtp, smtp.timeout)
    except smtplib.SMTPDataError as error:
        code = error.smtp_code
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        what = type(error).__name__
        raise MailError(f"the mail server went away meanwhile: {what}", unsure=True) from None
    if code >= 400:  # noqa: PLR2004  as above
        raise _refused("the mail server refused the message", code)
    return refused


def _wait(smtp: smtplib.SMTP, seconds: float) -> None:
    if smtp.sock is not None:
        smtp.sock.settimeout(seconds)


def _refused(what: str, code: int) -> MailError:
    return MailError(f"{what} ({code})", code, retry=code < _GONE)
