"""`hang_up`: ends the call; steps that only handle data may follow."""

from typing import ClassVar, Literal

from pydantic import Field

from flow.component import Component, Leave
from flow.context import Context
from flow.instructions import Hangup, Reject


class HangUp(Component):
    """End the call, or refuse it while nothing was asked of it yet.

    A call that the flow has spoken on cannot be busy any more: it is hung up whatever the reason.
    """

    TYPES: ClassVar[tuple[str, ...]] = ("incoming_call", "outgoing_call", "api_request")
    NEEDS_CALL: ClassVar[bool] = True
    OPTIONAL: ClassVar[tuple[str, ...]] = ("done",)

    component: Literal["hang_up"]
    reason: Literal["completed", "busy", "rejected"] = Field(
        default="completed", description="What the caller is told."
    )

    def start(self, context: Context) -> Leave:
        """End the call and go on with data steps, if any are connected."""
        run = context.execution
        if self.reason == "completed" or run.answered or run.type != "incoming_call":
            return Leave("done", say=(Hangup(),))
        return Leave("done", say=(Reject(self.reason),))
