"""Says what was wrong with a request, as RFC 9457 wants it: `application/problem+json`.

`type` is always `about:blank`, so `title` is the status's own phrase (RFC 9457, section 4.2.1);
`detail` says what to do, and `errors` names the fields. Nothing of a stack trace is ever in it.
"""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, NotRequired, TypedDict

from apiflask import HTTPError
from flask import Response, request
from werkzeug.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"

_DETAILS: Mapping[int, str] = {
    404: "there is nothing at this address; /api/v1/openapi.json lists every route",
    405: "this address has no such method; the Allow header lists those it has",
    500: "the server failed; its log says more",
}


class FieldError(TypedDict):
    """One field that is wrong: its dotted name, and what is wrong with it.

    `line` is the line of a flow document's text; `severity` tells an error from a warning there.
    """

    field: str
    message: str
    line: NotRequired[int]
    severity: NotRequired[str]


class Problem(Exception):
    """A request cannot be done; `detail` is for its sender."""

    def __init__(
        self,
        status: int,
        detail: str,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail
        self.errors, self.headers = list(errors), dict(headers or {})


def missing(what: str) -> Problem:
    """Make the problem of something that is not there."""
    return Problem(404, f"there is no {what}")


def wrong_field(name: str, message: str, status: int = 400) -> Problem:
    """Make the problem of one wrong field."""
    return Problem(status, f"{name}: {message}", [{"field": name, "message": message}])


def response(problem: Problem) -> Response:
    """Render a problem."""
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.errors:
        document["errors"] = problem.errors
    body = json.dumps(document)
    return Response(body, problem.status, problem.headers, content_type=MEDIA_TYPE)


def of_http(error: HTTPException) -> Problem:
    """Make a problem of one of the framework's own errors."""
    status = error.code or 500
    detail = _DETAILS.get(status, HTTPStatus(status).phrase.lower())
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and request.max_content_length:
        most = request.max_content_length // 2**20
        detail = f"the request is too large: send at most {most} MB"
    left_out = {"content-type", "content-length"}
    headers = {k: v for k, v in error.get_headers() if k.lower() not in left_out}
    return Problem(status, detail, headers=headers)


def of_validation(error: HTTPError) -> Problem:
    """Make a problem of what the models have found wrong, place by place."""
    found: list[FieldError] = []
    for place, fields in dict(error.detail or {}).items():
        for name, messages in fields.items():
            plain = "" if name == "_schema" else name
            plain = plain.replace("_", "-").title() if place == "headers" else plain
            found += [{"field": plain, "message": _plain(text)} for text in messages]
    return Problem(error.status_code, "the request is not as it must be: see errors", found)


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ")
