"""What a message becomes on WhatsApp, and why some can never be sent."""

import json
import mimetypes
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from desk.conversations import SESSION, Conversation, Message
from digital.carrier.channel import LONGEST, Content
from digital.channel import numbered, utf16_units

_WAV, _WAV_TYPES = (".wav", ".wave"), ("audio/x-wav", "audio/wav")
MOST_FILES = 1

_SHOWN = ("image/", "video/")
_LARGEST_IMAGE = 5_000_000
"""Bytes of an image (provider, "Guidance on WhatsApp Media Messages", as `takes_text`)."""


def takes_text(media: Sequence[Mapping[str, Any]]) -> bool:
    """Say whether a text arrives together with these files: pictures and films have it below them.

    With a document or a sound it is lost. What stands at an address is known by its ending.
    """
    return all(_kind(each).startswith(_SHOWN) for each in media)


def _kind(file: Mapping[str, Any]) -> str:
    named = urlsplit(str(file.get("url") or "")).path or str(file.get("name") or "")
    return str(file.get("type") or mimetypes.guess_type(named)[0] or "")


def template_of(message: Message) -> Mapping[str, Any]:
    """Give the template a message is sent by; empty for free text."""
    found = message.details.get("template")
    return found if isinstance(found, Mapping) and found.get("id") else {}


def render(message: Message, files: Sequence[str] = ()) -> Content:
    """Write a message: by its template, else as text with quick replies below it, numbered.

    Buttons and lists stand in a template; its text is the provider's, ours is only kept.
    """
    template = template_of(message)
    if template:
        given = template.get("variables") or {}
        variables = {str(name): str(value) for name, value in given.items()}
        told = {"content_variables": json.dumps(variables)} if variables else {}
        return Content({"content_sid": str(template["id"]), **told})
    text = numbered(message.text, message.choices)
    return Content(
        {**({"body": text} if text else {}), **({"media_url": list(files)} if files else {})}
    )


def refusal(
    message: Message, conversation: Conversation, files: Sequence[str], at: datetime
) -> str:
    """Say why a message can never be sent; "" when it can."""
    if not message.peer.startswith("+"):
        return "the contact's address is no WhatsApp number"
    template = template_of(message)
    if template:
        return "" if _is_content(str(template["id"])) else "a template's id is HX and 32 hex digits"
    if not _in_session(conversation, at):
        return (
            "24 hours have passed since the contact last wrote: WhatsApp takes templates only; "
            "give the message a template"
        )
    return _content_refused(message, files)


def _content_refused(message: Message, files: Sequence[str]) -> str:
    text = numbered(message.text, message.choices)
    length = utf16_units(text)
    if not text and not files:
        return "there is nothing to send: no text and no file"
    if length > LONGEST:
        return f"the text has {length} characters, one message at most {LONGEST}: shorten it"
    if len(files) > MOST_FILES:
        return f"there are {len(files)} files, WhatsApp takes one with each message"
    if any(_kind(f).startswith("image/") and _size(f) > _LARGEST_IMAGE for f in message.media):
        return "an image is too large: WhatsApp takes 5 MB"
    if "" in files:
        return "a file has no address that the carrier could fetch it from"
    if any(url.lower().partition("?")[0].endswith(_WAV) for url in files) or any(
        each.get("type") in _WAV_TYPES for each in message.media
    ):
        return "WhatsApp takes no WAV sound: give the url of an mp3 or ogg file"
    return ""


def _size(file: Mapping[str, Any]) -> int:
    return int(file.get("size") or 0)


def _in_session(conversation: Conversation, at: datetime) -> bool:
    age = at - conversation.heard if conversation.heard else None
    return age is not None and timedelta(0) <= max(age, timedelta(0)) < SESSION


def _is_content(name: str) -> bool:
    hexed = name.removeprefix("HX").lower()
    return name.startswith("HX") and len(hexed) == 32 and set(hexed) <= set("0123456789abcdef")  # noqa: PLR2004  the length of the carrier's ids
