"""WhatsApp as a message channel (`runner.messages.channels.Channel`)."""

from collections.abc import Sequence
from datetime import datetime

from desk.conversations import ChannelName, Conversation, Message
from digital.carrier.channel import CarrierChannel, Content
from digital.carrier.form import WHATSAPP
from digital.whatsapp.render import refusal, render, template_of


class WhatsappChannel(CarrierChannel):
    """Sends by WhatsApp: free text within the session, templates at any time."""

    name: ChannelName = "whatsapp"
    prefix = WHATSAPP

    def content(self, message: Message) -> Content:
        """Render a message."""
        return render(message, self.media_urls(message))

    def split(self, message: Message) -> Sequence[str]:
        """Split a text that one message cannot hold; a template's is the provider's own."""
        return [message.text] if template_of(message) else super().split(message)

    def fits(self, message: Message, conversation: Conversation, at: datetime) -> str:
        """Say why a message can never be sent; "" when it can."""
        return refusal(message, conversation, self.media_urls(message), at)
