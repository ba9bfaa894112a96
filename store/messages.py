"""Conversations by messages inside one transaction: threads, messages, who wants none, pace.

Lock in this order: a peer, a sender's pace, conversations (several by their ids), messages.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from desk.conversations import URGENT, Conversation, Media, Message, OptOut
from store.part import ADVISORY, Part
from store.schema_messages import (
    HANGING,
    NOT_THROUGH,
    OPEN,
    QUEUED,
    UNTAKEN,
    files,
    messages,
    opt_outs,
    paces,
    threads,
)
from store.types import clean
from store.upserts import add_missing, upsert

THREAD = tuple(threads.c[name] for name in Conversation.__dataclass_fields__)
MESSAGE = tuple(messages.c[name] for name in Message.__dataclass_fields__)
MEDIA = tuple(files.c[name] for name in Media.__dataclass_fields__)

_KEY: sa.BindParameter[str] = sa.bindparam("key")
_OPEN = sa.select(*THREAD).where(
    threads.c.channel == sa.bindparam("channel"),
    threads.c.address == sa.bindparam("address"),
    threads.c.peer == sa.bindparam("peer"),
    sa.text(OPEN),
)
_CONVERSATION = sa.select(*THREAD).where(threads.c.id == _KEY).with_for_update()
_MESSAGE = sa.select(*MESSAGE).where(messages.c.id == _KEY).with_for_update()
_MEDIA = sa.select(*MEDIA).where(files.c.id == _KEY).with_for_update()
_PACE = sa.select(paces.c.free_from).where(paces.c.sender == _KEY).with_for_update()

_BY_SID = sa.text("sid <> ''")
_BY_KEY = sa.select(*MESSAGE).where(
    messages.c.conversation == sa.bindparam("conversation"),
    messages.c.key == _KEY,
    sa.text("key <> ''"),
)
_LAST_HEARD = (
    sa.select(*MESSAGE)
    .where(messages.c.conversation == sa.bindparam("conversation"), messages.c.direction == "in")
    .order_by(messages.c.number.desc(), messages.c.id.desc())
    .limit(1)
)
_UNTAKEN = (
    sa.select(*MESSAGE)
    .where(messages.c.conversation == sa.bindparam("conversation"), sa.text(UNTAKEN))
    .order_by(messages.c.number, messages.c.id)
)
_HANGING = (
    sa.select(messages.c.id)
    .where(sa.text(HANGING), messages.c.tried < sa.bindparam("before"))
    .order_by(messages.c.tried, messages.c.id)
    .limit(sa.bindparam("most"))
)


def _turn() -> sa.Select[Any]:
    """Find whose turn it is: no other of its conversation is under way, or stands before it."""
    mine, other = messages.alias("mine"), messages.alias("other")
    before = sa.or_(other.c.number < mine.c.number, sa.text(HANGING))
    waits: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(other).correlate(mine)
    waits = waits.where(other.c.conversation == mine.c.conversation, sa.text(NOT_THROUGH), before)
    due = sa.or_(mine.c.not_before.is_(None), mine.c.not_before <= sa.bindparam("at"))
    return (
        sa.select(mine.c.id, mine.c.conversation)
        .where(
            mine.c.channel == sa.bindparam("channel"),
            mine.c.address == sa.bindparam("address"),
            mine.c.priority <= sa.bindparam("most"),
            sa.text(QUEUED),
            due,
            ~sa.exists(waits),
        )
        .order_by(mine.c.priority, mine.c.at, mine.c.id)
        .limit(1)
    )


TURN = _turn()


class Messages(Part):
    """Conversations and their messages.

    `mark` gives the keyed digest under which an erased person's opt-out stands.
    """

    mark: Callable[[str], str] | None = None

    def open_with(self, channel: str, address: str, peer: str) -> Conversation | None:
        """Find the open conversation of a contact with an address, without any lock."""
        row = self.first(_OPEN, {"channel": channel, "address": address, "peer": peer})
        return Conversation(*row) if row else None

    def enter_peer(self, channel: str, address: str, peer: str) -> Conversation | None:
        """Find the open conversation of a contact; nobody else enters this peer meanwhile."""
        if not self.hot.sqlite:
            self.plain(ADVISORY, clean(f"peer\n{channel}\n{address}\n{peer}"))
        return self.open_with(channel, address, peer)

    def conversation(self, conversation: str) -> Conversation | None:
        """Read a conversation, locked."""
        row = self.first(_CONVERSATION, {"key": conversation})
        return Conversation(*row) if row else None

    def keep_conversation(self, conversation: Conversation) -> None:
        """Write a conversation (insert or update).

        Raises:
            Conflict: the contact has another open one with this address.
        """
        self.execute(upsert(threads, sqlite=self.hot.sqlite), _row(conversation))

    def message(self, message: str) -> Message | None:
        """Read a message, locked."""
        row = self.first(_MESSAGE, {"key": message})
        return read_message(row) if row else None

    def keep_message(self, message: Message) -> None:
        """Write a message (insert or update).

        Raises:
            Conflict: the provider's id, or the sender's key in this conversation, is another's.
        """
        self.execute(upsert(messages, sqlite=self.hot.sqlite), _row(message))
        if message.direction == "in":
            self.happened.append(message)

    def thread_of(self, message: str) -> str:
        """Find the conversation of a message without any lock, "" for none."""
        row = self.first(sa.select(messages.c.conversation).where(messages.c.id == message))
        return str(row[0]) if row else ""

    def last_heard(self, conversation: str) -> Message | None:
        """Find the contact's last message in a conversation."""
        row = self.first(_LAST_HEARD, {"conversation": conversation})
        return read_message(row) if row else None

    def message_of(self, channel: str, sid: str) -> str:
        """Find the message that the provider knows under an id, "" for none."""
        is_it = sa.and_(messages.c.channel == channel, messages.c.sid == sid)
        row = self.first(sa.select(messages.c.id).where(is_it, _BY_SID))
        return str(row[0]) if row else ""

    def message_keyed(self, conversation: str, key: str) -> Message | None:
        """Find the message that its sender calls so, in one conversation."""
        row = self.first(_BY_KEY, {"conversation": conversation, "key": key})
        return read_message(row) if row else None

    def known_sids(self, channel: str, sids: Sequence[str]) -> set[str]:
        """Find which of these provider's ids are of messages we know."""
        known = sa.and_(messages.c.channel == channel, messages.c.sid.in_(sids))
        return set(self.execute(sa.select(messages.c.sid).where(known, _BY_SID)).scalars())

    def untaken(self, conversation: str) -> Sequence[Message]:
        """List the contact's messages that neither walk nor agent has had, the first first."""
        return [read_message(row) for row in self.execute(_UNTAKEN, {"conversation": conversation})]

    def take_messages(self, conversation: str, upto: int) -> None:
        """Note that the contact's messages up to this number have been had."""
        theirs = sa.and_(messages.c.conversation == conversation, messages.c.number <= upto)
        self.execute(sa.update(messages).where(theirs, sa.text(UNTAKEN)).values(taken=True))

    def opted_out(self, channel: str, address: str, peer: str) -> bool:
        """Say whether a contact wants no messages from this address."""
        query = sa.select(opt_outs.c.peer).where(self._covering(channel, address, peer)).limit(1)
        return self.first(query) is not None

    def opt_out(self, entry: OptOut) -> None:
        """Note that a contact wants no more messages; a second note changes nothing."""
        self.execute(add_missing(opt_outs, sqlite=self.hot.sqlite), _row(entry))

    def opt_in(self, channel: str, address: str, peer: str) -> bool:
        """Strike off a contact's opt-outs that cover this address, "" for all; false: none."""
        whose = self._covering(channel, address, peer) if address else self._all_of(channel, peer)
        gone = sa.delete(opt_outs).where(whose)
        return self.execute(gone).rowcount > 0

    def marked(self, channel: str, peer: str) -> str:
        """Give what stands for a peer who was erased; the peer itself where there is no key."""
        return self.mark(f"opt-out {channel} {clean(peer)}") if self.mark else peer

    def cancel_queued(self, channel: str, address: str, peer: str, reason: str) -> int:
        """Cancel what waits to leave for a contact; `address` "" is all of ours.

        It locks and counts up the conversations: read them afterwards, not before.
        """
        from_us = messages.c.address == address if address else sa.true()
        whose = sa.and_(messages.c.channel == channel, messages.c.peer == peer, from_us)
        return self._cancel(sa.and_(whose, sa.text(QUEUED)), reason, None)

    def cancel_waiting(
        self, channel: str, address: str, least: int, reason: str, limit: int
    ) -> int:
        """Cancel what waits to leave, of at most so many conversations; says how many there were.

        Empty is every channel and every address of ours; `least` is the most urgent priority.
        """
        meant = sa.and_(sa.text(QUEUED), _chosen(channel, address, least))
        return self._cancel(meant, reason, limit)

    def expire_hanging(self, channel: str, address: str, least: int, at: datetime) -> int:
        """Let messages of which nobody knows whether they left not leave again after a moment."""
        open_end = sa.or_(messages.c.not_after.is_(None), messages.c.not_after > at)
        meant = sa.and_(sa.text(HANGING), _chosen(channel, address, least), open_end)
        return self.execute(sa.update(messages).where(meant).values(not_after=at)).rowcount

    def _cancel(self, theirs: sa.ColumnElement[bool], reason: str, limit: int | None) -> int:
        found = sa.select(messages.c.conversation).where(theirs).distinct().limit(limit)
        ids = sorted(self.execute(found).scalars())
        if not ids:
            return 0
        rows = sa.select(threads.c.id).where(threads.c.id.in_(ids))
        self.execute(rows.order_by(threads.c.id).with_for_update()).all()
        counted = sa.update(threads).where(threads.c.id.in_(ids))
        self.execute(counted.values(version=threads.c.version + 1))
        now = sa.select(threads.c.version).where(threads.c.id == messages.c.conversation)
        version = sa.func.coalesce(now.scalar_subquery(), messages.c.version)
        change = sa.update(messages).where(messages.c.conversation.in_(ids), theirs)
        return self.execute(
            change.values(state="canceled", reason=reason, version=version)
        ).rowcount

    def hurry(self, conversation: str) -> int:
        """Have what waits in a conversation leave before what nobody waits for."""
        here = sa.and_(messages.c.conversation == conversation, sa.text(QUEUED))
        change = sa.update(messages).where(here, messages.c.priority > URGENT)
        return self.execute(change.values(priority=URGENT)).rowcount

    def open_pace(self, sender: str) -> datetime | None:
        """Lock a sender's pace until the commit; give from when on it may send, None: at once."""
        row = self.locked(_PACE, sender)
        return row[0] if row else None

    def keep_pace(self, sender: str, free_from: datetime) -> None:
        """Write from when on a sender may send."""
        row = {"sender": sender, "free_from": free_from}
        self.execute(upsert(paces, sqlite=self.hot.sqlite), row)

    def next_to_leave(self, channel: str, address: str, at: datetime, most: int) -> Message | None:
        """Find the message whose turn it is, and lock its conversation, then it.

        Who waited for either lock looks again: the message may be gone, canceled or postponed.
        """
        asked = {"channel": channel, "address": address, "at": at, "most": most}
        while (row := self.first(TURN, asked)) is not None:
            self.conversation(row.conversation)
            message = self.message(row.id)
            if message is not None and message.may_leave and _is_due(message, at):
                return message
        return None

    def left_hanging(self, before: datetime, limit: int) -> Sequence[str]:
        """List messages in state sending or unknown that were last tried before this moment."""
        return list(self.execute(_HANGING, {"before": before, "most": limit}).scalars())

    def keep_media(self, media: Media) -> None:
        """Write a file's row (insert or update)."""
        self.execute(upsert(files, sqlite=self.hot.sqlite), _row(media))

    def media(self, media: str) -> Media | None:
        """Read a file's row, locked."""
        row = self.first(_MEDIA, {"key": media})
        return Media(*row) if row else None

    def _covering(self, channel: str, address: str, peer: str) -> sa.ColumnElement[bool]:
        return sa.and_(self._all_of(channel, peer), opt_outs.c.address.in_(("", address)))

    def _all_of(self, channel: str, peer: str) -> sa.ColumnElement[bool]:
        peers = (peer, self.marked(channel, peer))
        return sa.and_(opt_outs.c.channel == channel, opt_outs.c.peer.in_(peers))


def read_message(row: Any) -> Message:
    """Make a message of its row, the columns in the order of `MESSAGE`."""
    values = dict(zip(Message.__dataclass_fields__, row, strict=True))
    lists = {name: tuple(values[name]) for name in ("media", "choices")}
    return Message(**{**values, **lists})


def _chosen(channel: str, address: str, least: int) -> sa.ColumnElement[bool]:
    given = ((messages.c.channel, channel), (messages.c.address, address))
    chosen = [column == value for column, value in given if value]
    return sa.and_(messages.c.priority >= least, *chosen)


def _is_due(message: Message, at: datetime) -> bool:
    return message.not_before is None or message.not_before <= at


def _row(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}
