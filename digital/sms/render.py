"""What a message becomes as SMS or MMS, and why some can never be sent."""

from collections.abc import Sequence

from desk.conversations import Message
from digital.carrier.channel import LONGEST, Content
from digital.carrier.form import is_number
from digital.channel import numbered, utf16_units
from digital.sms.segments import count

MOST_FILES = 10
"""Files one MMS may have (provider, "Messages resource", MediaUrl)."""


def render(message: Message, files: Sequence[str] = (), service: str = "") -> Content:
    """Write a message: quick replies as numbered text, `files` by their addresses.

    With a messaging `service` our address is named as well: the contact knows us by it.
    """
    text = numbered(message.text, message.choices)
    fields = {
        **({"body": text} if text else {}),
        **({"media_url": list(files)} if files else {}),
        **({"messaging_service_sid": service} if service else {}),
    }
    return Content(fields, 1 if files else count(text).segments)


def refusal(message: Message, files: Sequence[str]) -> str:
    """Say why a message can never be sent; "" when it can."""
    text = numbered(message.text, message.choices)
    length = utf16_units(text)
    if not text and not files:
        return "there is nothing to send: no text and no file"
    if length > LONGEST:
        return f"the text has {length} characters, one message at most {LONGEST}: shorten it"
    if len(files) > MOST_FILES:
        return f"there are {len(files)} files, one message has at most {MOST_FILES}"
    if "" in files:
        return "a file has no address that the carrier could fetch it from"
    if not is_number(message.peer):
        return "the contact's address is no number: it cannot be answered"
    return ""
