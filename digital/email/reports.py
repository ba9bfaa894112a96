"""Reads what mail servers and mail programs say of a mail of ours (RFC 3464, RFC 8098)."""

import re
from datetime import datetime

from digital.email.addresses import addresses
from digital.email.mail import Mail
from digital.email.marks import Marks, Ours
from runner.messages.channels import Report

_FIELD = re.compile(r"(?im)^([a-z-]{3,40}):[ \t]{0,5}([^\n]{0,500})$")
_STATUS = re.compile(r"([245])\.\d{1,3}\.\d{1,3}")
_REPLY = re.compile(r"\b([45]\d\d)\b")

_WORDS = {
    "1": "the address is not known there",
    "2": "the mailbox cannot take it",
    "3": "the mail system there is not in order",
    "4": "the way there does not work",
    "5": "the servers did not understand each other",
    "6": "the mail could not be read there",
    "7": "it is not allowed there",
}
"""What the second number of a status means (RFC 3463, section 3)."""


def report_of(mail: Mail, marks: Marks, at: datetime) -> Report | None:
    """Give what a mail reports of a message of ours; None: it is no report, or not on ours."""
    fields = {
        name.lower(): value.strip()
        for text in mail.reports
        for name, value in reversed(_FIELD.findall(text))
    }
    if not fields and "X-Failed-Recipients" not in mail.headers:
        return None
    about = _about(mail, fields, marks)
    if about is None:
        return None
    if "disposition" in fields:
        seen = fields["disposition"].lower().rpartition(";")[2].strip().startswith("displayed")
        return Report("email", "read", at, about.sid, about.message) if seen else None
    return _delivery(mail, fields, about, at)


def _about(mail: Mail, fields: dict[str, str], marks: Marks) -> Ours | None:
    """Find the message of ours: in the copy that came back, else by what the report refers to."""
    told = (mail.quoted, fields.get("original-message-id", ""))
    answered = (mail.headers.first("In-Reply-To"), mail.headers.first("References"))
    text = mail.text if "X-Failed-Recipients" in mail.headers else ""
    return marks.find((*told, *answered, text))


def _delivery(mail: Mail, fields: dict[str, str], about: Ours, at: datetime) -> Report | None:
    action = fields.get("action", "").lower()
    if action == "delivered":
        return Report("email", "delivered", at, about.sid, about.message)
    bounced = not action and bool(addresses(mail.headers.first("X-Failed-Recipients")))
    if action != "failed" and not bounced:
        return None
    status = _STATUS.search(fields.get("status", ""))
    reply = _REPLY.search(fields.get("diagnostic-code", ""))
    code = int(reply[1]) if reply else int(status[1]) * 100 if status else 0
    reason = (
        f"{status[0]}: {_WORDS.get(status[0].split('.')[1], 'refused')}" if status else "refused"
    )
    return Report("email", "undelivered", at, about.sid, about.message, code, reason)
