"""The line of a simulated contact centre in which a conversation by messages waits."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flow.effects import EnterQueue


@dataclass
class Line:
    """A conversation that waits for an agent, since when; `agent` has it."""

    order: EnterQueue
    since: datetime
    agent: str = field(default="", init=False)

    def due(self, now: datetime) -> datetime | None:
        """Give when the longest wait is over; None: never."""
        del now
        longest = self.order.max_wait
        return None if self.agent or longest is None else self.since + timedelta(seconds=longest)
