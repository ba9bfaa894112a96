"""`POST /flows/{flow}/interactions`: another system starts a flow."""

from typing import Any, assert_never

from flask import Response, json
from pydantic import BaseModel, RootModel

from runner.starts import Refused, Request, Started
from web.api.doors import api_key, doors
from web.api.pages import left_out
from web.api.problems import FieldError, Problem
from web.api.resource import Routes

routes = Routes("starts", "Starting flows.")


class Inputs(RootModel[dict[str, Any]]):
    """The flow's inputs by name, as the flow declares them."""


class Idempotent(BaseModel):
    """The header that makes repeating a request harmless."""

    idempotency_key: str | None = left_out(
        min_length=1,
        max_length=255,
        pattern=r"^[!-~]+( +[!-~]+)*$",
        description="A text of your own, the same when you repeat the request: for 7 days it is "
        "answered alike and nothing is started twice.",
    )


class StartedOut(BaseModel):
    """What was started; the execution is the interaction's first."""

    interaction_id: str
    flow_version_id: str
    flow_execution_id: str


@routes.post("/flows/<flow>/interactions")
@routes.input(Inputs, example={"number": "+15550123456"})
@routes.input(Idempotent, location="headers")
@routes.output(StartedOut, status_code=202, description="It runs, or has run.")
@routes.doc(
    responses={
        422: "This Idempotency-Key was used with another body.",
        429: "Too many starts in a second, or too many executions at a time; see Retry-After.",
    }
)
def start_interaction(flow: str, json_data: Inputs, headers_data: Idempotent) -> Any:
    """Start the published version of an api_request flow."""
    name = headers_data.idempotency_key or ""
    outcome = doors().starts.start(Request(api_key().id, flow, json_data.root, name))
    if isinstance(outcome, Refused):
        raise _problem(outcome)
    return _answer(outcome)


def _answer(started: Started) -> Response:
    body = {
        "interaction_id": started.interaction,
        "flow_version_id": started.version,
        "flow_execution_id": started.execution,
    }
    return Response(json.dumps(body), 202, content_type="application/json")


def _problem(refused: Refused) -> Problem:
    wait = {"Retry-After": str(refused.wait)}
    match refused.reason:
        case "revoked":
            return Problem(401, "this key is revoked", headers={"WWW-Authenticate": "Bearer"})
        case "unknown flow":
            return Problem(404, "there is no published flow of this name and type api_request")
        case "wrong inputs":
            wrong = [FieldError(field=n, message=text) for n, text in refused.fields.items()]
            return Problem(400, "the flow does not take these inputs: see errors", wrong)
        case "key reused":
            return Problem(422, "this Idempotency-Key was used with another body")
        case "too fast":
            return Problem(429, "this key starts too many flows in a second", headers=wait)
        case "too many":
            return Problem(429, "too many executions of this key run already", headers=wait)
        case _:
            assert_never(refused.reason)
