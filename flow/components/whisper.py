"""`whisper`: says something to the agent alone, before the join."""

from typing import ClassVar, Literal

from pydantic import Field

from flow.component import Component, Leave
from flow.context import Context


class Whisper(Component):
    """Set what an agent hears alone, before the join: who calls, and about what.

    An agent who is rung hears it on picking up, before accepting. In an outgoing call the agent who
    waits hears it when the flow comes to the join; the contact hears music meanwhile.
    """

    TYPES: ClassVar[tuple[str, ...]] = ("incoming_call", "outgoing_call", "api_request")
    FALLBACK: ClassVar[str] = "done"

    component: Literal["whisper"]
    message: str = Field(min_length=1, max_length=1_000, description="What is said; a template.")

    def start(self, context: Context) -> Leave:
        """Keep it for the next agent who is rung, or who waits for this contact."""
        return Leave("done", changes={"whisper": context.render(self.message).strip()})
