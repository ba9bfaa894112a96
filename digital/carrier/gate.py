"""Let only the carrier in: nothing of a message is read before its signature is checked."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from flask import Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from digital.carrier.form import read
from runner.carrier.door import (
    HEADER,
    TOO_LARGE,
    Door,
    Knock,
    TurnedAway,
    WebhookSettings,
    raw_target,
)

BODY = 256 * 1024
"""Bytes of a webhook's body: 4,096 characters of twelve bytes each, and the other fields."""

OVERRIDES = "#ct=2000&rt=4500&tt=14500&rc=3&rp=ct,rt,5xx"
"""How the carrier shall retry reports (its page "Webhooks connection overrides"): not signed."""

_EMPTY = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'


@dataclass(frozen=True, slots=True)
class Letter:
    """An admitted request: the query of its address, its form, and when it came."""

    query: str
    form: dict[str, str] = field(repr=False)
    at: datetime


class Gate:
    """Admits signed requests and hands them on as `Letter`."""

    def __init__(
        self, settings: WebhookSettings, refused: Callable[[str], None], now: Callable[[], datetime]
    ) -> None:
        self._door = Door(settings, OVERRIDES)
        self._refused, self._now = refused, now

    def admit(self, handle: Callable[[Letter], Response]) -> Response:
        """Answer the present request with `handle`, or turn it away: 403 or 413, empty."""
        request.max_content_length = BODY
        try:
            body = request.get_data(cache=False)
        except RequestEntityTooLarge:
            return self._turn_away(TOO_LARGE)
        target, kind = raw_target(request.environ), request.content_type or ""
        offered = request.headers.get(HEADER, "")
        found = self._door.admit(Knock(request.method, target, kind, body, offered))
        if isinstance(found, TurnedAway):
            return self._turn_away(found)
        return handle(Letter(target.partition("?")[2], read(found), self._now()))

    def _turn_away(self, why: TurnedAway) -> Response:
        self._refused(why.reason)
        return nothing(why.status)


def nothing(status: int = 204) -> Response:
    """Send a status and no body."""
    response = Response(status=status)
    response.headers.pop("Content-Type", None)
    return _sealed(response)


def no_answer() -> Response:
    """Send the TwiML document that answers nothing: what we say leaves by REST."""
    return _sealed(Response(_EMPTY, content_type="text/xml; charset=utf-8"))


def _sealed(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
