"""Conversations by messages, who wants none, and how fast messages leave."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the tables."""
    _conversations()
    _messages()
    _opt_outs()
    _table("paces", ("sender",), _time("free_from"))
    _media()


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _number(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _time(name: str, *, optional: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=optional)


def _maybe(*names: str) -> list[sa.Column[Any]]:
    return [_time(name, optional=True) for name in names]


def _table(name: str, key: tuple[str, ...], *columns: sa.Column[Any]) -> None:
    primary = sa.PrimaryKeyConstraint(*key, name=op.f(f"lw_{name}_pk"))
    op.create_table(f"lw_{name}", *_text(*key), *columns, primary)


def _some(index: str, table: str, columns: str, where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(
        *(f"lw_{table}_{index}", f"lw_{table}", columns.split()),
        unique=unique,
        sqlite_where=condition,
        postgresql_where=condition,
    )


def _conversations() -> None:
    _table(
        *("conversations", ("id",)),
        *_text("channel", "address", "peer"),
        _time("opened"),
        _time("updated"),
        *_text("contact", "execution", "state", "agent", "assignment", "subject"),
        *_number("messages", "version"),
        *_maybe("heard", "closed"),
        *_text("details"),
    )
    unclosed = "state <> 'closed'"
    _some("one_open", "conversations", "channel address peer", unclosed, unique=True)
    _some("open_ix", "conversations", "state opened id", unclosed)
    _some("agent_ix", "conversations", "agent opened id", "agent <> ''")
    _some("contact_ix", "conversations", "contact opened id", "contact <> ''")
    place = ["channel", "address", "peer", "opened"]
    op.create_index("lw_conversations_peer_ix", "lw_conversations", place)
    op.create_index("lw_conversations_opened_ix", "lw_conversations", ["opened", "id"])


def _messages() -> None:
    _table(
        *("messages", ("id",)),
        *_text("conversation", "channel", "address", "peer", "direction", "author", "text"),
        _time("at"),
        *_text("state"),
        *_number("number", "version"),
        *_text("subject", "html", "media", "choices", "key", "sid"),
        *_number("code"),
        *_text("reason"),
        sa.Column("taken", sa.Boolean(), nullable=False),
        *_number("priority", "tries"),
        *_maybe("tried", "not_before", "not_after"),
        *_number("segments"),
        *_text("details"),
    )
    queued, hanging = "state = 'queued'", "state IN ('sending', 'unknown')"
    not_through = "state IN ('queued', 'sending', 'unknown')"
    _some("one_per_sid", "messages", "channel sid", "sid <> ''", unique=True)
    _some("one_per_key", "messages", "conversation key", "key <> ''", unique=True)
    _some("turn_ix", "messages", "channel address priority at id", queued)
    _some("due_ix", "messages", "channel address not_before", queued)
    _some("peer_ix", "messages", "channel peer", queued)
    _some("hanging_ix", "messages", "tried id", hanging)
    _some("not_through_ix", "messages", "conversation number", not_through)
    _some("untaken_ix", "messages", "conversation number", "direction = 'in' AND NOT taken")
    op.create_index("lw_messages_number_ix", "lw_messages", ["conversation", "number"])
    op.create_index("lw_messages_version_ix", "lw_messages", ["conversation", "version"])


def _opt_outs() -> None:
    _table("opt_outs", ("channel", "peer", "address"), _time("at"), *_text("word", "by"))
    op.create_index("lw_opt_outs_at_ix", "lw_opt_outs", ["at"])


def _media() -> None:
    _table(
        *("media", ("id",)),
        *_text("message", "name", "type"),
        *_number("size"),
        _time("at"),
        *_text("file", "sha256", "source"),
        *_number("tries"),
    )
    op.create_index("lw_media_message_ix", "lw_media", ["message"])
    _some("file_ix", "media", "file", "file <> ''")
