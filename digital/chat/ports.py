"""What the chat needs of the rooms below, as small Protocols; `app.py` fits them together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from desk.conversations import Conversation, Message
from flow.flow import Flow
from runner.hub import Hub
from runner.messages.channels import Incoming, Report, Taken


class Reads(Protocol):
    """Reading of conversations, outside of any transaction."""

    def messages_since(self, conversation: str, version: int, limit: int) -> Sequence[Message]:
        """List messages that changed after a version of the conversation, by that version."""

    def conversations_of(
        self, channel: str, address: str, peer: str, limit: int
    ) -> Sequence[Conversation]:
        """List the conversations of a contact with an address of ours, the newest first."""


class Chats(Protocol):
    """The chats that are bound to flows."""

    def flow(self, name: str) -> Flow | None:
        """Give the published flow of a chat; None: there is no such chat."""

    def names(self) -> Sequence[str]:
        """List the bound chats, the oldest first."""


class TypingNotes(Protocol):
    """Where it is noted that somebody is writing."""

    def note(self, conversation: str, who: str) -> None:
        """Note that somebody is writing in a conversation."""


@dataclass(frozen=True, slots=True)
class Doors:
    """What the chat's routes work with.

    `file` finds a file by its media id, `prompt` the address of a sound by its name, `name_of` the
    name by which an agent is shown to visitors, empty for none.
    """

    take: Callable[[Incoming], Taken]
    report: Callable[[Report], object]
    reads: Reads
    chats: Chats
    typing: TypingNotes
    hub: Hub
    file: Callable[[str], Path | None]
    prompt: Callable[[str], str | None]
    name_of: Callable[[str], str]
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Rules:
    """The operator's choices: who may embed a chat, and what stands before the server.

    `secret` signs the visitors' tokens; `proxies` is how many proxies add to X-Forwarded-For,
    None: one, where the sender is on this host.
    """

    origins: frozenset[str]
    base_url: str
    secret: str
    proxies: int | None = None
    development: bool = False
