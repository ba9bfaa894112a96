"""The webhooks on a Flask app, a carrier that signs, and what the service was told."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from werkzeug.test import TestResponse

from flow.events import Event
from flow.ledger import Answer, CallFact
from ivr.render import TwimlRenderer
from ivr.service import Arrival, LegRequest, RecordingFact, Waits
from ivr.webhooks import voice_blueprint
from runner.carrier.door import WebhookSettings

PUBLIC = "https://linewalk.example"
TOKEN = "12345"
ACCOUNT = "AC" + "0" * 32
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Told:
    """Writes down what the service was asked, and answers or fails as the test says."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.failure: Exception | None = None

    def _note(self, *call: Any) -> Answer:
        self.calls.append(call)
        if self.failure:
            raise self.failure
        return Answer(f"<Response><!-- {call[0]} --></Response>".encode())

    def arrive(self, arrival: Arrival) -> Answer:
        return self._note("arrive", arrival)

    def move(self, execution: str, token: str, fingerprint: str, event: Event) -> Answer:
        return self._note("move", execution, token, fingerprint, event)

    def again(self, execution: str, token: str) -> Answer:
        return self._note("again", execution, token)

    def wait(self, request: Waits) -> Answer:
        return self._note("wait", request)

    def leg(self, request: LegRequest) -> Answer:
        return self._note("leg", request)

    def hold(self, room: str, token: str) -> Answer:
        return self._note("hold", room, token)

    def fact(self, fact: CallFact, leg: str = "") -> None:
        self._note(*(("fact", fact, leg) if leg else ("fact", fact)))

    def recording(self, fact: RecordingFact) -> None:
        self._note("recording", fact)


class Door:
    """The webhooks of one installation, and a carrier that signs."""

    def __init__(self, told: Told, tokens: tuple[str, ...]) -> None:
        self.told = told
        self.refused: list[str] = []
        self.reports: list[str] = []
        self.renderer = TwimlRenderer(PUBLIC, lambda name: None, report=self.reports.append)
        settings = WebhookSettings(PUBLIC, tokens, ACCOUNT)
        app = Flask("carrier-door")
        app.register_blueprint(
            voice_blueprint(told, self.renderer, settings, self.refused.append, lambda: NOW)
        )
        self.client = app.test_client()

    def post(self, target: str, form: Mapping[str, str], token: str = TOKEN) -> TestResponse:
        """Send a form as the carrier would: to an address or a path, signed for both."""
        path = target.removeprefix(PUBLIC).partition("#")[0]
        header = {"X-Twilio-Signature": sign(PUBLIC + path, form, token)}
        return self.client.post(
            path,
            data=urlencode(form),
            content_type="application/x-www-form-urlencoded",
            headers=header,
        )


def sign(url: str, form: Mapping[str, str], token: str = TOKEN) -> str:
    """Sign by the words of the carrier's page, without its library."""
    text = url + "".join(key + form[key] for key in sorted(form))
    digest = hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()
