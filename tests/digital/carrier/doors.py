"""The message webhooks of one installation, and a carrier that signs."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from werkzeug.test import TestResponse

from digital.sms.webhook import messages_blueprint
from runner.carrier.door import WebhookSettings
from runner.errors import Unavailable
from runner.messages.channels import Incoming, Report, Taken

ACCOUNT = "AC" + "0" * 31 + "1"
PUBLIC = "https://calls.example.com"
TOKEN = "12345"
OURS, THEIRS = "+15550100001", "+15550123456"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FORM = "application/x-www-form-urlencoded"


@dataclass
class Told:
    """What came through the door; `away`: the store is."""

    taken: list[Incoming] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    away: bool = False
    broken: bool = False
    unbound: bool = False

    def take(self, incoming: Incoming) -> Taken:
        """Keep a message."""
        if self.away:
            raise Unavailable("the store is away")
        if self.broken:
            raise RuntimeError(incoming.text)
        self.taken.append(incoming)
        return Taken(unbound=self.unbound)

    def report(self, report: Report) -> None:
        """Keep a report."""
        if self.away:
            raise Unavailable("the store is away")
        if self.broken:
            raise RuntimeError(report.sid)
        self.reports.append(report)


class Door:
    """A server with nothing but the message webhooks."""

    def __init__(self, tokens: tuple[str, ...] = (TOKEN,)) -> None:
        self.told = Told()
        self.refused: list[str] = []
        settings = WebhookSettings(PUBLIC, tokens, ACCOUNT)
        app = Flask("message-door")
        app.register_blueprint(
            messages_blueprint(
                *(self.told.take, self.told.report, settings),
                *(lambda address: address == OURS, self.refused.append, lambda: NOW),
            )
        )
        self.client = app.test_client()

    def post(
        self, form: Mapping[str, str], target: str = "/digital/sms", token: str = TOKEN
    ) -> TestResponse:
        """Send a form as the carrier would."""
        header = {"X-Twilio-Signature": sign(f"{PUBLIC}{target}", form, token)}
        return self.client.post(target, data=urlencode(form), content_type=FORM, headers=header)


def sign(url: str, form: Mapping[str, str], token: str = TOKEN) -> str:
    """Sign by the words of the carrier's page, without its library."""
    text = url + "".join(key + form[key] for key in sorted(form))
    digest = hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def a_form(**fields: Any) -> dict[str, str]:
    """The form of a plain SMS, with some of its fields changed."""
    return {
        "AccountSid": ACCOUNT,
        "ApiVersion": "2010-04-01",
        "Body": "Hello",
        "From": THEIRS,
        "FromCity": "",
        "MessageSid": "SM" + "1" * 32,
        "NumMedia": "0",
        "SmsStatus": "received",
        "To": OURS,
        **fields,
    }
