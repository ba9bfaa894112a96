"""Lists of what has happened, page by page, for the API: newest first, recordings by id."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from flow.effects import SurveyAnswer
from flow.ledger import Recording, Run
from store.database import Database
from store.hot import RUN, Hot
from store.runs import read_run
from store.schema import executions, recordings, reports, survey_answers

OLDEST_OPEN = timedelta(days=31)
"""How long ago an execution that has not ended may have begun (design, section 6: 30 days).

There is no index on the status, which every turn would write; so only these days are looked at.
"""


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """A survey answer: its number, whose it is, when it was given, and what it says."""

    number: int
    execution: str
    at: datetime
    answer: SurveyAnswer


@dataclass(frozen=True, slots=True)
class GivenLabel:
    """A report label: its number, whose it is, when it was set; `amount` for a number."""

    number: int
    execution: str
    at: datetime
    name: str
    label: str
    amount: float | None


class Listings:
    """Reads lists; an empty filter filters nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._plain = Hot(sqlite=False)  # Core gives aware datetimes on both databases

    def interactions(
        self,
        filters: Mapping[str, str],
        now: datetime,
        limit: int,
        behind: tuple[datetime, str] | None = None,
    ) -> list[Run]:
        """List the first execution of every interaction, by `flow` and `status`."""
        found = _filtered(executions, filters)
        found.append(executions.c.interaction == executions.c.id)
        if filters.get("status") in {"running", "waiting"}:
            found.append(executions.c.started > now - OLDEST_OPEN)
        if behind is not None:
            place = sa.tuple_(executions.c.started, executions.c.id)
            found.append(place < sa.tuple_(*map(sa.literal, behind)))
        query = sa.select(*(executions.c[name] for name in RUN)).where(sa.and_(sa.true(), *found))
        order = (executions.c.started.desc(), executions.c.id.desc())
        rows = self._rows(query.order_by(*order).limit(limit))
        return [read_run(row, self._plain) for row in rows]

    def recordings(self, limit: int, after: str = "", execution: str = "") -> list[Recording]:
        """List recordings by id, those behind `after`."""
        columns = [recordings.c[name] for name in Recording.__dataclass_fields__]
        found = [recordings.c.sid > after, *_filtered(recordings, {"execution": execution})]
        query = sa.select(*columns).where(*found).order_by(recordings.c.sid).limit(limit)
        return [Recording(*row) for row in self._rows(query)]

    def recording(self, sid: str) -> Recording | None:
        """Give what is known of one recording."""
        columns = [recordings.c[name] for name in Recording.__dataclass_fields__]
        rows = self._rows(sa.select(*columns).where(recordings.c.sid == sid))
        return Recording(*rows[0]) if rows else None

    def survey_answers(
        self, filters: Mapping[str, Any], limit: int, below: int | None = None
    ) -> list[GivenAnswer]:
        """List survey answers; filters are `survey`, `agent` and the like, `since`, `until`."""
        columns = [survey_answers.c[name] for name in SurveyAnswer.__dataclass_fields__]
        rows = self._numbered(survey_answers, columns, filters, limit, below)
        return [GivenAnswer(row[0], row[1], row[2], SurveyAnswer(*row[3:])) for row in rows]

    def labels(
        self, filters: Mapping[str, Any], limit: int, below: int | None = None
    ) -> list[GivenLabel]:
        """List report labels; filters are `name`, `label`, `execution`, `since`, `until`."""
        columns = [reports.c[name] for name in ("name", "label", "number")]
        rows = self._numbered(reports, columns, filters, limit, below)
        return [GivenLabel(*row) for row in rows]

    def _numbered(
        self,
        table: sa.Table,
        columns: Sequence[sa.Column[Any]],
        filters: Mapping[str, Any],
        limit: int,
        below: int | None,
    ) -> list[Any]:
        found = _filtered(table, filters)
        if below is not None:
            found.append(table.c.id < below)
        query = sa.select(table.c.id, table.c.execution, table.c.at, *columns)
        query = query.where(sa.and_(sa.true(), *found))
        return self._rows(query.order_by(table.c.id.desc()).limit(limit))

    def _rows(self, query: sa.Select[Any]) -> list[Any]:
        with self._database.read() as connection:
            return list(connection.execute(query))


def _filtered(table: sa.Table, filters: Mapping[str, Any]) -> list[sa.ColumnElement[bool]]:
    """Make conditions of filters; their names are the callers' own, never a stranger's."""
    found = []
    for name, value in filters.items():
        if value in {"", None}:
            continue
        if name == "since":
            found.append(table.c.at >= value)
        elif name == "until":
            found.append(table.c.at < value)
        else:
            found.append(table.c[name] == value)
    return found
