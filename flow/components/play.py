"""`play`: says or plays a message and goes on."""

from typing import ClassVar, Literal

from pydantic import Field

from flow.component import VOICE_TYPES, Component, Leave
from flow.context import Context
from flow.message import Message


class Play(Component):
    """Say or play a message to the caller."""

    TYPES: ClassVar[tuple[str, ...]] = VOICE_TYPES
    NEEDS_CALL: ClassVar[bool] = True
    FALLBACK: ClassVar[str] = "done"

    component: Literal["play"]
    message: Message
    loop: int = Field(default=1, ge=1, le=99, description="How often it is heard.")

    def start(self, context: Context) -> Leave:
        """Say the message as often as asked and leave by `done`."""
        return Leave("done", say=context.speak(self.message) * self.loop)
