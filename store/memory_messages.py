"""Conversations by messages in dictionaries, as `store.messages` and `store.threads` have them."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from desk.conversations import URGENT, Conversation, Media, Message, OptOut
from store.errors import Conflict, StoreError
from store.happenings import Happened
from store.types import clean, kept, utc

MESSAGE_TABLES = ("conversations", "messages", "opt_outs", "paces", "media")

_HANGING = ("sending", "unknown")
_NOT_THROUGH = ("queued", *_HANGING)


class Rows(Protocol):
    """What this part needs: of the rest of the memory store, and of its own methods."""

    _rows: dict[str, dict[Any, Any]]
    happened: list[Happened]

    def _put(self, table: str, key: Any, value: Any, *, new: bool = False) -> None:
        """Write a row, so that it can be undone."""

    def _take(self, table: str, key: Any) -> bool:
        """Remove a row, so that it can be undone; false when there is none."""

    def _fail(self, error: StoreError) -> StoreError:
        """Mark the transaction as one that must be undone."""

    def open_with(self, channel: str, address: str, peer: str) -> Conversation | None:
        """Find the open conversation of a contact with an address."""

    def message_of(self, channel: str, sid: str) -> str:
        """Find the message that the provider knows under an id."""

    def message_keyed(self, conversation: str, key: str) -> Message | None:
        """Find the message that its sender calls so."""

    def untaken(self, conversation: str) -> Sequence[Message]:
        """List the contact's messages that nobody has had."""


class MemoryMessages:
    """Conversations and messages inside one transaction on the dictionaries."""

    def open_with(self: Rows, channel: str, address: str, peer: str) -> Conversation | None:
        """Find the open conversation of a contact with an address."""
        wanted = (clean(channel), clean(address), clean(peer))
        found = (
            each
            for each in self._rows["conversations"].values()
            if (each.channel, each.address, each.peer) == wanted and each.state != "closed"
        )
        return next(found, None)

    def enter_peer(self: Rows, channel: str, address: str, peer: str) -> Conversation | None:
        """Find the open conversation of a contact; one lock serialises all work here."""
        return self.open_with(channel, address, peer)

    def conversation(self: Rows, conversation: str) -> Conversation | None:
        """Read a conversation."""
        return self._rows["conversations"].get(clean(conversation))

    def keep_conversation(self: Rows, conversation: Conversation) -> None:
        """Write a conversation; raise Conflict: the contact has another open one."""
        row: Conversation = kept(conversation)
        other = self.open_with(row.channel, row.address, row.peer)
        if row.state != "closed" and other is not None and other.id != row.id:
            raise self._fail(Conflict("the contact has another open conversation"))
        self._put("conversations", row.id, row)

    def message(self: Rows, message: str) -> Message | None:
        """Read a message."""
        return self._rows["messages"].get(clean(message))

    def keep_message(self: Rows, message: Message) -> None:
        """Write a message; raise Conflict: its sid or key is another's."""
        row: Message = kept(message)
        row = replace(row, media=tuple(row.media), choices=tuple(row.choices))
        keyed = self.message_keyed(row.conversation, row.key)
        if self.message_of(row.channel, row.sid) not in {"", row.id}:
            raise self._fail(Conflict("the provider's id is another message's"))
        if keyed is not None and keyed.id != row.id:
            raise self._fail(Conflict("the sender's key is another message's"))
        self._put("messages", row.id, row)
        if row.direction == "in":
            self.happened.append(row)

    def thread_of(self: Rows, message: str) -> str:
        """Find the conversation of a message, "" for none."""
        found = self._rows["messages"].get(clean(message))
        return found.conversation if found else ""

    def last_heard(self: Rows, conversation: str) -> Message | None:
        """Find the contact's last message in a conversation."""
        found = [m for m in _all(self) if m.conversation == conversation and m.direction == "in"]
        return max(found, key=lambda m: (m.number, m.id), default=None)

    def message_of(self: Rows, channel: str, sid: str) -> str:
        """Find the message that the provider knows under an id, "" for none."""
        wanted = (channel, clean(sid))
        found = (m.id for m in _all(self) if m.sid and (m.channel, m.sid) == wanted)
        return next(found, "")

    def message_keyed(self: Rows, conversation: str, key: str) -> Message | None:
        """Find the message that its sender calls so, in one conversation."""
        wanted = (clean(conversation), clean(key))
        found = (m for m in _all(self) if m.key and (m.conversation, m.key) == wanted)
        return next(found, None)

    def known_sids(self: Rows, channel: str, sids: Sequence[str]) -> set[str]:
        """Find which of these provider's ids are of messages we know."""
        known = {message.sid for message in _all(self) if message.channel == channel}
        return known & set(sids) - {""}

    def untaken(self: Rows, conversation: str) -> Sequence[Message]:
        """List the contact's messages that neither walk nor agent has had, the first first."""
        found = [m for m in _all(self) if m.conversation == conversation and m.direction == "in"]
        return sorted((m for m in found if not m.taken), key=lambda m: (m.number, m.id))

    def take_messages(self: Rows, conversation: str, upto: int) -> None:
        """Note that the contact's messages up to this number have been had."""
        for message in self.untaken(conversation):
            if message.number <= upto:
                self._put("messages", message.id, replace(message, taken=True))

    def opted_out(self: Rows, channel: str, address: str, peer: str) -> bool:
        """Say whether a contact wants no messages from this address."""
        return any(key in self._rows["opt_outs"] for key in _covering(channel, address, peer))

    def opt_out(self: Rows, entry: OptOut) -> None:
        """Note that a contact wants no more messages; a second note changes nothing."""
        row: OptOut = kept(entry)
        if (row.channel, row.peer, row.address) not in self._rows["opt_outs"]:
            self._put("opt_outs", (row.channel, row.peer, row.address), row)

    def opt_in(self: Rows, channel: str, address: str, peer: str) -> bool:
        """Strike off a contact's opt-outs that cover this address, "" for all; false: none."""
        keys = list(_covering(channel, address, peer))
        if not address:
            keys = [key for key in self._rows["opt_outs"] if key[:2] == (channel, clean(peer))]
        gone = [self._take("opt_outs", key) for key in keys]
        return any(gone)

    def cancel_queued(self: Rows, channel: str, address: str, peer: str, reason: str) -> int:
        """Cancel what waits to leave for a contact; `address` "" is all of ours."""
        theirs = [m for m in _all(self) if (m.channel, m.peer) == (channel, clean(peer))]
        theirs = [m for m in theirs if m.state == "queued" and address in {"", m.address}]
        return _canceled(self, theirs, reason)

    def cancel_waiting(
        self: Rows, channel: str, address: str, least: int, reason: str, limit: int
    ) -> int:
        """Cancel what waits to leave, of at most so many conversations; says how many there were.

        Empty is every channel and every address of ours; `least` is the most urgent priority.
        """
        meant = [m for m in _chosen(self, channel, address, least) if m.state == "queued"]
        some = sorted({m.conversation for m in meant})[:limit]
        return _canceled(self, [m for m in meant if m.conversation in some], reason)

    def expire_hanging(self: Rows, channel: str, address: str, least: int, at: datetime) -> int:
        """Let messages of which nobody knows whether they left not leave again after a moment."""
        meant = [m for m in _chosen(self, channel, address, least) if m.state in _HANGING]
        meant = [m for m in meant if m.not_after is None or m.not_after > utc(at)]
        for message in meant:
            self._put("messages", message.id, replace(message, not_after=utc(at)))
        return len(meant)

    def hurry(self: Rows, conversation: str) -> int:
        """Have what waits in a conversation leave before what nobody waits for."""
        here = [m for m in _all(self) if m.conversation == clean(conversation)]
        slow = [m for m in here if m.state == "queued" and m.priority > URGENT]
        for message in slow:
            self._put("messages", message.id, replace(message, priority=URGENT))
        return len(slow)

    def open_pace(self: Rows, sender: str) -> datetime | None:
        """Give from when on a sender may send, None: at once."""
        return self._rows["paces"].get(clean(sender))

    def keep_pace(self: Rows, sender: str, free_from: datetime) -> None:
        """Write from when on a sender may send."""
        self._put("paces", clean(sender), utc(free_from))

    def next_to_leave(
        self: Rows, channel: str, address: str, at: datetime, most: int
    ) -> Message | None:
        """Find the message whose turn it is: by priority, then the oldest first."""
        queued = [m for m in _all(self) if (m.channel, m.address) == (channel, address)]
        queued = [m for m in queued if m.may_leave and m.priority <= most and _is_due(m, at)]
        under_way = [m for m in _all(self) if m.state in _NOT_THROUGH]
        free = [m for m in queued if not any(_holds_back(other, m) for other in under_way)]
        return min(free, key=lambda m: (m.priority, m.at, m.id), default=None)

    def left_hanging(self: Rows, before: datetime, limit: int) -> Sequence[str]:
        """List messages in state sending or unknown that were last tried before this moment."""
        hanging = [(m.tried, m.id) for m in _all(self) if m.state in _HANGING and m.tried]
        return [name for tried, name in sorted(hanging) if tried < before][:limit]

    def keep_media(self: Rows, media: Media) -> None:
        """Write a file's row (insert or update)."""
        self._put("media", clean(media.id), kept(media))

    def media(self: Rows, media: str) -> Media | None:
        """Read a file's row."""
        return self._rows["media"].get(clean(media))


class _Whole(Protocol):
    """A memory store, as far as reading needs it."""

    def work(self) -> AbstractContextManager[Any]:
        """Open a transaction."""


class MemoryGlances:
    """What is read of conversations outside of a transaction."""

    def senders_due(self: _Whole, at: datetime) -> Sequence[tuple[str, str]]:
        """List the channels and addresses of ours from which messages wait to leave now."""
        with self.work() as work:
            queued = [m for m in _all(work) if m.state == "queued" and _is_due(m, at)]
        return sorted({(message.channel, message.address) for message in queued})

    def messages_since(
        self: _Whole, conversation: str, version: int, limit: int
    ) -> Sequence[Message]:
        """List messages that changed after a version of the conversation, by that version."""
        with self.work() as work:
            theirs = [m for m in _all(work) if m.conversation == conversation]
        later = [m for m in theirs if m.version > version]
        return sorted(later, key=lambda m: (m.version, m.number))[:limit]

    def versions_of(self: _Whole, conversations: Sequence[str]) -> dict[str, int]:
        """Give the versions that conversations stand at; of unknown ones nothing."""
        with self.work() as work:
            found = [work.conversation(name) for name in conversations]
        return {each.id: each.version for each in found if each is not None}

    def conversations_of(
        self: _Whole, channel: str, address: str, peer: str, limit: int
    ) -> Sequence[Conversation]:
        """List the conversations of a contact with an address of ours, the newest first."""
        place = (clean(channel), clean(address), clean(peer))
        with self.work() as work:
            rows: Iterable[Conversation] = list(work._rows["conversations"].values())  # noqa: SLF001  of this module's own mixin
        theirs = [each for each in rows if (each.channel, each.address, each.peer) == place]
        return sorted(theirs, key=lambda each: (each.opened, each.id), reverse=True)[:limit]

    def glance_conversation(self: _Whole, conversation: str) -> Conversation | None:
        """Read a conversation."""
        with self.work() as work:
            found: Conversation | None = work.conversation(conversation)
        return found


def _all(work: Rows) -> Iterable[Message]:
    return list(work._rows["messages"].values())  # noqa: SLF001  of this module's own mixin


def _is_due(message: Message, at: datetime) -> bool:
    return message.not_before is None or message.not_before <= at


def _holds_back(other: Message, message: Message) -> bool:
    """Say whether a message that is not through keeps another of its conversation waiting."""
    if other.id == message.id or other.conversation != message.conversation:
        return False
    return other.state in _HANGING or other.number < message.number


def _covering(channel: str, address: str, peer: str) -> Iterator[tuple[str, str, str]]:
    for place in {"", clean(address)}:
        yield channel, clean(peer), place


def _chosen(self: Rows, channel: str, address: str, least: int) -> list[Message]:
    found = [m for m in _all(self) if m.priority >= least]
    return [m for m in found if channel in {"", m.channel} and address in {"", m.address}]


def _canceled(self: Rows, theirs: Sequence[Message], reason: str) -> int:
    counted: dict[str, int] = {}
    for name in {message.conversation for message in theirs} & set(self._rows["conversations"]):
        known = self._rows["conversations"][name]
        counted[name] = known.version + 1
        self._put("conversations", name, replace(known, version=counted[name]))
    for message in theirs:
        version = counted.get(message.conversation, message.version)
        row = replace(message, state="canceled", reason=clean(reason), version=version)
        self._put("messages", row.id, row)
    return len(theirs)
