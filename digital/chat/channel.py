"""The chat as a channel: what is written down is through, for the widget reads it by itself."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from desk.conversations import ChannelName, Conversation, Message
from runner.messages.channels import Receipt

LONGEST = 8_000
"""Characters of a message to a visitor: more is no chat, and a flow's texts stay below 16 KB."""

MOST_CHOICES = 13
"""Quick replies under one message: more fill a telephone's whole screen."""

MOST_MEDIA = 10

FASTEST = 1_000.0
"""Messages per second that are paced by nobody."""


class ChatChannel:
    """Fulfils `runner.messages.channels.Channel`; nothing is sent."""

    name: ChannelName = "chat"
    at_once: bool = True
    repeats: bool = True
    patience = timedelta(seconds=20)

    def fits(self, message: Message, conversation: Conversation, at: datetime) -> str:
        """Say why a message cannot be shown in a chat; empty when it can."""
        if not (message.text.strip() or message.media):
            return "a chat message needs a text or a file"
        if len(message.text) > LONGEST:
            return f"a chat message has at most {LONGEST} characters"
        if len(message.choices) > MOST_CHOICES:
            return f"a chat message has at most {MOST_CHOICES} quick replies"
        if len(message.media) > MOST_MEDIA:
            return f"a chat message has at most {MOST_MEDIA} files"
        return ""

    def split(self, message: Message) -> Sequence[str]:
        """Give the text: a chat shows it as it is."""
        return [message.text]

    def rate(self, address: str) -> float:
        """Give the messages per second of a chat."""
        return FASTEST

    def turns(self, message: Message) -> int:
        """Give how many messages it counts as."""
        return 1

    def send(self, message: Message, conversation: Conversation) -> Receipt:
        """Say that the message is through."""
        return Receipt(message.id)

    def find(self, message: Message) -> Sequence[str]:
        """Find the message: it is where it was written."""
        return [message.id]
