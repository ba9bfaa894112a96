"""An inbox in memory behind the real doors: what came in, which mailboxes are ours."""

import hmac
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from desk.conversations import Conversation, Message
from digital.email.intake import Intake
from digital.email.limits import Limits
from digital.email.listener import Listener, Listening
from digital.email.marks import Marks
from runner.errors import Unavailable
from runner.messages.channels import Incoming, Report, Taken

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
HELP = "help@acme.example"


def mark(text: str) -> str:
    """Give a keyed digest, as the vault does."""
    return hmac.new(b"test key", text.encode(), sha256).hexdigest()


MARKS = Marks(mark)


@dataclass
class MemoryInbox:
    """Keeps what it is given; a repeat is known by its sid, as the real inbox does."""

    mailboxes: Sequence[str] = (HELP,)
    messages: list[Incoming] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    away: bool = False
    broken: bool = False

    def take(self, incoming: Incoming) -> Taken:
        self.open()
        if any(each.sid == incoming.sid for each in self.messages):
            return Taken("c1", "m1", repeated=True)
        self.messages.append(incoming)
        return Taken("c1", "m1")

    def report(self, report: Report) -> None:
        self.open()
        self.reports.append(report)

    def bound(self, address: str) -> bool:
        self.open()
        return address in self.mailboxes

    def open(self) -> None:
        if self.away:
            raise Unavailable("the store is away")
        if self.broken:
            raise RuntimeError("private words")

    @property
    def only(self) -> Incoming:
        """The one message that came."""
        assert len(self.messages) == 1
        return self.messages[0]


def intake(inbox: MemoryInbox, limits: Limits | None = None) -> Intake:
    return Intake(inbox, MARKS, limits or Limits(), lambda: NOON)


@contextmanager
def listening(
    inbox: MemoryInbox, limits: Limits | None = None, **options: Any
) -> Iterator[Listener]:
    """Run the real mail server on a free port of this machine."""
    at = replace(Listening("127.0.0.1", 0), **options)
    listener = Listener(intake(inbox, limits), at)
    listener.start()
    try:
        yield listener
    finally:
        listener.stop()


def conversation(**changes: Any) -> Conversation:
    made = Conversation("c" * 32, "email", HELP, "ann@example.org", NOON, NOON)
    return replace(made, **changes)


def message(**changes: Any) -> Message:
    made = Message(
        *("e" * 32 + ".7", "c" * 32, "email", HELP, "ann@example.org", "out", "flow"),
        *("We look into it.", NOON, "queued"),
    )
    return replace(made, **changes)
