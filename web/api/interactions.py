"""`/interactions`: what became of every contact: where it stands and what happened."""

import json
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from flow.ledger import Run
from web.api.doors import api_key, doors
from web.api.pages import Page, left_out, moment, page, text
from web.api.problems import missing
from web.api.recordings import RecordingOut, shown_recording
from web.api.resource import Routes
from web.house import house

routes = Routes("interactions", "What became of every contact.")
one = Routes("interaction", "One of them; a key that may not read sees those it began itself.")

READERS = frozenset({"read", "admin"})
"""The scopes of keys that see every interaction."""

Status = Literal["running", "waiting", "ended"]


class InteractionOut(BaseModel):
    """Where an interaction stands; `step` is the step it waits in, empty when it has ended."""

    interaction_id: str
    flow_execution_id: str
    flow_version_id: str
    flow: str
    type: str
    status: Status
    step: str
    outcome: str
    contact: str = Field(description="The contact's id, empty when it is nobody known.")
    started: datetime
    updated: datetime
    ended: datetime | None


class StepOut(BaseModel):
    """A step that was left; `exit` is empty when the contact hung up in it."""

    flow_execution_id: str
    step: str
    component: str
    exit: str
    entered: datetime
    left: datetime
    result: Any
    error: str


class AnswerOut(BaseModel):
    """An answer to a survey's question."""

    survey: str
    step: str
    question: str
    kind: str
    metric: str
    answer: str
    score: float | None
    agent: str
    queue: str


class LabelOut(BaseModel):
    """A label that the flow has set for the reports."""

    name: str
    value: str | float


class WholeInteractionOut(InteractionOut):
    """An interaction with everything that is kept of it; what was collected in secret is not."""

    history: list[StepOut]
    recordings: list[RecordingOut]
    survey_answers: list[AnswerOut]
    labels: list[LabelOut]


class InteractionPage(BaseModel):
    """A page of interactions, the newest first."""

    items: list[InteractionOut]
    next: str | None


class InteractionQuery(Page):
    """Which interactions are wanted."""

    flow: str | None = left_out(max_length=100)
    status: Status | None = left_out()


@routes.get("/interactions")
@routes.input(InteractionQuery, location="query")
@routes.output(InteractionPage)
def list_interactions(query_data: InteractionQuery) -> Any:
    """List interactions, the newest first."""
    filters = {"flow": query_data.flow or "", "status": query_data.status or ""}
    place: Any = query_data.after(moment, text)
    limit = query_data.limit
    found = house().listings.interactions(filters, doors().clock(), limit + 1, place)
    return page(
        [_shown(run) for run in found], limit, lambda one: [one["started"], one["interaction_id"]]
    )


@one.get("/interactions/<interaction_id>")
@one.output(WholeInteractionOut)
def get_interaction(interaction_id: str) -> Any:
    """Give an interaction: where it stands, and everything that has happened.

    Keys without `read` or `admin` see those they began themselves; others are not there for them.
    """
    past, key = house().past, api_key()
    runs = past.interaction(interaction_id)
    is_open = READERS & set(key.scopes) or past.began(interaction_id) == key.id
    if not runs or not is_open:
        raise missing("interaction of this id")
    oldest_first = [run.id for run in reversed(runs)]
    return {
        **_shown(runs[0]),
        "history": [_step(run, entry) for run in oldest_first for entry in past.steps(run)],
        "recordings": [shown_recording(r) for run in oldest_first for r in past.recordings(run)],
        "survey_answers": [
            _plain(answer) for run in oldest_first for answer in past.survey_answers(run)
        ],
        "labels": [_plain(label) for run in oldest_first for label in past.labels(run)],
    }


def _shown(run: Run) -> dict[str, Any]:
    return {
        "interaction_id": run.interaction,
        "flow_execution_id": run.id,
        "flow_version_id": run.version,
        "flow": run.flow,
        "type": run.type,
        "status": run.status,
        "step": "" if run.status == "ended" else _place(run.state),
        "outcome": run.outcome,
        "contact": run.contact,
        "started": run.started,
        "updated": run.updated,
        "ended": run.ended,
    }


def _place(state: str) -> str:
    """Name the step a run stands in, behind the module steps it is inside of."""
    return "/".join(frame["step"] for frame in json.loads(state).get("frames", ()))


def _step(execution: str, entry: Any) -> dict[str, Any]:
    names = ("component", "exit", "entered", "left", "result", "error")
    shown = {name: getattr(entry, name) for name in names}
    return {"flow_execution_id": execution, "step": entry.path, **shown}


def _plain(fact: Any) -> dict[str, Any]:
    return {name: getattr(fact, name) for name in type(fact).__dataclass_fields__}
