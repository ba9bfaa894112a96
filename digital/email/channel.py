"""E-mail as a message channel: what can be sent, and handing it to the operator's mail server."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from desk.conversations import ChannelName, Conversation, Message
from digital.email.marks import Marks
from digital.email.render import Sheet, written
from flow.mailbox import Mailbox, mailbox
from runner.mail import ATTACHED, IN_ALL, File, MailDoor, MailError
from runner.messages.channels import ChannelError, Receipt

OFF = "SMTP_URL is not set: no mail is sent"

Fetch = Callable[[Mapping[str, Any]], File | None]
"""Gives a file of an outgoing message, by its `id` or its `audio`; None: it is not to be had."""


@dataclass(frozen=True, slots=True)
class Post:
    """What mail is sent with: the mail server's door, who it is from by default, how fast."""

    door: MailDoor | None
    operator: Mailbox | None
    per_second: float = 5.0


class EmailChannel:
    """A channel (`Channel`). Whoever gets a mail twice knows it by its Message-ID."""

    name: ChannelName = "email"
    at_once = False
    repeats = True
    patience = timedelta(seconds=IN_ALL + 20)

    def __init__(self, post: Post, marks: Marks, fetch: Fetch) -> None:
        self._post, self._marks, self._fetch = post, marks, fetch

    def fits(self, message: Message, conversation: Conversation, at: datetime) -> str:
        """Say why a mail can never be sent; "" when it can."""
        if self._post.door is None:
            return OFF
        for who, address in (("our mailbox", message.address), ("the contact", message.peer)):
            try:
                mailbox(address)
            except ValueError:
                return f"{who} has no address that mail can be sent to"
        if not (message.text.strip() or message.html.strip() or message.media or message.choices):
            return "there is nothing in the message"
        size = sum(int(each.get("size") or 0) for each in message.media)
        return "the files are too large together: at most 15 MB" if size > ATTACHED else ""

    def split(self, message: Message) -> Sequence[str]:
        """Give the text: a mail is never too long."""
        return [message.text]

    def rate(self, address: str) -> float:
        """Give the mails per second that may leave from one of our mailboxes."""
        return self._post.per_second

    def turns(self, message: Message) -> int:
        """Give how many mails it counts as."""
        return 1

    def send(self, message: Message, conversation: Conversation) -> Receipt:
        """Hand a mail to the mail server; its bounces come back to our mailbox.

        Raises:
            ChannelError: it was not taken, or nobody knows.
        """
        if self._post.door is None:
            raise ChannelError(OFF)
        sheet = self._sheet(message)
        try:
            mail = written(message, conversation, sheet, self._marks)
            self._post.door.send(mail, message.address, [message.peer])
        except ValueError as error:
            raise ChannelError(f"the mail cannot be written: {type(error).__name__}") from None
        except MailError as error:
            raise ChannelError(
                str(error), code=error.code, retry=error.retry, unsure=error.unsure
            ) from None
        return Receipt(sheet.message_id)

    def find(self, message: Message) -> Sequence[str]:
        """List nothing: a mail server does not say what it took, so it is sent again."""
        return ()

    def _sheet(self, message: Message) -> Sheet:
        domain = message.address.rpartition("@")[2]
        operator = self._post.operator
        files, missing = self._files(message)
        return Sheet(
            self._marks.message_id(message.conversation, message.id, domain),
            operator.name if operator and operator.domain == domain else "",
            files,
            missing,
        )

    def _files(self, message: Message) -> tuple[list[File], list[str]]:
        """Fetch what is attached, and name what is not to be had or too large."""
        files: list[File] = []
        missing: list[str] = []
        for each in message.media:
            if each.get("url"):
                continue
            try:
                found = self._fetch(each)
            except OSError as error:
                what = type(error).__name__
                raise ChannelError(f"a file cannot be read: {what}", retry=True) from None
            room = ATTACHED - sum(len(file.data) for file in files)
            if found is None or len(found.data) > room:
                missing.append(f"{each.get('name') or 'a file'} could not be attached")
            else:
                files.append(found)
        return files, missing
