"""Removes executions with all that tells their story, in an open transaction."""

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

_OF_ONE = (turns, history, outbox, recordings, interactions)
"""Tables with a column `execution` whose rows go with it."""


def remove_histories(connection: sa.Connection, ids: Collection[str]) -> int:
    """Remove executions, their turns, steps, orders, calls and what was reported of these.

    Survey answers and report labels stay: they are figures, kept by a period of their own.
    """
    ids = list(ids)
    own_call = sa.select(executions.c.call).where(executions.c.id.in_(ids))
    sids = [sid for sid in connection.scalars(own_call) if sid]
    for table in (call_log, calls):
        connection.execute(sa.delete(table).where(table.c.sid.in_(sids)))
    for table in _OF_ONE:
        connection.execute(sa.delete(table).where(table.c.execution.in_(ids)))
    return connection.execute(sa.delete(executions).where(executions.c.id.in_(ids))).rowcount
