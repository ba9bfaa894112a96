"""Signed webhooks in the shapes that Mailgun and SendGrid document."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Semaphore
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from werkzeug.test import TestResponse

from digital.email.limits import MEGABYTE, Limits
from digital.email.webhooks import LARGE_AT_ONCE, Keys, inbound_blueprint
from runner.once import Tokens
from store.memory import MemoryStore
from tests.digital.email.house import HELP, NOON, MemoryInbox, intake
from tests.digital.email.providers import (
    KEY,
    MULTIPART,
    PUBLIC,
    SECRET,
    Fields,
    mailgun,
    multipart,
    sendgrid_headers,
)

BOTH = Keys((KEY,), PUBLIC)
RAW = b"From: Ann <ann@example.org>\r\nMessage-ID: <1@x>\r\nSubject: Lamp\r\n\r\nbroken \xe4 lamp"

URLENCODED = "application/x-www-form-urlencoded"


class Door:
    """The webhook with an inbox in memory."""

    def __init__(self, keys: Keys, limits: Limits | None = None) -> None:
        self.inbox, self.refused = MemoryInbox(), list[str]()
        app = Flask(__name__)
        app.config["MAX_CONTENT_LENGTH"] = 1024
        claim = Tokens(MemoryStore(), lambda: NOON).claim
        taken = intake(self.inbox, limits)
        app.register_blueprint(
            inbound_blueprint(taken, keys, claim, lambda: NOON, self.refused.append)
        )
        self.client = app.test_client()

    def post(self, fields: Fields, kind: str = MULTIPART) -> TestResponse:
        body = multipart(fields) if kind == MULTIPART else urlencode(fields).encode()
        return self.send(body, kind)

    def send(self, body: bytes, kind: str = MULTIPART, **headers: str) -> TestResponse:
        return self.client.post(
            "/digital/email/inbound", data=body, content_type=kind, headers=headers
        )


@pytest.fixture
def door() -> Door:
    return Door(BOTH)


PARSED: Fields = {
    "from": "Ann <ann@example.org>",
    "subject": "Lamp",
    "body-plain": "It is broken.\r\n\r\nOn 25 Nov 2026, <help@acme.example> wrote:\r\n> Hi\r\n",
    "body-html": '<p>It is broken.</p><img src="cid:a@x">',
    "stripped-text": "It is broken.",
    "message-headers": json.dumps(
        [
            *(["Received", "by mx.example"], ["From", "Ann <ann@example.org>"]),
            *(["Message-Id", "<1@x>"], ["Subject", "Lamp"], ["In-Reply-To", "<0@acme.example>"]),
        ]
    ),
    "attachment-count": "1",
    "content-id-map": json.dumps({"<a@x>": "attachment-1"}),
}


def test_mailgun_parsed(door: Door) -> None:
    file = ("../lamp.png", "image/png", b"\x89PNG")
    assert door.post(mailgun(PARSED | {"attachment-1": file})).status_code == 200
    mail = door.inbox.only
    assert (mail.address, mail.peer, mail.name) == (HELP, "ann@example.org", "Ann")
    assert (mail.text, mail.subject) == ("It is broken.", "Lamp")
    assert [(each.name, each.data) for each in mail.files] == [("lamp.png", b"\x89PNG")]
    assert mail.details["inline"] == {"a@x": 0}
    assert not mail.automatic


def test_mailgun_s_headers_may_be_encoded(door: Door) -> None:
    pairs = [
        ["From", "=?utf-8?Q?Bee=2C_Ann?= <ann@example.org>"],
        ["Subject", "\ud800=?utf-8?Q?=C3=A4?="],
    ]
    assert door.post(mailgun({**PARSED, "message-headers": json.dumps(pairs)})).status_code == 200
    mail = door.inbox.only
    assert (mail.peer, mail.name, mail.subject) == ("ann@example.org", "Bee, Ann", "ä")


@pytest.mark.parametrize("kind", [MULTIPART, URLENCODED])
def test_mailgun_raw(door: Door, kind: str) -> None:
    assert door.post(mailgun({"body-mime": RAW}), kind).status_code == 200
    assert (door.inbox.only.subject, door.inbox.only.text) == ("Lamp", "broken ä lamp")
    assert door.inbox.only.raw == RAW


def test_mailgun_s_address_for_raw_mails(door: Door) -> None:
    body = multipart(mailgun({"body-mime": RAW}))
    answer = door.client.post("/digital/email/inbound/mime", data=body, content_type=MULTIPART)
    assert answer.status_code == 200
    assert door.inbox.only.raw == RAW


def test_a_provider_that_comes_again_changes_nothing(door: Door) -> None:
    for token in ("a" * 50, "a" * 50, "b" * 50):
        assert door.post(mailgun(PARSED, token)).status_code == 200
    assert len(door.inbox.messages) == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"signature": "0" * 64}, "signature"),
        ({"signature": ""}, "signature"),
        ({"signature": "ä"}, "signature"),
        ({"token": "other"}, "signature"),
        ({"token": ""}, "signature"),
        ({"timestamp": "1764072001"}, "signature"),
        ({"timestamp": "soon"}, "signature"),
        ({"timestamp": "9" * 400}, "signature"),
    ],
)
def test_what_mailgun_did_not_sign_is_refused(
    door: Door, change: dict[str, str], reason: str
) -> None:
    response = door.post({**mailgun(PARSED), **change})
    assert (response.status_code, response.data) == (403, b"")
    assert (door.inbox.messages, door.refused) == ([], [reason])


@pytest.mark.parametrize("apart", [-901, 901, -86_400])
def test_an_old_signature_is_refused(door: Door, apart: int) -> None:
    fields = mailgun(PARSED, at=int(NOON.timestamp()) + apart)
    assert door.post(fields).status_code == 403
    assert door.refused == ["timestamp"]


def test_a_caught_signature_carries_no_other_mail(door: Door) -> None:
    assert door.post(mailgun(PARSED)).status_code == 200
    forged = {**PARSED, "message-headers": json.dumps([["From", "ceo@x.example"]])}
    assert door.post(mailgun(forged)).status_code == 403
    file = ("a.exe", "a/b", b"virus")
    assert door.post(mailgun(PARSED | {"attachment-1": file})).status_code == 403
    assert door.refused == ["token", "token"]
    assert len(door.inbox.messages) == 1


def sendgrid(door: Door, fields: Fields, key: Any = SECRET, **change: str) -> TestResponse:
    body = multipart(fields)
    sent = change.pop("body", "").encode() or body
    return door.send(sent, **sendgrid_headers(body, "1795608000", key, **change))


ENVELOPE = json.dumps({"to": [HELP], "from": "ann@example.org"})
FIELDS: Fields = {
    "headers": "From: Ann <ann@example.org>\nMessage-ID: <1@x>\nSubject: =?utf-8?Q?L=C3=A4mp?=\n",
    "envelope": ENVELOPE,
    "to": "Help <help@acme.example>",
    "charsets": json.dumps({"to": "UTF-8", "text": "iso-8859-1"}),
    "text": "größer".encode("latin-1"),
    "attachments": "1",
    "attachment-info": json.dumps({"attachment1": {"filename": "a.png", "content-id": "<a@x>"}}),
}


def test_sendgrid_parsed(door: Door) -> None:
    file = ("a.png", "image/png", b"\x89PNG")
    assert sendgrid(door, {**FIELDS, "attachment1": file}).status_code == 200
    mail = door.inbox.only
    assert (mail.address, mail.peer, mail.subject, mail.text) == (
        *(HELP, "ann@example.org", "Lämp", "größer"),
    )
    assert mail.details["inline"] == {"a@x": 0}


def test_sendgrid_raw(door: Door) -> None:
    given = {"email": RAW, "envelope": ENVELOPE}
    assert sendgrid(door, given).status_code == 200
    assert door.inbox.only.text == "broken ä lamp"
    assert door.inbox.only.raw == RAW


def test_what_sendgrid_did_not_sign_is_refused(door: Door) -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    assert sendgrid(door, FIELDS, other).status_code == 403
    assert sendgrid(door, FIELDS, Timestamp="1795608001").status_code == 403
    assert sendgrid(door, FIELDS, Signature="").status_code == 403
    assert sendgrid(door, FIELDS, Signature="AAAA").status_code == 403
    assert sendgrid(door, FIELDS, Signature="not base64!").status_code == 403
    assert sendgrid(door, FIELDS, body="--x\r\n").status_code == 403
    assert door.refused == ["signature"] * 6
    assert door.inbox.messages == []


def test_a_key_of_one_provider_opens_nothing_to_the_other() -> None:
    assert sendgrid(Door(Keys((KEY,))), FIELDS).status_code == 403
    only = Door(Keys(sendgrid=PUBLIC))
    assert only.post(mailgun(PARSED)).status_code == 403
    assert sendgrid(only, FIELDS).status_code == 200


def test_without_a_key_the_door_is_shut_but_in_development() -> None:
    shut, opened = Door(Keys()), Door(Keys(development=True))
    assert shut.post(mailgun(PARSED)).status_code == 403
    assert shut.post(FIELDS).status_code == 403
    assert opened.post({"recipient": HELP, **PARSED}).status_code == 200
    assert opened.post({**FIELDS, "headers": "From: b@x.example\n"}).status_code == 200
    assert [each.peer for each in opened.inbox.messages] == ["ann@example.org", "b@x.example"]


def test_a_stranger_s_mailbox_need_not_come_again(door: Door) -> None:
    response = door.post({**mailgun(PARSED), "recipient": "nobody@acme.example"})
    assert response.status_code == 406
    envelope = json.dumps({"to": ["nobody@acme.example"], "from": ""})
    assert sendgrid(door, {**FIELDS, "envelope": envelope}).status_code == 200
    assert (door.inbox.messages, door.refused) == ([], ["unbound", "unbound"])


def test_a_mail_that_goes_in_circles_need_not_come_again(door: Door) -> None:
    circles = json.dumps([["From", "a@x.example"], *([["Received", "by x"]] * 101)])
    assert door.post(mailgun({**PARSED, "message-headers": circles})).status_code == 406
    assert door.refused == ["looping"]


def test_what_is_too_large_need_not_come_again() -> None:
    door = Door(BOTH, Limits(size=10_000))
    large = mailgun({**PARSED, "body-plain": "x" * 2_000_000})
    assert door.post(large).status_code == 406
    assert sendgrid(door, {**FIELDS, "html": "x" * 2_000_000}).status_code == 200
    large = mailgun({"body-mime": RAW + b"x" * 20_000})
    assert door.post(large).status_code == 406
    assert door.refused == ["too large"] * 3
    assert door.inbox.messages == []


def test_a_mail_of_megabytes_passes_this_door_alone(door: Door) -> None:
    large = mailgun({**PARSED, "attachment-1": ("a.bin", "a/b", b"x" * 5_000_000)})
    assert door.post(large).status_code == 200
    assert len(door.inbox.only.files[0].data or b"") == 5_000_000


def test_many_large_forms_at_once_are_asked_to_come_again(door: Door) -> None:
    large = multipart(mailgun({**PARSED, "attachment-1": ("a.bin", "a/b", b"x" * MEGABYTE)}))
    entered, leave = Semaphore(0), Event()

    def held() -> None:
        entered.release()
        assert leave.wait(20)

    door.inbox.open = held  # type: ignore[method-assign]  # the store takes its time
    with ThreadPoolExecutor(LARGE_AT_ONCE) as pool:
        first = [pool.submit(door.send, large) for _ in range(LARGE_AT_ONCE)]
        assert all(entered.acquire(timeout=20) for _ in first)
        assert door.send(large).status_code == 503
        assert door.send(b"--x\r\n").status_code == 403, "small ones are answered meanwhile"
        leave.set()
        assert {each.result().status_code for each in first} == {200}
    assert door.refused == ["busy", "form"]
    assert door.send(large).status_code == 200


def test_while_the_store_is_away_it_comes_again(door: Door) -> None:
    door.inbox.away = True
    assert door.post(mailgun(PARSED)).status_code == 503
    door.inbox.away = False
    assert door.post(mailgun(PARSED)).status_code == 200
    assert len(door.inbox.messages) == 1


def test_what_breaks_is_tried_again_and_told_to_nobody(door: Door) -> None:
    door.inbox.broken = True
    response = door.post(mailgun(PARSED))
    assert (response.status_code, response.data) == (503, b"")


def test_a_form_of_too_many_fields_is_refused(door: Door) -> None:
    many = {f"f{number}": "x" for number in range(1_100)}
    assert door.post({**mailgun(PARSED), **many}).status_code == 403
    assert door.post({**mailgun(PARSED), **many}, URLENCODED).status_code == 403
    assert door.send(b"{}", "application/json").status_code == 403
    assert door.inbox.messages == []


def test_the_null_return_path_is_known(door: Door) -> None:
    door.post({**mailgun(PARSED), "sender": ""})
    envelope = json.dumps({"to": [HELP], "from": ""})
    sendgrid(door, {**FIELDS, "headers": "From: b@x.example\n", "envelope": envelope})
    assert [each.details["automatic"] for each in door.inbox.messages] == ["null return path"] * 2
