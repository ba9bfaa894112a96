"""What has happened: executions, their steps, answers and labels, for people and programs."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from flow.effects import ReportLabel, SurveyAnswer
from flow.ledger import CallFact, OutboxItem, Recording, Run, Turn
from flow.step import HistoryEntry
from store.calls import call_facts
from store.database import Database
from store.hot import RUN, TURN, Hot
from store.runs import read_run, read_turn
from store.schema import (
    executions,
    history,
    interactions,
    outbox,
    recordings,
    reports,
    survey_answers,
    turns,
)

_HISTORY = (
    *("seq", "path", "component", "exit"),
    *("entered_at", "left_at", "result", "error"),
)


class Past:
    """Reads what turns have written; changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._plain = Hot(sqlite=False)  # Core gives aware datetimes on both databases

    def run(self, execution: str) -> Run | None:
        """Read where an execution stands, without locking it."""
        found = self._runs(executions.c.id == execution, 1)
        return found[0] if found else None

    def interaction(self, interaction: str) -> list[Run]:
        """Give the executions of one interaction, the newest first."""
        return self._runs(executions.c.interaction == interaction, 100)

    def began(self, interaction: str) -> str:
        """Give the id of the API key that began an interaction; empty for none."""
        query = sa.select(interactions.c.api_key).where(interactions.c.id == interaction)
        rows = self._rows(query)
        return str(rows[0].api_key) if rows else ""

    def runs(self, limit: int, flow: str = "", before: datetime | None = None) -> list[Run]:
        """List executions, the newest first; `before` is the `started` of the last one seen."""
        conditions = [executions.c.flow == flow] if flow else []
        if before is not None:
            conditions.append(executions.c.started < before)
        return self._runs(sa.and_(sa.true(), *conditions), limit)

    def steps(self, execution: str) -> list[HistoryEntry]:
        """Give every step an execution has left, in order."""
        query = sa.select(*(history.c[name] for name in _HISTORY))
        rows = self._rows(query.where(history.c.execution == execution).order_by(history.c.seq))
        return [HistoryEntry(*row) for row in rows]

    def turns(self, execution: str) -> list[Turn]:
        """Give the turns of an execution, in order, with their answers."""
        query = sa.select(*(turns.c[name] for name in TURN)).order_by(turns.c.number)
        rows = self._rows(query.where(turns.c.execution == execution))
        return [read_turn(row, self._plain) for row in rows]

    def survey_answers(self, execution: str) -> list[SurveyAnswer]:
        """Give the survey answers of an execution."""
        columns = [survey_answers.c[name] for name in SurveyAnswer.__dataclass_fields__]
        query = sa.select(*columns).where(survey_answers.c.execution == execution)
        return [SurveyAnswer(*row) for row in self._rows(query.order_by(survey_answers.c.id))]

    def labels(self, execution: str) -> list[ReportLabel]:
        """Give the report labels of an execution."""
        query = sa.select(reports.c.name, reports.c.label, reports.c.number)
        rows = self._rows(query.where(reports.c.execution == execution).order_by(reports.c.id))
        return [ReportLabel(row[0], row[1] if row[2] is None else row[2]) for row in rows]

    def recordings(self, execution: str) -> list[Recording]:
        """Give the recordings of an execution."""
        columns = [recordings.c[name] for name in Recording.__dataclass_fields__]
        query = sa.select(*columns).where(recordings.c.execution == execution)
        return [Recording(*row) for row in self._rows(query.order_by(recordings.c.sid))]

    def outbox(self, execution: str) -> list[OutboxItem]:
        """Give what an execution has asked to be done outside."""
        columns = [outbox.c[name] for name in OutboxItem.__dataclass_fields__]
        query = sa.select(*columns).where(outbox.c.execution == execution)
        return [OutboxItem(*row) for row in self._rows(query.order_by(outbox.c.id))]

    def call_facts(self, sid: str) -> list[CallFact]:
        """Give every callback of a call, in the order they came."""
        with self._database.read() as connection:
            return call_facts(connection, sid)

    def _runs(self, condition: sa.ColumnElement[bool], limit: int) -> list[Run]:
        query = sa.select(*(executions.c[name] for name in RUN)).where(condition)
        query = query.order_by(executions.c.started.desc()).limit(limit)
        return [read_run(row, self._plain) for row in self._rows(query)]

    def _rows(self, query: sa.Select[Any]) -> list[Any]:
        with self._database.read() as connection:
            return list(connection.execute(query))
