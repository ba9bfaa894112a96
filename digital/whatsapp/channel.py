"""WhatsApp as a message channel (`runner.messages.channels.Channel`)."""

from collections.abc import Sequence
from datetime import datetime

from desk.conversations import ChannelName, Conversation, Message
from digital.carrier.channel import CarrierChannel, Content
from digital.carrier.form import WHATSAPP
from digital.whatsapp.render import refusal, render, takes_text, template_of


class WhatsappChannel(CarrierChannel):
    """Sends by WhatsApp: free text within the session, templates at any time."""

    name: ChannelName = "whatsapp"
    prefix = WHATSAPP

    def content(self, message: Message) -> Content:
        """Render a message."""
        return render(message, self.media_urls(message))

    def split(self, message: Message) -> Sequence[str]:
        """Split a text that one message cannot hold, or that cannot go with its file.

        A template's is the provider's own.
        """
        if template_of(message):
            return [message.text]
        texts = super().split(message)
        goes_alone = bool(message.text.strip() or message.choices) and not takes_text(message.media)
        return ["", *texts] if goes_alone else texts

    def fits(self, message: Message, conversation: Conversation, at: datetime) -> str:
        """Say why a message can never be sent; "" when it can."""
        return refusal(message, conversation, self.media_urls(message), at)
