"""What a message becomes as SMS or MMS, and why some can never be sent."""

from collections.abc import Mapping, Sequence
from typing import Any

from desk.conversations import Message
from digital.carrier.channel import LONGEST, Content
from digital.carrier.form import is_number
from digital.channel import numbered, utf16_units
from digital.sms.segments import count

MOST_FILES = 10
"""Files one MMS may have (provider, "Messages resource", MediaUrl)."""


_LARGEST_IMAGE, _LARGEST = 5_000_000, 500_000
"""Bytes of a file (provider, "Accepted content types for media")."""


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
    if large := [str(each["name"]) for each in message.media if _is_too_large(each)]:
        return f"{large[0]} is too large: an MMS takes images of 5 MB, other files of 500 kB"
    if "" in files:
        return "a file has no address that the carrier could fetch it from"
    if not is_number(message.peer):
        return "the contact's address is no number: it cannot be answered"
    return ""


def _is_too_large(file: Mapping[str, Any]) -> bool:
    """Say whether a file of ours is too large; of an address we do not know."""
    is_image = str(file.get("type") or "").startswith("image/")
    return int(file.get("size") or 0) > (_LARGEST_IMAGE if is_image else _LARGEST)
