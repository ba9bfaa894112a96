"""`end`: ends the flow."""

from typing import ClassVar, Literal

from flow.component import Component, Finish
from flow.context import Context
from flow.instructions import Hangup


class End(Component):
    """End the flow: a call is hung up, a conversation is left."""

    EXITS: ClassVar[tuple[str, ...]] = ()

    component: Literal["end"]

    def start(self, context: Context) -> Finish:
        """End here."""
        return Finish("completed", (Hangup(),) if context.live else ())
