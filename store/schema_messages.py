"""The tables of conversations by messages.

The rows of messages that go out are the queue. Its indices hold what waits or is on its way and
nothing else, so a hundred thousand old messages cost a look at the queue nothing.
"""

from typing import Any

import sqlalchemy as sa

from store.schema import PREFIX, metadata
from store.types import CleanText, Json, Moment

QUEUED = "state = 'queued'"
HANGING = "state IN ('sending', 'unknown')"
NOT_THROUGH = "state IN ('queued', 'sending', 'unknown')"
UNTAKEN = "direction = 'in' AND NOT taken"
OPEN = "state <> 'closed'"
"""Conditions of indices. Queries repeat them word for word: a parameter would hide them from
PostgreSQL, which plans a statement once for all values."""


def _key(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, CleanText, primary_key=True) for name in names]


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, CleanText, nullable=False) for name in names]


def _number(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer, nullable=False) for name in names]


def _json(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, Json, nullable=False) for name in names]


def _time(name: str, *, optional: bool = False) -> sa.Column[Any]:
    return sa.Column(name, Moment, nullable=optional)


def _maybe(*names: str) -> list[sa.Column[Any]]:
    return [_time(name, optional=True) for name in names]


def _some(index: str, table: sa.Table, names: tuple[str, ...], where: str, **more: Any) -> None:
    """Index only the rows that a query looks for."""
    condition, columns = sa.text(where), [table.c[name] for name in names]
    options = {"sqlite_where": condition, "postgresql_where": condition, **more}
    sa.Index(f"{table.name}_{index}", *columns, **options)


threads = sa.Table(
    f"{PREFIX}conversations",
    metadata,
    *_key("id"),
    *_text("channel", "address", "peer"),
    _time("opened"),
    _time("updated"),
    *_text("contact", "execution", "state", "agent", "assignment", "subject"),
    *_number("messages", "version"),
    *_maybe("heard", "closed"),
    *_json("details"),
)
"""One thread. A contact has one open one with an address of ours at the most."""

_some("one_open", threads, ("channel", "address", "peer"), OPEN, unique=True)
_some("open_ix", threads, ("state", "opened", "id"), OPEN)
_some("agent_ix", threads, ("agent", "opened", "id"), "agent <> ''")
_some("contact_ix", threads, ("contact", "opened", "id"), "contact <> ''")
sa.Index(
    f"{PREFIX}conversations_peer_ix",
    *(threads.c.channel, threads.c.address, threads.c.peer, threads.c.opened),
)
sa.Index(f"{PREFIX}conversations_opened_ix", threads.c.opened, threads.c.id)

messages = sa.Table(
    f"{PREFIX}messages",
    metadata,
    *_key("id"),
    *_text("conversation", "channel", "address", "peer", "direction", "author", "text"),
    _time("at"),
    *_text("state"),
    *_number("number", "version"),
    *_text("subject", "html"),
    *_json("media", "choices"),
    *_text("key", "sid"),
    *_number("code"),
    *_text("reason"),
    sa.Column("taken", sa.Boolean, nullable=False),
    *_number("priority", "tries"),
    *_maybe("tried", "not_before", "not_after"),
    *_number("segments"),
    *_json("details"),
)
"""One message of a thread, that of a contact or of ours."""

_some("one_per_sid", messages, ("channel", "sid"), "sid <> ''", unique=True)
_some("one_per_key", messages, ("conversation", "key"), "key <> ''", unique=True)
_some("turn_ix", messages, ("channel", "address", "priority", "at", "id"), QUEUED)
_some("due_ix", messages, ("channel", "address", "not_before"), QUEUED)
_some("peer_ix", messages, ("channel", "peer"), QUEUED)
_some("hanging_ix", messages, ("tried", "id"), HANGING)
_some("not_through_ix", messages, ("conversation", "number"), NOT_THROUGH)
_some("untaken_ix", messages, ("conversation", "number"), UNTAKEN)
sa.Index(f"{PREFIX}messages_number_ix", messages.c.conversation, messages.c.number)
sa.Index(f"{PREFIX}messages_version_ix", messages.c.conversation, messages.c.version)

opt_outs = sa.Table(
    f"{PREFIX}opt_outs",
    metadata,
    *_key("channel", "peer", "address"),
    _time("at"),
    *_text("word", "by"),
)
"""Who wants no messages; `address` "" is all of ours. After an erasure `peer` is a keyed mark."""

sa.Index(f"{PREFIX}opt_outs_at_ix", opt_outs.c.at)

paces = sa.Table(f"{PREFIX}paces", metadata, *_key("sender"), _time("free_from"))
"""From when on a sender of ours may send; the row's lock lets one process at a time look."""

files = sa.Table(
    f"{PREFIX}media",
    metadata,
    *_key("id"),
    *_text("message", "name", "type"),
    *_number("size"),
    _time("at"),
    *_text("file", "sha256", "source"),
    *_number("tries"),
)
"""The files of messages; `file` is the name on the shelf."""

sa.Index(f"{PREFIX}media_message_ix", files.c.message)
_some("file_ix", files, ("file",), "file <> ''")
