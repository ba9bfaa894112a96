"""A visitor's thread: one conversation after the other, read from a place on."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from desk.conversations import Conversation, Message
from digital.chat.ports import Reads
from digital.chat.problems import Problem
from digital.chat.tokens import Visitor

PAGE = 100
"""Messages read at once."""

REMEMBERED = 20
"""Conversations of one visitor that are looked at."""

_CURSOR = re.compile(r"([A-Za-z0-9_-]{1,64})\.([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a thread: a conversation, and the version that was seen of it."""

    conversation: str = ""
    version: int = 0

    def __str__(self) -> str:
        return f"{self.conversation}.{self.version}" if self.conversation else ""

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """Read what a client was given; empty is the beginning.

        Raises:
            Problem: it was not given by us.
        """
        if not text:
            return cls()
        found = _CURSOR.fullmatch(text)
        if found is None:
            raise Problem(400, "after: this is no place in a thread; leave it out to begin")
        return cls(found[1], int(found[2]))


@dataclass(frozen=True, slots=True)
class Page:
    """A piece of a thread, and where it ends; `more` lies behind it.

    `conversation` is the newest one there is, None for none.
    """

    messages: Sequence[Message]
    cursor: Cursor
    more: bool
    conversation: Conversation | None


class Thread:
    """Reads the conversations of one visitor with one chat, and of nobody else."""

    def __init__(self, reads: Reads, visitor: Visitor) -> None:
        self._reads, self._visitor = reads, visitor

    def conversations(self) -> Sequence[Conversation]:
        """List the visitor's conversations, the newest first."""
        return self._reads.conversations_of(
            "chat", self._visitor.chat, self._visitor.id, REMEMBERED
        )

    def since(self, cursor: Cursor) -> Page:
        """Read on from a place; from nowhere it is the newest conversation from its beginning."""
        known = self.conversations()
        if not known:
            return Page([], Cursor(), more=False, conversation=None)
        newest = known[0]
        ids = [conversation.id for conversation in known]
        if cursor.conversation not in ids:
            cursor = Cursor(newest.id)
        one = known[ids.index(cursor.conversation)]
        messages = self._reads.messages_since(one.id, cursor.version, PAGE)
        if len(messages) >= PAGE:
            return Page(messages, Cursor(one.id, messages[-1].version), True, newest)
        seen = max([one.version, cursor.version, *(message.version for message in messages)])
        if one.id == newest.id:
            return Page(messages, Cursor(one.id, seen), False, newest)
        return Page(messages, Cursor(ids[ids.index(one.id) - 1]), True, newest)

    def find_file(self, media: str) -> dict[str, object] | None:
        """Find a file in the visitor's own messages by its id; None where there is no such one."""
        for conversation in self.conversations():
            for item in (item for one in self._all(conversation.id) for item in one.media):
                if item.get("id") == media:
                    return dict(item)
        return None

    def newest(self) -> Conversation | None:
        """Give the newest conversation, None where there is none."""
        known = self._reads.conversations_of("chat", self._visitor.chat, self._visitor.id, 1)
        return known[0] if known else None

    def keyed(self, conversation: str, key: str) -> Message | None:
        """Find the visitor's message of a key in a conversation."""
        return next((one for one in self._all(conversation) if one.key == key), None)

    def between(self, conversation: str, after: int, upto: int) -> Sequence[Message]:
        """List messages of ours up to a number that changed after a version, if it is his thread.

        Raises:
            Problem: it is not.
        """
        if conversation not in [one.id for one in self.conversations()]:
            raise Problem(404, "there is no such conversation")
        found = self._reads.messages_since(conversation, after, PAGE)
        return [one for one in found if one.direction == "out" and one.number <= upto]

    def _all(self, conversation: str) -> Iterator[Message]:
        version = 0
        while messages := self._reads.messages_since(conversation, version, PAGE):
            yield from messages
            version = messages[-1].version
