"""`connect_agent`: joins the contact of an outgoing call with the agent who placed it."""

from typing import ClassVar, Literal

from flow.component import Component, Finish, Leave, Outcome
from flow.context import Context
from flow.events import Event, HungUp
from flow.joining import ended, join, last_agent


class ConnectAgent(Component):
    """Join contact and agent; when the agent leaves and the contact stays, go on after the call."""

    TYPES: ClassVar[tuple[str, ...]] = ("outgoing_call",)
    NEEDS_CALL: ClassVar[bool] = True
    EXITS: ClassVar[tuple[str, ...]] = ("call_finished",)
    OPTIONAL: ClassVar[tuple[str, ...]] = ("call_finished",)
    WAITS: ClassVar[bool] = True

    component: Literal["connect_agent"]

    def start(self, context: Context) -> Outcome:
        """Join the two."""
        return join(context)

    def resume(self, context: Context, event: Event) -> Outcome:
        """Leave when the conversation is over."""
        seconds = ended(context, event)
        if not isinstance(seconds, int):
            return seconds
        changes = {"place": "", **last_agent(event)}
        return Leave("call_finished", {"talk_seconds": seconds}, changes=changes)

    def hang_up(self, context: Context, event: HungUp) -> Finish:
        """The contact left first: the call is over as it should be."""
        del context, event
        return Finish("completed")
