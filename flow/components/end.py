"""`end`: ends the flow."""

from typing import ClassVar, Literal

from flow.component import Component, Finish, Outcome, Place
from flow.context import Context
from flow.events import Event, HungUp
from flow.instructions import Hangup, Instruction
from flow.joining import ended, heard_meanwhile, is_briefing, join


class End(Component):
    """End the flow: a call is hung up, a conversation is left.

    In an outgoing call whose agent still waits, the contact is joined with the agent first.
    """

    EXITS: ClassVar[tuple[str, ...]] = ()

    component: Literal["end"]

    def start(self, context: Context) -> Outcome:
        """End here."""
        return join(context) if context.live and context.execution.place else _over(context)

    def resume(self, context: Context, event: Event) -> Outcome:
        """End when the conversation is over."""
        outcome = ended(context, event)
        return _over(context) if isinstance(outcome, int) else outcome

    def waiting(self, context: Context, place: Place) -> tuple[Instruction, ...]:
        """Play music while the agent hears the whisper."""
        return heard_meanwhile(context, place)

    def hang_up(self, context: Context, event: HungUp) -> Finish:
        """The contact left first: once both were joined, the call is over as it should be."""
        del event
        return Finish("hung_up" if is_briefing(context) else "completed")


def _over(context: Context) -> Finish:
    return Finish("completed", (Hangup(),) if context.live else ())
