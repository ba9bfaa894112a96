"""`auto_answer`: lets the agents' telephones take calls by themselves."""

from typing import ClassVar, Literal

from pydantic import Field

from flow.component import Component, Leave
from flow.context import Context
from flow.language.durations import Duration

LONGEST = 20
"""Seconds of delay at the most: whoever is rung longer is taken for absent."""


class AutoAnswer(Component):
    """Connect agents without their doing anything, from here on in the flow, or stop doing so.

    The telephone of a `sip:` or `client:` agent is asked to answer by itself after the delay; how
    it is told stands in the documentation on agents. A `+number` cannot be told: who picks up is
    connected after the delay without the key, unless the agent has `accept_by_key: true`. In an
    outgoing call the agent is rung before the flow begins, so there it is the first step.
    """

    TYPES: ClassVar[tuple[str, ...]] = ("incoming_call", "outgoing_call", "api_request")
    FALLBACK: ClassVar[str] = "done"

    component: Literal["auto_answer"]
    enabled: bool = Field(default=True, description="Whether calls are answered automatically.")
    delay: Duration = Field(
        default=0, le=LONGEST, description="After so many seconds, at most 20; whole ones."
    )

    @property
    def after(self) -> int | None:
        """Seconds until an agent's telephone answers by itself; None: the agent answers."""
        return round(self.delay) if self.enabled else None

    def start(self, context: Context) -> Leave:
        """Keep it for the agents who are rung from now on."""
        del context
        return Leave("done", changes={"auto_answer": {"after": self.after} if self.enabled else {}})
