"""Removes executions and conversations with all that belongs to them, in an open transaction."""

from collections.abc import Collection

import sqlalchemy as sa

from store.schema import (
    call_log,
    calls,
    executions,
    history,
    interactions,
    outbox,
    recordings,
    turns,
)
from store.schema_events import deliveries, events
from store.schema_mail import mails
from store.schema_messages import files, messages, threads

_OF_ONE = (turns, history, outbox, recordings, mails)
"""Tables with a column `execution` whose rows go with it."""


def remove_histories(connection: sa.Connection, ids: Collection[str]) -> int:
    """Remove executions, their turns, steps, orders, calls and what was reported of these.

    Survey answers and report labels stay: they are figures, kept by a period of their own.
    """
    ids = list(ids)
    query = sa.select(executions.c.call, executions.c.interaction).where(executions.c.id.in_(ids))
    rows = connection.execute(query).all()
    sids = [row.call for row in rows if row.call]
    for table in (call_log, calls):
        connection.execute(sa.delete(table).where(table.c.sid.in_(sids)))
    started = interactions.c.id.in_({row.interaction for row in rows})
    connection.execute(sa.delete(interactions).where(started, interactions.c.execution.in_(ids)))
    _remove_events(connection, {row.interaction for row in rows}, ids)
    for table in _OF_ONE:
        connection.execute(sa.delete(table).where(table.c.execution.in_(ids)))
    return connection.execute(sa.delete(executions).where(executions.c.id.in_(ids))).rowcount


def _remove_events(
    connection: sa.Connection, interactions_: Collection[str], ids: Collection[str]
) -> None:
    """Remove what subscribers were told, or are still to be told."""
    theirs = sa.select(events.c.id).where(
        events.c.interaction.in_(interactions_), events.c.execution.in_(ids)
    )
    found = list(connection.scalars(theirs))
    connection.execute(sa.delete(deliveries).where(deliveries.c.event.in_(found)))
    connection.execute(sa.delete(events).where(events.c.id.in_(found)))


def remove_threads(connection: sa.Connection, ids: Collection[str]) -> dict[str, int]:
    """Remove conversations by messages; gives how many rows went. Files on the shelf go before.

    Conversations come first, in the order of locks: who hears of a message waits for its thread.
    """
    gone = sa.delete(threads).where(threads.c.id.in_(list(ids)))
    counts = {"conversations": connection.execute(gone).rowcount}
    theirs = messages.c.conversation.in_(list(ids))
    of_theirs = files.c.message.in_(sa.select(messages.c.id).where(theirs))
    counts["files of messages"] = connection.execute(sa.delete(files).where(of_theirs)).rowcount
    return counts | {"messages": connection.execute(sa.delete(messages).where(theirs)).rowcount}
