"""`/calls`: the conversations of agents, and the calls that agents place."""

from datetime import datetime
from typing import Any, Literal, assert_never

from flask import Response, json
from pydantic import BaseModel, ConfigDict, Field

from desk.assignments import How
from runner.outgoing import NotPlaced, Placed, Wanted
from store.conversations import OUTGOING, Conversation, State
from web.api.doors import api_key, doors
from web.api.pages import Page, left_out, moment, page, text
from web.api.problems import Problem, missing, wrong_field
from web.api.recordings import RecordingOut, shown_recording
from web.api.resource import Routes
from web.api.starts import Idempotent
from web.house import house

routes = Routes("calls", "The conversations of agents.")


class CallBody(BaseModel):
    """The call that an agent wants to place."""

    model_config = ConfigDict(extra="forbid")

    agent: str = Field(min_length=1, max_length=64, description="The agent's id.")
    to: str = Field(min_length=1, max_length=300, description="Whom to call, as +15550100001.")
    flow: str = Field(
        default="",
        max_length=100,
        description="The outgoing_call flow that the contact hears; direct-call when empty.",
    )
    sender: str = Field(
        default="",
        alias="from",
        max_length=40,
        description="The number that is shown, one of ours; empty leaves it to the server.",
    )


class PlacedOut(BaseModel):
    """What is being placed; `call_id` is the agent's conversation."""

    interaction_id: str
    flow_version_id: str
    flow_execution_id: str
    call_id: str


class WrapUpOut(BaseModel):
    """What was noted of a conversation; `at` is null while nothing was."""

    notes: str
    disposition: str
    at: datetime | None


class CallOut(BaseModel):
    """A conversation: an agent with a contact, whoever called whom."""

    call_id: str
    interaction_id: str
    flow_execution_id: str
    flow: str
    direction: Literal["inbound", "outbound"]
    state: State
    agent: str
    queue: str = Field(description="Empty for an agent's own call.")
    number: str = Field(description="The contact's.")
    contact_call: str = Field(description="The carrier's id, empty before the contact answers.")
    agent_call: str
    began: datetime
    ended: datetime | None
    seconds: int = Field(description="So far, while it goes on; with the ringing when outbound.")
    wait_seconds: int | None = Field(description="In the queue; null for an agent's own call.")
    ended_by: How = Field(description="finished: the agent left; accident: the agent's line broke.")
    wrap_up: WrapUpOut


class WholeCallOut(CallOut):
    """A conversation, and the recordings of the execution it belongs to."""

    recordings: list[RecordingOut]


class CallPage(BaseModel):
    """A page of conversations, the newest first."""

    items: list[CallOut]
    next: str | None


class CallQuery(Page):
    """Which conversations are wanted."""

    agent: str | None = left_out(max_length=64)
    state: State | None = left_out()


@routes.post("/calls")
@routes.input(CallBody, example={"agent": "ann", "to": "+15550123456"})
@routes.input(Idempotent, location="headers")
@routes.output(PlacedOut, status_code=202, description="The agent is being called.")
@routes.doc(
    responses={
        409: "The agent serves somebody or is being rung.",
        422: "There is no such agent or flow, or the number cannot or may not be called: see "
        "errors. Without errors: this Idempotency-Key was used with another body.",
    }
)
def place_call(json_data: CallBody, headers_data: Idempotent) -> Any:
    """Place an agent's call: the agent is called first, then the contact."""
    asked = (json_data.agent, json_data.to, json_data.flow, json_data.sender)
    wanted = Wanted(*asked, api_key().id, headers_data.idempotency_key or "")
    outcome = doors().outgoing.place(wanted)
    if isinstance(outcome, NotPlaced):
        raise _problem(outcome)
    return _answer(outcome)


@routes.get("/calls")
@routes.input(CallQuery, location="query")
@routes.output(CallPage)
def list_calls(query_data: CallQuery) -> Any:
    """List conversations, the newest first."""
    place: Any = query_data.after(moment, text)
    limit, agent, state = query_data.limit, query_data.agent or "", query_data.state
    found = house().conversations.latest(limit + 1, agent, state, place)
    now = doors().clock()
    shown = [_shown(each, now) for each in found]
    return page(shown, limit, lambda one: [one["began"], one["call_id"]])


@routes.get("/calls/<call_id>")
@routes.output(WholeCallOut)
def get_call(call_id: str) -> Any:
    """Give a conversation, with its recordings and what was noted."""
    found = house().conversations.get(call_id)
    if found is None:
        raise missing("call of this id")
    recordings = house().past.recordings(found.execution) if found.execution else []
    shown = [shown_recording(each) for each in recordings]
    return {**_shown(found, doors().clock()), "recordings": shown}


def _shown(call: Conversation, now: datetime) -> dict[str, Any]:
    waited = None if call.entered is None else call.began - call.entered
    same = ("flow", "state", "agent", "queue", "number", "agent_call", "began", "ended")
    return {
        "call_id": call.id,
        "interaction_id": call.interaction,
        "flow_execution_id": call.execution,
        "direction": "outbound" if call.type in {OUTGOING, "api_request"} else "inbound",
        "contact_call": call.call,
        **{name: getattr(call, name) for name in same},
        "seconds": max(0, round(((call.ended or now) - call.began).total_seconds())),
        "wait_seconds": None if waited is None else max(0, round(waited.total_seconds())),
        "ended_by": call.how,
        "wrap_up": {"notes": call.notes, "disposition": call.disposition, "at": call.noted},
    }


def _answer(placed: Placed) -> Response:
    body = {
        "interaction_id": placed.interaction,
        "flow_version_id": placed.version,
        "flow_execution_id": placed.execution,
        "call_id": placed.leg,
    }
    return Response(json.dumps(body), 202, content_type="application/json")


def _problem(refused: NotPlaced) -> Problem:
    match refused.reason:
        case "revoked":
            return Problem(401, refused.detail, headers={"WWW-Authenticate": "Bearer"})
        case "agent busy":
            return wrong_field("agent", refused.detail, 409)
        case "key reused":
            return Problem(422, refused.detail)
        case "unknown agent":
            return wrong_field("agent", refused.detail, 422)
        case "unknown flow":
            return wrong_field("flow", refused.detail, 422)
        case "invalid number" | "refused":
            return wrong_field("to", refused.detail, 422)
        case "not ours":
            return wrong_field("from", refused.detail, 422)
        case _:
            assert_never(refused.reason)
