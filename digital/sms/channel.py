"""SMS and MMS as a message channel (`runner.messages.channels.Channel`)."""

from datetime import datetime

from desk.conversations import ChannelName, Conversation, Message
from digital.carrier.channel import CarrierChannel, Content, Outbox
from digital.sms.render import refusal, render


class SmsChannel(CarrierChannel):
    """Sends by SMS, and by MMS where there are files; by a messaging `service` where one is set."""

    name: ChannelName = "sms"

    def __init__(self, outbox: Outbox, service: str = "") -> None:
        super().__init__(outbox)
        self._service = service

    def content(self, message: Message) -> Content:
        """Render a message."""
        return render(message, self.media_urls(message), self._service)

    def fits(self, message: Message, conversation: Conversation, at: datetime) -> str:
        """Say why a message can never be sent; "" when it can."""
        return refusal(message, self.media_urls(message))
