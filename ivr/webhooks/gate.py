"""Let only the carrier in: nothing of a request is read before its signature is checked."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from flask import Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from ivr.addresses import OVERRIDES
from ivr.form import fields
from ivr.webhooks.replies import nothing
from runner.carrier.door import (
    HEADER,
    TOO_LARGE,
    Door,
    Knock,
    TurnedAway,
    WebhookSettings,
    raw_target,
)
from runner.carrier.signature import fingerprint

BODY = 64 * 1024
"""Bytes of a webhook's body: a call with a hundred SIP headers has about ten thousand."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """An admitted request: its `path` and `query` below the public address, form, fingerprint."""

    path: str
    query: str
    form: dict[str, str] = field(repr=False)
    fingerprint: str
    at: datetime


class Gate:
    """Admits signed requests and hands them on as `Webhook`."""

    def __init__(
        self, settings: WebhookSettings, refused: Callable[[str], None], now: Callable[[], datetime]
    ) -> None:
        self._door = Door(settings, OVERRIDES)
        self._refused = refused
        self._now = now

    def admit(self, handle: Callable[[Webhook], Response]) -> Response:
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
        path, _, query = target.partition("?")
        return handle(Webhook(path, query, fields(found), fingerprint(found), self._now()))

    def _turn_away(self, why: TurnedAway) -> Response:
        self._refused(why.reason)
        return nothing(why.status)
