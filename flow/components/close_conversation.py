"""`close_conversation`: ends the conversation by messages, and with it the flow."""

from typing import ClassVar, Literal

from flow.component import Component, Finish
from flow.context import Context
from flow.instructions import Hangup


class CloseConversation(Component):
    """Close the conversation: the flow ends for good, and an agent who has it loses it.

    What the contact writes next begins a new conversation.
    """

    TYPES: ClassVar[tuple[str, ...]] = ("incoming_message", "api_request", "module")
    TEXTS: ClassVar[bool] = True
    EXITS: ClassVar[tuple[str, ...]] = ()

    component: Literal["close_conversation"]

    def start(self, context: Context) -> Finish:
        """End here; what was promised for later is not waited for."""
        return Finish("closed", (Hangup(),) if context.live else ())
