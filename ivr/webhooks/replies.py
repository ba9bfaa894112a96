"""Flask responses: TwiML, or nothing at all. None may be kept by a cache."""

from flask import Response

from flow.ledger import Answer


def answered(answer: Answer) -> Response:
    """Send an answer's exact bytes."""
    return _sealed(Response(answer.body, answer.status, content_type=answer.content_type))


def nothing(status: int = 204) -> Response:
    """Send a status and no body."""
    response = Response(status=status)
    response.headers.pop("Content-Type", None)
    return _sealed(response)


def _sealed(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
