"""The settings of agents' capacity: how many points a contact takes by each channel."""

from pydantic import Field
from pydantic_settings import BaseSettings

from desk.weights import Weights

_MOST = 1_000

_TAKES = "Points of an agent's capacity."


class DeskSettings(BaseSettings):
    """What the operator can set about how much an agent may have at once."""

    weight_chat: int = Field(default=30, ge=1, le=_MOST, description=_TAKES)
    weight_whatsapp: int = Field(default=20, ge=1, le=_MOST, description=_TAKES)
    weight_sms: int = Field(default=5, ge=1, le=_MOST, description=_TAKES)
    weight_email: int = Field(default=5, ge=1, le=_MOST, description=_TAKES)
    weight_voice: int = Field(default=100, ge=1, le=_MOST, description=_TAKES)

    @property
    def weights(self) -> Weights:
        """The points of one contact by each channel."""
        return Weights(
            self.weight_chat,
            self.weight_whatsapp,
            self.weight_sms,
            self.weight_email,
            self.weight_voice,
        )
