"""Puts together what conversations by messages are made of, for one process."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from desk.conversations import ChannelName
from desk.opting_out import Words
from runner.messages.answers import Answers
from runner.messages.channels import Channel
from runner.messages.hands import Hands
from runner.messages.inbox import Inbox
from runner.messages.keeping import Shelf
from runner.messages.opting import Opting
from runner.messages.senders import Senders
from runner.messages.sending import THREADS, Sending
from runner.messages.talks import Talks
from runner.messages.threads import Threads
from runner.typing_notes import TypingNotes

if TYPE_CHECKING:
    from runner.assembly import Assembly


class NoShelf:
    """Stands where no files are kept."""

    def put(self, data: bytes) -> str:
        """Refuse."""
        raise RuntimeError(f"there is no shelf for {len(data)} bytes")

    def discard(self, name: str) -> bool:
        """Say that it was not here."""
        return not name


@dataclass(frozen=True, slots=True)
class MessageParts:
    """What other rooms give: the channels that are set up, where files are kept, who watches.

    `changed` hears the id of each conversation in which something was committed. `words` are the
    operator's own for opting out. With `sweeps` this is the worker.
    `forget` has the carrier delete a message.
    """

    channels: Mapping[ChannelName, Channel] = field(default_factory=dict)
    shelf: Shelf = field(default_factory=NoShelf)
    changed: Callable[[str], object] = str
    words: Words = field(default_factory=Words)
    sweeps: bool = False
    forget: Callable[[str], object] = str


class Messaging:
    """The services of messages; each is made when first asked for."""

    def __init__(self, assembly: "Assembly", parts: MessageParts) -> None:
        self._assembly, self._own = assembly, parts

    @cached_property
    def threads(self) -> Threads:
        """What writes messages that go out."""
        parts, settings = self._assembly.parts, self._assembly.settings
        sender = settings.mail_sender.address if settings.mail_sender else ""
        senders = Senders(frozenset(settings.dial_countries), settings.caller_id, sender)
        return Threads(
            self._own.channels,
            senders,
            self._assembly.reach,
            parts.clock,
            self.sending.soon,
            self._own.changed,
        )

    @cached_property
    def sending(self) -> Sending:
        """What sends them."""
        parts = self._assembly.parts
        return Sending(
            parts.store,
            lambda: self.threads,
            self._own.channels,
            parts.clock,
            threads_at_work=min(THREADS, parts.threads),
            sweeps=self._own.sweeps,
        )

    @cached_property
    def talks(self) -> Talks:
        """What moves walks by messages."""
        made, parts = self._assembly, self._assembly.parts
        return Talks(parts.store, made.walker, made.effects, self.threads, parts.clock)

    @cached_property
    def hands(self) -> Hands:
        """The door for what agents do with conversations."""
        made, parts = self._assembly, self._assembly.parts
        notes = TypingNotes(parts.store, parts.clock, self._own.changed)
        return Hands(parts.store, made.desk, self.threads, notes, self._own.shelf)

    @cached_property
    def answers(self) -> Answers:
        """The answers that agents have ready."""
        parts = self._assembly.parts
        return Answers(parts.store, parts.clock)

    @cached_property
    def inbox(self) -> Inbox:
        """The door for what contacts write."""
        parts, own = self._assembly.parts, self._own
        opting = Opting(self.threads, own.words)
        return Inbox(parts.store, self.threads, self.talks, opting, parts.jobs, own.shelf)
