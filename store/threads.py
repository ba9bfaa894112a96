"""Reads conversations by messages, outside of any transaction: for senders and for the API."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from desk.conversations import ChannelName, Conversation, Media, Message, OptOut, State
from store.database import Database
from store.messages import MEDIA, MESSAGE, THREAD, read_message
from store.schema_messages import OPEN, QUEUED, files, messages, opt_outs, threads
from store.types import Moment

_OPT_OUT = tuple(opt_outs.c[name] for name in OptOut.__dataclass_fields__)
_PLACE = (opt_outs.c.at, opt_outs.c.channel, opt_outs.c.peer, opt_outs.c.address)

_SENDER = sa.tuple_(messages.c.channel, messages.c.address)
_NEXT_SENDER = (
    sa.select(messages.c.channel, messages.c.address)
    .where(sa.text(QUEUED), sa.tuple_(sa.bindparam("channel"), sa.bindparam("address")) < _SENDER)
    .order_by(messages.c.channel, messages.c.address)
    .limit(1)
)
"""The next sender in their order: a look at each, however many messages wait."""

_OF_SENDER = sa.and_(
    messages.c.channel == sa.bindparam("channel"),
    messages.c.address == sa.bindparam("address"),
    sa.text(QUEUED),
)
_DUE = sa.select(
    sa.exists(sa.select(messages.c.id).where(_OF_SENDER, messages.c.not_before.is_(None))),
    sa.exists(
        sa.select(messages.c.id).where(_OF_SENDER, messages.c.not_before <= sa.bindparam("at"))
    ),
)


class Glances:
    """What the runner reads of conversations without a lock."""

    _database: Database

    def senders_due(self, at: datetime) -> Sequence[tuple[str, str]]:
        """List the channels and addresses of ours from which messages wait to leave now.

        One whose messages all wait for others of their conversations may be among them.
        """
        due: list[tuple[str, str]] = []
        place = {"channel": "", "address": ""}
        with self._database.read() as connection:
            while (row := connection.execute(_NEXT_SENDER, place).first()) is not None:
                place = {"channel": row.channel, "address": row.address}
                if any(connection.execute(_DUE, {**place, "at": at}).one()):
                    due.append((row.channel, row.address))
        return due

    def messages_since(self, conversation: str, version: int, limit: int) -> Sequence[Message]:
        """List messages that changed after a version of the conversation, by that version."""
        later = sa.and_(messages.c.conversation == conversation, messages.c.version > version)
        query = sa.select(*MESSAGE).where(later).order_by(messages.c.version, messages.c.number)
        return _messages(self._database, query.limit(limit))

    def versions_of(self, conversations: Sequence[str]) -> dict[str, int]:
        """Give the versions that conversations stand at; of unknown ones nothing."""
        query = sa.select(threads.c.id, threads.c.version)
        query = query.where(threads.c.id.in_(conversations))
        with self._database.read() as connection:
            return {row.id: row.version for row in connection.execute(query)}

    def conversations_of(
        self, channel: str, address: str, peer: str, limit: int
    ) -> Sequence[Conversation]:
        """List the conversations of a contact with an address of ours, the newest first."""
        place = {"channel": channel, "address": address, "peer": peer}
        query = sa.select(*THREAD).where(
            *(threads.c[name] == given for name, given in place.items())
        )
        order = (threads.c.opened.desc(), threads.c.id.desc())
        return _threads(self._database, query.order_by(*order).limit(limit))

    def glance_conversation(self, conversation: str) -> Conversation | None:
        """Read a conversation without locking it."""
        found = _threads(self._database, sa.select(*THREAD).where(threads.c.id == conversation))
        return found[0] if found else None


class Threads:
    """Reads conversations for people: lists in pages, messages in order, files, opt-outs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def one(self, conversation: str) -> Conversation | None:
        """Find one conversation."""
        found = _threads(self._database, sa.select(*THREAD).where(threads.c.id == conversation))
        return found[0] if found else None

    def find(
        self,
        limit: int,
        *,
        state: State | None = None,
        agent: str = "",
        channel: ChannelName | None = None,
        contact: str = "",
        behind: tuple[datetime, str] | None = None,
    ) -> Sequence[Conversation]:
        """List conversations, the newest first; `behind` is `opened` and `id` of the last seen."""
        given = {"state": state, "agent": agent, "channel": channel, "contact": contact}
        query = sa.select(*THREAD)
        for name, value in given.items():
            if value:
                query = query.where(threads.c[name] == value)
        if state is not None and state != "closed":
            query = query.where(sa.text(OPEN))
        for name in ("agent", "contact"):
            if given[name]:
                query = query.where(threads.c[name] != sa.literal_column("''"))
        if behind is not None:
            place = sa.tuple_(threads.c.opened, threads.c.id)
            query = query.where(place < sa.tuple_(*map(sa.literal, behind)))
        order = (threads.c.opened.desc(), threads.c.id.desc())
        return _threads(self._database, query.order_by(*order).limit(limit))

    def open_of(self, contact: str) -> Sequence[Conversation]:
        """List the open conversations of a contact, the newest first."""
        theirs = sa.and_(threads.c.contact == contact, sa.text("contact <> ''"))
        query = sa.select(*THREAD).where(theirs, sa.text(OPEN))
        order = (threads.c.opened.desc(), threads.c.id.desc())
        return _threads(self._database, query.order_by(*order))

    def messages(
        self, conversation: str, limit: int, *, after: int = 0, before: int | None = None
    ) -> Sequence[Message]:
        """List messages in their order: the first behind number `after`.

        With `before` the last ones in front of that number instead.
        """
        query = sa.select(*MESSAGE).where(messages.c.conversation == conversation)
        if before is None:
            query = query.where(messages.c.number > after).order_by(messages.c.number)
            return _messages(self._database, query.limit(limit))
        query = query.where(messages.c.number < before, messages.c.number > after)
        found = _messages(self._database, query.order_by(messages.c.number.desc()).limit(limit))
        return list(reversed(found))

    def message(self, message: str) -> Message | None:
        """Find one message."""
        found = _messages(self._database, sa.select(*MESSAGE).where(messages.c.id == message))
        return found[0] if found else None

    def media(self, file: str) -> Media | None:
        """Find a file's row."""
        with self._database.read() as connection:
            row = connection.execute(sa.select(*MEDIA).where(files.c.id == file)).first()
        return Media(*row) if row else None

    def files_known(self, names: Collection[str]) -> set[str]:
        """Find which of these names on the shelf are of files that we know."""
        query = sa.select(files.c.file).where(files.c.file.in_(names), sa.text("file <> ''"))
        with self._database.read() as connection:
            return set(connection.scalars(query))

    def waiting(self) -> Sequence[tuple[str, str, int, datetime]]:
        """Count what waits to leave: channel, address of ours, how many, since when."""
        place = (messages.c.channel, messages.c.address)
        counted = sa.select(*place, sa.func.count(), sa.func.min(messages.c.at, type_=Moment()))
        query = counted.where(sa.text(QUEUED)).group_by(*place).order_by(*place)
        with self._database.read() as connection:
            return [tuple(row) for row in connection.execute(query)]

    def opt_outs(
        self,
        limit: int,
        *,
        channel: ChannelName | None = None,
        behind: tuple[datetime, str, str, str] | None = None,
    ) -> Sequence[OptOut]:
        """List who wants no messages, the newest first.

        `behind` is `at`, `channel`, `peer` and `address` of the last seen. Of a person who was
        erased `peer` is a mark that says nothing.
        """
        query = sa.select(*_OPT_OUT)
        if channel is not None:
            query = query.where(opt_outs.c.channel == channel)
        if behind is not None:
            query = query.where(sa.tuple_(*_PLACE) < sa.tuple_(*map(sa.literal, behind)))
        query = query.order_by(*(column.desc() for column in _PLACE)).limit(limit)
        with self._database.read() as connection:
            return [OptOut(*row) for row in connection.execute(query)]


def _threads(database: Database, query: sa.Select[Any]) -> list[Conversation]:
    with database.read() as connection:
        return [Conversation(*row) for row in connection.execute(query)]


def _messages(database: Database, query: sa.Select[Any]) -> list[Message]:
    with database.read() as connection:
        return [read_message(row) for row in connection.execute(query)]
