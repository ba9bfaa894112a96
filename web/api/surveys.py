"""`/surveys` and `/reports`: what contacts answered, and what flows labelled."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from store.listings import GivenAnswer, GivenLabel
from web.api.interactions import AnswerOut
from web.api.pages import Page, Time, left_out, number, page
from web.api.resource import Routes
from web.house import house

routes = Routes("surveys", "What contacts answered, and what flows labelled.")

_SHORT = left_out(max_length=200)


class GivenAnswerOut(AnswerOut):
    """An answer, whose it is, and when it was given."""

    id: int
    flow_execution_id: str
    at: datetime


class GivenLabelOut(BaseModel):
    """A label, whose it is, and when it was set."""

    id: int
    flow_execution_id: str
    at: datetime
    name: str
    value: str | float


class SurveyPage(BaseModel):
    """A page of answers, the newest first."""

    items: list[GivenAnswerOut]
    next: str | None


class ReportPage(BaseModel):
    """A page of labels, the newest first."""

    items: list[GivenLabelOut]
    next: str | None


class TimeQuery(Page):
    """Which time is wanted."""

    since: Time = left_out(description="Not before this moment, with its zone.")
    until: Time = left_out(description="Before this moment, with its zone.")


class SurveyQuery(TimeQuery):
    """Which answers are wanted."""

    survey: str | None = _SHORT
    question: str | None = _SHORT
    metric: str | None = _SHORT
    agent: str | None = _SHORT
    queue: str | None = _SHORT


class ReportQuery(TimeQuery):
    """Which labels are wanted."""

    name: str | None = _SHORT
    label: str | None = _SHORT


@routes.get("/surveys")
@routes.input(SurveyQuery, location="query")
@routes.output(SurveyPage)
def list_survey_answers(query_data: SurveyQuery) -> Any:
    """List survey answers, the newest first."""
    found = house().listings.survey_answers(_filters(query_data), *_part(query_data))
    shown = [_answer(given) for given in found]
    return page(shown, query_data.limit, lambda one: [one["id"]])


@routes.get("/reports")
@routes.input(ReportQuery, location="query")
@routes.output(ReportPage)
def list_report_labels(query_data: ReportQuery) -> Any:
    """List report labels, the newest first."""
    found = house().listings.labels(_filters(query_data), *_part(query_data))
    shown = [_label(given) for given in found]
    return page(shown, query_data.limit, lambda one: [one["id"]])


def _filters(query: Page) -> dict[str, Any]:
    return query.model_dump(exclude={"limit", "cursor"}, exclude_none=True)


def _part(query: Page) -> tuple[int, int | None]:
    below = query.after(number)
    return query.limit + 1, below[0] if below else None


def _answer(given: GivenAnswer) -> dict[str, Any]:
    said = {name: getattr(given.answer, name) for name in AnswerOut.model_fields}
    return {"id": given.number, "flow_execution_id": given.execution, "at": given.at, **said}


def _label(given: GivenLabel) -> dict[str, Any]:
    value = given.label if given.amount is None else given.amount
    shown = {"id": given.number, "flow_execution_id": given.execution, "at": given.at}
    return {**shown, "name": given.name, "value": value}
