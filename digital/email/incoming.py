"""Makes an `Incoming` of a mail that was read: who wrote to which of our mailboxes, and what."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from digital.email.addresses import address, addresses, message_ids
from digital.email.answers import answer
from digital.email.automatic import automatic
from digital.email.headers import Headers
from digital.email.limits import SUBJECT
from digital.email.mail import Mail
from digital.email.marks import Marks
from runner.messages.channels import Incoming

NOBODY = "unknown@invalid"
"""The sender of a mail that names none (RFC 2606, section 2)."""

REFERENCES = 20
"""Message-IDs of a thread that are kept: its first, and its latest."""

_LONGEST_ID = 255
_REPLY = re.compile(
    r"\s{0,3}(?:re|aw|antw|sv|res|rif|ref|odp)\s?(?:\[\d{1,3}\])?\s?:", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """How a mail came: to which of our mailboxes, and from whom; "<>" is the null return path."""

    recipient: str
    sender: str = ""


def incoming_of(mail: Mail, envelope: Envelope, marks: Marks, at: datetime) -> Incoming:
    """Make what the inbox takes. Its `sid` is the same for the same mail to the same mailbox."""
    headers = mail.headers
    name, peer = _sender(headers, envelope)
    thread = _thread(headers)
    ours = marks.find((*message_ids(headers.first("In-Reply-To")), *reversed(thread)))
    reason = automatic(headers, envelope.sender, envelope.recipient, marks)
    subject = headers.first("Subject")[:SUBJECT]
    return Incoming(
        *("email", envelope.recipient, peer, at),
        text=answer(mail.text, replies=bool(thread) or bool(_REPLY.match(subject))),
        subject=subject,
        html=mail.html,
        files=mail.files,
        sid=_sid(mail, envelope.recipient),
        name=name,
        email="" if peer == NOBODY else peer,
        automatic=bool(reason),
        thread=ours.conversation if ours else "",
        details=_details(mail, thread, reason),
        raw=mail.raw,
    )


def _sender(headers: Headers, envelope: Envelope) -> tuple[str, str]:
    """Give name and address of the sender: who says to have written it, else the envelope's."""
    found = addresses(headers.first("From")) or addresses(headers.first("Sender"))
    return next(iter(found), ("", address(envelope.sender) or NOBODY))


def _thread(headers: Headers) -> list[str]:
    """List the Message-IDs of what a mail answers, the oldest first."""
    named = message_ids(headers.first("References")) + message_ids(headers.first("In-Reply-To"))
    unique = [each for each in dict.fromkeys(named) if len(each) <= _LONGEST_ID]
    return unique if len(unique) <= REFERENCES else [unique[0], *unique[1 - REFERENCES :]]


def message_id(headers: Headers) -> str:
    """Give the Message-ID of a mail, "" where it has none that can be used."""
    found = message_ids(headers.first("Message-ID"))
    return found[0] if found and len(found[0]) <= _LONGEST_ID else ""


def _sid(mail: Mail, recipient: str) -> str:
    """Name a mail for repeats: by its Message-ID and our mailbox, else by its content."""
    named = message_id(mail.headers)
    what = named.encode() if named else sha256(mail.raw or _content(mail)).digest()
    return sha256(what + b"\n" + recipient.encode()).hexdigest()


def _content(mail: Mail) -> bytes:
    headers = (mail.headers.first(name) for name in ("From", "Date", "Subject"))
    return "\n".join((*headers, mail.text, mail.html)).encode("utf-8", "replace")


def _details(mail: Mail, thread: list[str], reason: str) -> Mapping[str, Any]:
    """Give what is kept with the message; `thread` is what answers are threaded by."""
    headers, named = mail.headers, message_id(mail.headers)
    found: dict[str, Any] = {
        "thread": {"last": named, "references": thread} if named else {},
        "full_text": mail.text,
        "date": headers.first("Date")[:100],
        "reply_to": [each for _, each in addresses(headers.first("Reply-To"))][:5],
        "cc": [each for _, each in addresses(headers.first("Cc"))][:50],
        "inline": dict(mail.inline),
        "left_out": list(mail.left_out),
        "automatic": reason,
    }
    return {key: value for key, value in found.items() if value}
