"""`whisper`: says something to the agent alone, before the join."""

from typing import ClassVar, Literal

from pydantic import Field

from flow.component import Component, Leave
from flow.context import Context


class Whisper(Component):
    """Set what an agent hears on picking up, before accepting: who calls, and about what."""

    TYPES: ClassVar[tuple[str, ...]] = ("incoming_call", "api_request")
    FALLBACK: ClassVar[str] = "done"

    component: Literal["whisper"]
    message: str = Field(min_length=1, max_length=1_000, description="What is said; a template.")

    def start(self, context: Context) -> Leave:
        """Keep it for the next agent who is rung."""
        return Leave("done", changes={"whisper": context.render(self.message).strip()})
