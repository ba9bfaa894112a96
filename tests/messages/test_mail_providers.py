"""Mails that Mailgun or SendGrid received for us go through a flow and are answered."""

import json
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.digital.email.providers import (
    KEY,
    MULTIPART,
    PUBLIC,
    Fields,
    mailgun,
    multipart,
    sendgrid_headers,
)
from tests.messages.conftest import NOON
from tests.messages.mails import ANN, answers, kept, open_desk, text, written
from tests.messages.town import MAILBOX, Town, town_on
from tests.support.installation import Clock

RAW = (
    b"From: Ann <ann@shop.example>\r\nMessage-ID: <1@shop.example>\r\nSubject: Lamp\r\n\r\n"
    b"It hums.\r\n-- \r\nAnn\r\n"
)
ENVELOPE = json.dumps({"to": [MAILBOX], "from": ANN})
HEADERS = [["From", f"Ann <{ANN}>"], ["Message-Id", "<1@shop.example>"], ["Subject", "Lamp"]]

Post = Callable[[FlaskClient, datetime], TestResponse]


@pytest.fixture
def provided(ready_url: str, tmp_path: Path) -> Iterator[Town]:
    """The product, with the keys of both providers."""
    clock = Clock(ahead=NOON - datetime.now(UTC))
    keys = {"mailgun_signing_key": KEY, "sendgrid_public_key": PUBLIC}
    with town_on(ready_url, tmp_path, clock, **keys) as made:
        open_desk(made)
        yield made


def by_mailgun(fields: Fields, path: str = "inbound") -> Post:
    """Post as Mailgun does: the signature is among the fields."""

    def post(client: FlaskClient, at: datetime) -> TestResponse:
        given = {"recipient": MAILBOX, "sender": ANN} | fields
        signed = mailgun(given, secrets.token_hex(25), int(at.timestamp()))
        body = multipart(signed)
        return client.post(f"/digital/email/{path}", data=body, content_type=MULTIPART)

    return post


def by_sendgrid(fields: Fields) -> Post:
    """Post as SendGrid does: the signature is in the headers, over the whole body."""

    def post(client: FlaskClient, at: datetime) -> TestResponse:
        body = multipart({"envelope": ENVELOPE} | fields)
        headers = sendgrid_headers(body, str(int(at.timestamp())))
        return client.post(
            "/digital/email/inbound", data=body, content_type=MULTIPART, headers=headers
        )

    return post


PARSED = {"body-plain": "It hums.\r\n-- \r\nAnn", "message-headers": json.dumps(HEADERS)}
LINES = "".join(f"{name}: {value}\n" for name, value in HEADERS)
WAYS = {
    "Mailgun, taken apart": by_mailgun(PARSED),
    "Mailgun, raw": by_mailgun({"body-mime": RAW}, "inbound/mime"),
    "SendGrid, taken apart": by_sendgrid({"headers": LINES, "text": "It hums.\n-- \nAnn"}),
    "SendGrid, raw": by_sendgrid({"email": RAW}),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_mail_by_a_provider_is_answered(provided: Town, way: str) -> None:
    client, post = provided.house.app.test_client(), WAYS[way]
    assert post(client, provided.clock()).status_code == 200
    got = answers(provided, 1)[0]
    assert text(got) == "[It hums.] [Lamp] [] Which order?"
    assert (got.to, got.message["In-Reply-To"]) == ([ANN], "<1@shop.example>")
    assert post(client, provided.clock()).status_code == 200, "it comes again"
    assert kept(provided) == [(ANN, "It hums.")]
    assert written(provided) == 1


def test_the_same_mail_by_every_way_is_one(provided: Town) -> None:
    client = provided.house.app.test_client()
    for number, post in enumerate(WAYS.values()):
        assert post(client, provided.clock() + timedelta(seconds=number)).status_code == 200
    assert kept(provided) == [(ANN, "It hums.")]
    answers(provided, 1)


def test_what_is_not_signed_is_not_taken(provided: Town) -> None:
    client = provided.house.app.test_client()
    body = multipart({"recipient": MAILBOX, "sender": ANN, **PARSED})
    answer = client.post("/digital/email/inbound", data=body, content_type=MULTIPART)
    assert (answer.status_code, answer.data) == (403, b"")
    body = multipart({"envelope": ENVELOPE, "email": RAW})
    headers = sendgrid_headers(body + b"x", str(int(provided.clock().timestamp())))
    answer = client.post(
        "/digital/email/inbound", data=body, content_type=MULTIPART, headers=headers
    )
    assert (answer.status_code, answer.data) == (403, b"")
    assert kept(provided) == []


def test_a_bounce_by_a_provider_is_no_mail(provided: Town) -> None:
    client = provided.house.app.test_client()
    by_sendgrid({"email": RAW})(client, provided.clock())
    ours = str(answers(provided, 1)[0].message["Message-ID"])
    bounce = (
        "From: MAILER-DAEMON@mx.example\r\nContent-Type: multipart/report; boundary=R\r\n\r\n"
        "--R\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Action: failed\r\nStatus: 5.2.2\r\n\r\n"
        f"--R\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {ours}\r\n--R--\r\n"
    )
    fields = {"body-mime": bounce, "sender": ""}
    answer = by_mailgun(fields)(client, provided.clock())
    assert answer.status_code == 200
    query = "SELECT state, reason FROM lw_messages WHERE direction = 'out'"
    assert provided.house.rows(query) == [("undelivered", "5.2.2: the mailbox cannot take it")]
