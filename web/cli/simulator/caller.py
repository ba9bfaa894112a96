"""Who calls, and the run their call begins with."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flow.execution import Execution
from flow.flow import Flow
from web.cli.simulator.contacts import ContactBook
from web.cli.simulator.errors import CannotWalk
from web.cli.simulator.thread import Thread

NUMBER, LINE = "+15550123456", "+15550100001"
"""Who calls and which number is called, where nobody says."""

AGENT = "agent"
"""Who places an outgoing call."""

CONVERSATION = "conversation-1"
"""The id of the conversation by messages."""

_WITHOUT_CALL = ("api_request",)
_SPOKEN = ("incoming_call", "outgoing_call")
_ENDS = {"email": ("contact@example.com", "support@example.com"), "chat": ("visitor-1", "demo")}


def channel_of(flow: Flow, given: str) -> str:
    """Say by which channel a flow is written to; empty where it is called, or begins by itself.

    Raises:
        CannotWalk: a channel is given, and the flow takes calls.
    """
    if given and flow.type in _SPOKEN:
        raise CannotWalk(f"{flow.slug} is a flow of calls; leave the channel out")
    return given or ("sms" if flow.type == "incoming_message" else "")


@dataclass(frozen=True, slots=True)
class Caller:
    """The two ends of a simulated call; `contact` is what is known of the caller from the start.

    By a `channel` it is a conversation by messages. `seed` decides what the flow draws by chance.
    """

    number: str = NUMBER
    line: str = LINE
    contact: Mapping[str, Any] = field(default_factory=dict)
    seed: str = "1"
    channel: str = ""

    @classmethod
    def of(cls, number: str, line: str, channel: str, seed: str) -> "Caller":
        """Make a caller of whom nothing is known; what is empty is filled in."""
        theirs, ours = _ENDS.get(channel, (NUMBER, LINE))
        return cls(number or theirs, line or ours, seed=seed, channel=channel)

    def known_in(self, book: ContactBook) -> "Caller":
        """Give the same caller with what a book of contacts has."""
        found = book.find(self.named_by, self.number)
        return replace(self, contact=found.values()) if found else self

    @property
    def named_by(self) -> str:
        """The field of a contact in which the caller's address stands."""
        return {"email": "email", "chat": "id"}.get(self.channel, "number")

    def thread(self, flow: Flow) -> Thread | None:
        """Make the conversation that a message begins; None where a flow is not written to."""
        if flow.type != "incoming_message":
            return None
        return Thread(self.channel, self.line, self.number)

    def execution(self, flow: Flow, at: datetime) -> Execution:
        """Make the run as the server makes it when a call, or the first message, arrives."""
        run = Execution(
            id=f"walk-{self.seed}", flow=flow.slug, type=flow.type, started=at.isoformat()
        )
        if flow.type in _WITHOUT_CALL:
            return run
        if flow.type == "incoming_message":
            nobody = {} if self.channel == "chat" else {self.named_by: self.number}
            run.contact = dict(self.contact) or nobody
            run.channel = {"type": self.channel, "address": self.line}
            run.conversation = CONVERSATION
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
