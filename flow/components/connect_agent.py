"""`connect_agent`: joins the contact of an outgoing call with the agent who placed it."""

from typing import ClassVar, Literal

from flow.component import Component, Finish, Leave, Outcome, Place
from flow.context import Context
from flow.events import Event, HungUp
from flow.instructions import Instruction
from flow.joining import ended, heard_meanwhile, is_briefing, join, last_agent


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

    def waiting(self, context: Context, place: Place) -> tuple[Instruction, ...]:
        """Play music while the agent hears the whisper."""
        return heard_meanwhile(context, place)

    def hang_up(self, context: Context, event: HungUp) -> Finish:
        """The contact left first: once both were joined, the call is over as it should be."""
        del event
        return Finish("hung_up" if is_briefing(context) else "completed")
