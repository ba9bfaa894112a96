"""Reads what is kept of queues: ring groups, whose contacts wait, and how they were served."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from desk.agents import RingGroup
from desk.who import Who
from flow.ledger import Ticket
from store.database import Database
from store.desk import list_ring_groups, read_who
from store.schema import assignments, executions, tickets, waiting


@dataclass(frozen=True, slots=True)
class Service:
    """How the contacts of one queue were served: how many got an agent, and after how long.

    `abandoned` hung up before; `left` took another way: a key, or the wait was too long.
    """

    served: int = 0
    abandoned: int = 0
    left: int = 0
    average_wait: int | None = None


class Queues:
    """Reads about queues; changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ring_groups(self) -> list[RingGroup]:
        """List the ring groups by their ids."""
        with self._database.read() as connection:
            return list_ring_groups(connection)

    def tickets(self, places: Collection[str]) -> Mapping[str, Ticket]:
        """Give what is known of those who have these places."""
        query = sa.select(*(tickets.c[name] for name in Ticket.__dataclass_fields__))
        with self._database.read() as connection:
            rows = connection.execute(query.where(tickets.c.id.in_(list(places))))
            return {row.id: Ticket(*row) for row in rows}

    def service(self, since: datetime) -> Mapping[Who, Service]:
        """Count, for each queue, the contacts who came after a moment; each counts once."""
        with self._database.read() as connection:
            rows = connection.execute(_figures(since, sqlite=self._database.sqlite))
            return {read_who(row.who): _service(row) for row in rows}


def _figures(since: datetime, *, sqlite: bool) -> sa.Select[Any]:
    served = assignments.c.id.is_not(None)
    gone = sa.and_(sa.not_(waiting.c.waits), assignments.c.id.is_(None))
    hung_up = executions.c.outcome == "abandoned"
    tables = (
        waiting.outerjoin(assignments, assignments.c.contact == waiting.c.id)
        .outerjoin(tickets, tickets.c.id == waiting.c.id)
        .outerjoin(executions, executions.c.id == tickets.c.execution)
    )
    return (
        sa.select(
            waiting.c.who,
            _count(served).label("served"),
            _count(sa.and_(gone, hung_up)).label("abandoned"),
            _count(gone).label("gone"),
            sa.func.avg(_seconds(sqlite=sqlite)).label("wait"),
        )
        .select_from(tables)
        .where(waiting.c.entered >= since, sa.not_(waiting.c.returned))
        .group_by(waiting.c.who)
    )


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))


def _seconds(*, sqlite: bool) -> sa.ColumnElement[float]:
    """Measure a wait that an agent ended; no row without an agent has one."""
    began, entered = assignments.c.began, waiting.c.entered
    if sqlite:
        days = sa.type_coerce(sa.func.julianday(began) - sa.func.julianday(entered), sa.Float)
        return days * 86_400.0
    return sa.cast(sa.extract("epoch", began - entered), sa.Float)


def _service(row: Any) -> Service:
    wait = None if row.wait is None else round(row.wait)
    return Service(int(row.served), int(row.abandoned), int(row.gone - row.abandoned), wait)
