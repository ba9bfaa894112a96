"""Judges whether a person wrote a mail. What a machine wrote is kept and never answered (RFC 3834).

Two machines that answer each other never stop.
"""

import re

from digital.email.addresses import addresses
from digital.email.headers import Headers
from digital.email.marks import Marks

_MACHINES = re.compile(
    r"(?:mailer-daemon|postmaster|no-?_?reply|do-?_?not-?_?reply|bounces?|auto-?reply"
    r"|auto-?responder)(?:[+._=-].*)?|.*-(?:bounces|request|noreply)|owner-.*"
)
_BULK = frozenset({"bulk", "junk", "list", "auto_reply"})
_SAID = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply", "List-Id", "List-Unsubscribe")


def automatic(headers: Headers, envelope: str, mailbox: str, marks: Marks) -> str:
    """Say why a mail is not a person's; "" when it may be one.

    `envelope` is who it is from by its envelope, "<>" for the null return path and "" where the
    envelope is not known; `mailbox` is ours that it came to.
    """
    return (
        _by_its_headers(headers)
        or _by_its_return_path(headers, envelope)
        or _by_its_sender(headers, envelope, mailbox)
        or _by_us(headers, marks)
    )


def _by_its_headers(headers: Headers) -> str:
    submitted = headers.first("Auto-Submitted").partition(";")[0].strip().lower()
    if submitted not in ("", "no"):
        return "Auto-Submitted"
    if headers.first("Precedence").lower() in _BULK:
        return "Precedence"
    return next((name for name in _SAID if name in headers), "")


def _by_its_return_path(headers: Headers, envelope: str) -> str:
    null = envelope == "<>" or headers.first("Return-Path") == "<>"
    return "null return path" if null else ""


def _by_its_sender(headers: Headers, envelope: str, mailbox: str) -> str:
    named = [each for _, each in addresses(headers.first("From"))]
    if any(_MACHINES.fullmatch(each.partition("@")[0]) for each in (*named, envelope.lower())):
        return "a machine's address"
    # Not the envelope's domain: a server that passes mail on writes its own there (SRS).
    if any(each.rpartition("@")[2] == mailbox.rpartition("@")[2] for each in named):
        return "our own domain"
    return "" if named else "no sender"


def _by_us(headers: Headers, marks: Marks) -> str:
    if marks.loop in headers.all("X-Loop"):
        return "our own X-Loop"
    return "our own mail" if marks.find([headers.first("Message-ID")]) else ""
