"""Messages that go out, and the conversations they are in."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from desk.conversations import Conversation, Message
from tests.digital.carrier.doors import OURS, THEIRS


def now() -> datetime:
    """The present time."""
    return datetime.now(UTC)


def a_message(text: str = "Hello", **fields: Any) -> Message:
    """A message that leaves just now."""
    at = now()
    given = {"channel": "sms", "address": OURS, "peer": THEIRS, "tried": at, **fields}
    return Message(
        id=given.pop("id", "run1.ask"),
        conversation="c1",
        direction="out",
        author="flow",
        text=text,
        at=at,
        state="sending",
        **given,
    )


def a_thread(**fields: Any) -> Conversation:
    """The conversation it is in."""
    at = now()
    given: dict[str, Any] = {"channel": "sms", "address": OURS, "peer": THEIRS, **fields}
    return Conversation(id="c1", opened=at, updated=at, **given)


def media_url(media: Mapping[str, Any]) -> str:
    """Prompts lie on our server, addresses are as they are; anything else has none."""
    if media.get("audio"):
        return f"https://calls.example.com/audio/{media['audio']}.wav"
    return str(media.get("url", ""))
