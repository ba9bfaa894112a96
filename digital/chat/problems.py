"""Says what was wrong with a request of the widget: `application/problem+json` (RFC 9457)."""

import json
from collections.abc import Mapping
from http import HTTPStatus

from flask import Response
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """A request cannot be done; `detail` is for its sender, `fields` say what is wrong where."""

    def __init__(
        self,
        status: int,
        detail: str,
        fields: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail
        self.fields, self.headers = dict(fields or {}), dict(headers or {})


def later(status: int, detail: str, seconds: int) -> Problem:
    """Make the problem of something that may work in so many seconds."""
    return Problem(status, detail, headers={"Retry-After": str(seconds)})


def response(problem: Problem) -> Response:
    """Render a problem."""
    document: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.fields:
        wrong = [{"field": name, "message": text} for name, text in problem.fields.items()]
        document["errors"] = wrong
    body = json.dumps(document)
    return Response(body, problem.status, problem.headers, content_type=MEDIA_TYPE)


def of_http(error: HTTPException) -> Problem:
    """Make a problem of one of the framework's own errors."""
    if isinstance(error, RequestEntityTooLarge):
        return Problem(413, "this is too large: a message and its files have at most 10 MB")
    status = error.code or 500
    return Problem(status, HTTPStatus(status).phrase.lower())
