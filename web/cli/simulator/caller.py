"""Who calls, and the run their call begins with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flow.execution import Execution
from flow.flow import Flow
from web.cli.simulator.errors import CannotWalk

NUMBER, LINE = "+15550123456", "+15550100001"
"""Who calls and which number is called, where nobody says."""

AGENT = "agent"
"""Who places an outgoing call."""

_WITHOUT_CALL = ("api_request",)


@dataclass(frozen=True, slots=True)
class Caller:
    """The two ends of a simulated call; `contact` is what is known of the caller from the start.

    `seed` decides what the flow draws by chance.
    """

    number: str = NUMBER
    line: str = LINE
    contact: Mapping[str, Any] = field(default_factory=dict)
    seed: str = "1"

    def execution(self, flow: Flow, at: datetime) -> Execution:
        """Make the run as the server makes it when a call arrives.

        Raises:
            CannotWalk: flows of this type cannot be walked yet.
        """
        if flow.type == "incoming_message":
            raise CannotWalk(f"{flow.slug} answers messages; only calls can be walked so far")
        run = Execution(
            id=f"walk-{self.seed}", flow=flow.slug, type=flow.type, started=at.isoformat()
        )
        if flow.type in _WITHOUT_CALL:
            return run
        sender, recipient = self.number, self.line
        if flow.type == "outgoing_call":
            sender, recipient = recipient, sender
            run.agent, run.place, run.room = AGENT, f"{run.id}.agent", "room"
        run.contact = dict(self.contact) or {"number": self.number}
        run.call = {"sid": f"CA{0:032d}", "from": sender, "to": recipient}
        run.channel = {"type": "voice", "address": self.line}
        run.live = True
        return run
