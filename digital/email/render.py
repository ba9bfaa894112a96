"""Writes a message of ours as a mail that answers the contact's last one.

Headers are built by `email.message`, whose policy refuses line breaks, from values in one line: no
value can add a header or a recipient (threat 20).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from typing import Any

from desk.conversations import Conversation, Message
from digital.channel import numbered
from digital.email.charsets import one_line, plain
from digital.email.files import safe_name
from digital.email.limits import SUBJECT
from digital.email.marks import Marks
from flow.mailbox import mailbox, unencoded
from runner.mail import File

# A Message-ID that does not fit a line of 78 would be encoded by the library, and thread nothing;
# 998 is what RFC 5322, section 2.1.1 allows. Not every server takes 8-bit texts (RFC 6152).
_POLICY = SMTP.clone(cte_type="7bit", max_line_length=998)

_AGAIN = re.compile(
    r"(?:(?:re|aw|antw|sv|res|rif|ref)\s?(?:\[\d{1,3}\])?\s?:\s{0,5})+", re.IGNORECASE
)
_SUBJECT_OF_TEXT = 60
_PRINTABLE = re.compile(r"(?!.*=\?)[!-;=?-~]{1,255}")  # with "=?" it would be decoded


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a mail is written with besides the message: its Message-ID, our name, its files."""

    message_id: str
    name: str = ""
    files: Sequence[File] = ()
    missing: Sequence[str] = ()


def written(
    message: Message, conversation: Conversation, sheet: Sheet, marks: Marks
) -> EmailMessage:
    """Write the mail.

    Raises:
        ValueError: one of the addresses is none that mail can be sent to.
    """
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = _shown(message.address, unencoded(one_line(sheet.name)))
    mail["To"] = _shown(message.peer)
    mail["Subject"] = unencoded(subject(message, conversation))
    mail["Date"] = format_datetime(message.at)
    mail["Message-ID"] = f"<{sheet.message_id}>"
    answered = _threaded(mail, conversation.details)
    if not message.author.startswith("agent:"):
        mail["Auto-Submitted"] = "auto-replied" if answered else "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail["X-Loop"] = marks.loop
    _fill(mail, message, sheet)
    for number, file in enumerate(sheet.files, 1):
        main, _, sub = file.kind.partition("/")
        if main in ("", "multipart", "message"):  # these have parts of their own
            main, sub = "application", "octet-stream"
        name = safe_name(file.name, file.kind, number)
        mail.add_attachment(file.data, maintype=main, subtype=sub or "octet-stream", filename=name)
    return mail


def subject(message: Message, conversation: Conversation) -> str:
    """Give the subject in one line: of an answer the contact's own, with one "Re:"."""
    own, theirs = one_line(message.subject)[:SUBJECT], one_line(conversation.subject)[:SUBJECT]
    if conversation.details.get("last") and own in ("", theirs):
        return f"Re: {_AGAIN.sub('', theirs, count=1).strip()}".strip()
    return own or theirs or one_line(message.text)[:_SUBJECT_OF_TEXT].strip() or "Re:"


def _threaded(mail: EmailMessage, details: Mapping[str, Any]) -> bool:
    """Say what the mail answers (RFC 5322, section 3.6.4); false: nothing."""
    last, before = details.get("last"), details.get("references")
    if not isinstance(last, str) or not _PRINTABLE.fullmatch(last):
        return False
    listed = [each for each in before if isinstance(each, str)] if isinstance(before, list) else []
    chain = [each for each in dict.fromkeys(listed) if each != last and _PRINTABLE.fullmatch(each)]
    mail["In-Reply-To"] = f"<{last}>"
    mail["References"] = " ".join(f"<{each}>" for each in (*chain, last))
    return True


def _fill(mail: EmailMessage, message: Message, sheet: Sheet) -> None:
    links = [str(each["url"]) for each in message.media if each.get("url")]
    below = [*links, *(f"({each})" for each in sheet.missing)]
    text = "\n\n".join(part for part in (_text(message), "\n".join(below)) if part)
    mail.set_content(f"{plain(text)}\n", cte="quoted-printable")
    if message.html:
        page = plain(message.html) + _list(message.choices) + _paragraphs(below)
        mail.add_alternative(page, subtype="html", cte="quoted-printable")


def _text(message: Message) -> str:
    return numbered(message.text, message.choices)


def _list(choices: Sequence[Mapping[str, Any]]) -> str:
    labels = (str(each.get("label") or each.get("value", "")) for each in choices)
    items = "".join(f"<li>{escape(label)}</li>" for label in labels)
    return f"<ol>{items}</ol>" if items else ""


def _paragraphs(lines: Sequence[str]) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in lines)


def _shown(address: str, name: str = "") -> Address:
    found = mailbox(address)
    local, _, domain = found.address.rpartition("@")
    return Address(name, local, domain)
