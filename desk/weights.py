"""How many points of an agent's capacity a contact takes, by channel."""

from dataclasses import dataclass

CAPACITY = 100
"""Points of an agent, where nothing else is said."""

CALL = 100
"""Points of a call, where nothing else is said: all of an agent."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The points of one contact by each channel."""

    chat: int = 30
    whatsapp: int = 20
    sms: int = 5
    email: int = 5
    voice: int = CALL

    def of(self, channel: str) -> int:
        """Give the points of a contact by a channel; what is no channel of messages is a call."""
        points = {
            "chat": self.chat,
            "whatsapp": self.whatsapp,
            "sms": self.sms,
            "email": self.email,
        }
        return points.get(channel, self.voice)
