"""A house for conversations by messages: real stores and walks, providers that obey a script."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from desk.conversations import ChannelName, Conversation, Message
from desk.opting_out import Words
from runner.assembly import Addresses, Assembly, Parts
from runner.media import MediaShelf
from runner.messages.channels import Channel, ChannelError, Incoming, Receipt, Taken
from runner.messages.inbox import Inbox
from runner.messages.messaging import MessageParts
from runner.messages.sending import Sending
from runner.messages.threads import Written
from runner.settings import Settings
from runner.vault import Vault
from tests.runner.walks import NOON, Asked, Clock
from tests.store.conftest import AnyStore

OURS, ANN, BOB = "+15550100001", "+15550123456", "+15550123457"

Answer = Callable[[Message], Receipt]

HELLO = """
linewalk: 1
flow: hello
type: incoming_message
title: Hello
language: en-US
start: ask
steps:
  ask:
    component: ask
    message: What is it?
    exits: {replied: thanks, invalid: end, timeout: end}
  thanks:
    component: send_message
    message: "You said {{ steps.ask.text }}."
    exits: {sent: more, failed: end, opted_out: end}
  more:
    component: ask
    message: And then?
    exits: {replied: end, invalid: end, timeout: end}
  end: {component: end}
"""


@dataclass
class Provider:
    """A channel whose provider does as it is told: `answers` are used up, the first first."""

    name: ChannelName = "sms"
    at_once: bool = False
    repeats: bool = False
    per_second: float = 1_000.0
    longest: int = 1_600
    patience: timedelta = timedelta(seconds=20)
    sent: list[Message] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    looks: int = 0

    def fits(self, message: Message, conversation: Conversation, at: datetime) -> str:
        """Take whatever is not too long."""
        return "too long" if len(message.text) > self.longest else ""

    def split(self, message: Message) -> Sequence[str]:
        """Cut where it is full."""
        text, most = message.text, self.longest
        return [text[at : at + most] for at in range(0, len(text), most)] or [text]

    def rate(self, address: str) -> float:
        """Give the messages per second."""
        return self.per_second

    def turns(self, message: Message) -> int:
        """Give how many it counts as: a line each."""
        return message.text.count("\n") + 1

    def send(self, message: Message, conversation: Conversation) -> Receipt:
        """Answer by the script, else take it."""
        assert conversation.id == message.conversation
        self.sent.append(message)
        if self.answers:
            return self.answers.pop(0)(message)
        return Receipt(f"SM{message.id}", 1)

    def find(self, message: Message) -> Sequence[str]:
        """List what the test says is there."""
        self.looks += 1
        return list(self.found)

    def texts(self) -> list[str]:
        """What was sent, in its order."""
        return [each.text for each in self.sent]


def fails(**told: Any) -> Answer:
    """An answer that is an error."""

    def answer(_message: Message) -> Receipt:
        raise ChannelError("refused", **told)

    return answer


class Later:
    """Keeps what a thread would do: tests bring the results of effects themselves."""

    def submit(self, *_given: Any) -> None:
        """Do nothing."""


class Telephone:
    """Stands for all that only calls have; it is never rung here."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        """Give something to hold, which must not be used."""

        def never(*_given: Any) -> None:
            raise AssertionError(f"{name}: there are no calls here")

        return never


class Lost(BaseException):
    """The process dies here: nothing after it happens."""


def dies(_message: Message) -> Receipt:
    """Kill the thread that sends, as far as the store can tell."""
    raise Lost


@dataclass
class House:
    """One process with everything that walks messages, on one store."""

    store: AnyStore
    shelf: MediaShelf
    clock: Clock = field(default_factory=Clock)
    asked: Asked = field(default_factory=Asked)
    provider: Provider = field(default_factory=Provider)
    changed: list[str] = field(default_factory=list)
    channels: dict[ChannelName, Channel] = field(default_factory=dict)
    count: int = 0

    def __post_init__(self) -> None:
        """Build the process; nothing leaves by itself: tests say when."""
        self.channels[self.provider.name] = self.provider
        self.process = self.another(threads=0)
        self.process.effects._pool = cast("Any", Later())

    def another(self, *, threads: int = 0, sweeps: bool = False) -> Assembly:
        """Build another process on the same store."""
        nothing: Any = Telephone()
        parts = MessageParts(self.channels, self.shelf, self.changed.append, Words(), sweeps=sweeps)
        return Assembly(
            Parts(
                Settings(dial_countries=("+1",)),
                cast("Any", self.store),
                self.asked,
                Vault(b"k" * 32),
                secret=lambda _: None,
                recordings=nothing,
                carrier=nothing,
                renderer=nothing,
                addresses=Addresses(*[lambda *_: ""] * 4),
                alarms=nothing,
                clock=self.clock,
                owner="house",
                threads=threads,
                messages=parts,
            )
        )

    @property
    def inbox(self) -> Inbox:
        """The door."""
        return self.process.messaging.inbox

    def publish(self, source: str, *addresses: str) -> None:
        """Publish a flow, and bind addresses to it."""
        lines = dict(line.split(": ", 1) for line in source.splitlines()[:5] if ": " in line)
        self.store.publish(lines["flow"], lines["type"], source, NOON)
        for address in addresses:
            self.store.bind(address, lines["flow"])

    def say(self, text: str, **given: Any) -> Taken:
        """A contact writes; each message has an id of its own."""
        self.count += 1
        self.clock.forward(0.001)  # no two things happen at one moment
        known: dict[str, Any] = {
            "channel": "sms",
            "address": OURS,
            "peer": ANN,
            "number": ANN,
            "sid": f"SMin{self.count}",
        }
        return self.inbox.take(Incoming(text=text, at=self.clock(), **{**known, **given}))

    # -- what leaves --------------------------------------------------------------------------

    def sending(self, *, sweeps: bool = True) -> Sending:
        """Who sends, on this thread: `one` sends one message."""
        made = self.another(threads=0, sweeps=sweeps)
        return made.messaging.sending

    def claim(self, sending: Sending, most: int = 5, channel: str = "sms") -> Any:
        """Take the next message of our address, as a thread of the process does."""
        return sending._claim(channel, OURS, most)

    def one(self, most: int = 5, channel: str = "sms") -> Message | None:
        """Send the next message; the message as it left, None when none may leave."""
        sending = self.sending()
        claimed = self.claim(sending, most, channel)
        if not isinstance(claimed, tuple):
            return None
        sending._send(*claimed)
        return cast("Message", claimed[0])

    def all(self) -> list[str]:
        """Send whatever is due, each at its moment; the texts in their order."""
        sending, before = self.sending(), len(self.provider.sent)
        for _ in range(1_000):
            claimed = self.claim(sending)
            if claimed is None:
                return self.provider.texts()[before:]
            if isinstance(claimed, float):
                self.clock.forward(claimed)
            else:
                sending._send(*claimed)
        raise AssertionError("there is no end of it")

    def look(self) -> None:
        """Look for messages that hang, as the worker does in each round."""
        self.sending().round()

    # -- what is kept -------------------------------------------------------------------------

    def conversation(self, name: str) -> Conversation:
        """A conversation as it is kept."""
        found = self.store.glance_conversation(name)
        assert found is not None
        return found

    def thread(self, peer: str = ANN, channel: str = "sms", address: str = OURS) -> Conversation:
        """The newest conversation with a contact."""
        return self.store.conversations_of(channel, address, peer, 1)[0]

    def thread_in(self, work: Any, peer: str = ANN) -> Conversation:
        """The open conversation with a contact, inside a transaction."""
        found = work.open_with("sms", OURS, peer)
        assert found is not None
        return cast("Conversation", found)

    def messages(self, conversation: str) -> list[Message]:
        """The messages of a conversation, in their order."""
        found = self.store.messages_since(conversation, -1, 10_000)
        return sorted(found, key=lambda each: each.number)

    def told(self, peer: str = ANN, direction: str = "out") -> list[str]:
        """The texts of the newest conversation with a contact in one direction."""
        found = self.messages(self.thread(peer).id)
        return [each.text for each in found if each.direction == direction]

    def states(self, peer: str = ANN) -> list[str]:
        """The states of what we wrote in the newest conversation with a contact."""
        found = self.messages(self.thread(peer).id)
        return [each.state for each in found if each.direction == "out"]

    def message(self, name: str) -> Message:
        """A message as it is kept."""
        with self.store.work() as work:
            found = work.message(name)
        assert found is not None
        return found

    def left(self, conversation: str) -> list[tuple[str, str]]:
        """The steps that a conversation's walk has left, and by which exits."""
        execution = self.conversation(conversation).execution
        return [(entry.path, entry.exit) for entry in self.store.steps(execution)]


def write(house: House, text: str, peer: str = ANN, *, ours: str = OURS, **given: Any) -> Message:
    """Write to a contact outside of any walk, into a conversation of its own that is over."""
    house.clock.forward(0.001)
    with house.store.work() as work:
        at = house.clock()
        house.count += 1
        row = Conversation(
            *(f"w{house.count}", "sms", ours, peer, at, at), state="closed", closed=at
        )
        work.keep_conversation(row)
        message, _ = house.process.messaging.threads.write(
            work, row, Written("flow", text, **given)
        )
    return message
