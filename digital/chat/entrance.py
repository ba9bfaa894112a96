"""What every request of the widget passes: the page's origin, the visitor's token, the pace."""

from dataclasses import dataclass

import structlog
from flask import Response, g, request
from werkzeug.exceptions import HTTPException

from digital.chat.origins import Origins
from digital.chat.paces import Paces
from digital.chat.ports import Rules
from digital.chat.problems import Problem, later, of_http, response
from digital.chat.tokens import Tokens, Visitor
from flow.ledger import Unavailable
from runner.walker import place_of

_log = structlog.get_logger(__name__)

_HERE = {"127.0.0.1", "::1"}

_CLOSED = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Referrer-Policy": "no-referrer",
}


@dataclass(frozen=True, slots=True)
class Entrance:
    """Lets requests in, and closes their answers."""

    rules: Rules
    origins: Origins
    tokens: Tokens
    paces: Paces

    def enter(self) -> Response | None:
        """Look at the origin; a preflight is answered at once, as it carries nothing else.

        Raises:
            Problem: the page may not embed the chat.
        """
        origin = request.headers.get("Origin")
        self.origins.check(origin, needed=request.method == "OPTIONS")
        return Response(status=204) if request.method == "OPTIONS" else None

    def close(self, answer: Response) -> Response:
        """Say who may read an answer, and that it is no page."""
        origin = request.headers.get("Origin")
        preflight = request.method == "OPTIONS"
        answer.headers.update(self.origins.headers(origin, preflight=preflight))
        if "open" not in g:
            answer.headers.update(_CLOSED)
        return answer

    def visitor(self, name: str, what: str) -> Visitor:
        """Find who asks, and count it.

        Raises:
            Problem: nobody knows him, or he asks too often.
        """
        self.paces.address(what, self.address())
        visitor = self.tokens.read(request.headers.get("Authorization", ""), name.lower())
        self.paces.visitor(what, visitor.id)
        return visitor

    def address(self) -> str:
        """Give the address a request comes from: what the last of our own proxies saw."""
        sender = request.remote_addr or ""
        proxies = self.rules.proxies
        if proxies is None:
            proxies = 1 if sender in _HERE else 0
        seen = request.headers.get("X-Forwarded-For", "").split(",")
        known = proxies and len(seen) >= proxies and seen[-proxies].strip()
        return known or sender


def failed(error: Exception) -> Response:
    """Answer everything that goes wrong; what is our own fault is logged without its text."""
    if isinstance(error, Problem):
        return response(error)
    if isinstance(error, HTTPException):
        return response(of_http(error))
    if isinstance(error, Unavailable):
        _log.warning("the chat waits for the database", reason=str(error))
        return response(later(503, "the server is busy: try again in a moment", 2))
    _log.error("the chat failed", route=request.endpoint, at=place_of(error))
    return response(Problem(500, "the server failed; its log says more"))
