"""Who gets in: nothing of a request counts before its signature does."""

import hashlib
import json
from urllib.parse import urlencode

import pytest

from tests.ivr.doors import ACCOUNT, PUBLIC, TOKEN, Door, sign

FORM = {"CallSid": "CA1", "From": "+15550100001", "To": "+15550100002", "AccountSid": ACCOUNT}
ROUTES = ["/ivr/voice", "/ivr/turn/run1/token1", "/ivr/status", "/ivr/recording", "/ivr/fallback"]


@pytest.mark.parametrize("path", ROUTES)
def test_unsigned_is_refused_counted_and_changes_nothing(door: Door, path: str) -> None:
    answer = door.client.post(path, data=FORM)
    assert (answer.status_code, answer.data) == (403, b"")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Content-Type" not in answer.headers
    assert door.told.calls == []
    assert door.refused == ["signature"]


@pytest.mark.parametrize("path", ROUTES)
def test_another_token_is_refused(door: Door, path: str) -> None:
    assert door.post(path, FORM, token="54321").status_code == 403
    assert door.told.calls == []


def test_an_altered_field_or_query_is_refused(door: Door) -> None:
    header = {"X-Twilio-Signature": sign(f"{PUBLIC}/ivr/voice", FORM)}
    altered = door.client.post("/ivr/voice", data={**FORM, "To": "+15550100003"}, headers=header)
    queried = door.client.post("/ivr/voice?x=1", data=FORM, headers=header)
    assert (altered.status_code, queried.status_code) == (403, 403)
    assert door.told.calls == []


def test_signed_gets_in_and_gets_the_exact_bytes(door: Door) -> None:
    answer = door.post("/ivr/voice", FORM)
    assert answer.status_code == 200
    assert answer.data == b"<Response><!-- arrive --></Response>"
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_the_query_is_checked_as_it_was_sent(door: Door) -> None:
    assert door.post("/ivr/turn/run1/token1?q=gather&x=%7e+%2B", FORM).status_code == 200


def test_the_host_header_has_no_say(door: Door) -> None:
    header = {"X-Twilio-Signature": sign("https://evil.example/ivr/voice", FORM)}
    answer = door.client.post(
        "/ivr/voice", data=FORM, headers=header, base_url="https://evil.example"
    )
    assert answer.status_code == 403


def test_a_json_body_needs_its_hash(door: Door) -> None:
    body = json.dumps(FORM).encode()
    path = f"/ivr/status?bodySHA256={hashlib.sha256(body).hexdigest()}"
    header = {"X-Twilio-Signature": sign(PUBLIC + path, {})}
    bare = {"X-Twilio-Signature": sign(f"{PUBLIC}/ivr/status", {})}
    kind = "application/json"
    assert door.client.post(path, data=body, content_type=kind, headers=header).status_code == 204
    refused = door.client.post("/ivr/status", data=body, content_type=kind, headers=bare)
    assert refused.status_code == 403


def test_another_account_is_refused(door: Door) -> None:
    answer = door.post("/ivr/voice", {**FORM, "AccountSid": "AC" + "1" * 32})
    assert (answer.status_code, answer.data) == (403, b"")
    assert door.refused == ["account"]
    assert door.told.calls == []


def test_a_body_beyond_all_measure_is_refused_unread(door: Door) -> None:
    answer = door.post("/ivr/voice", {**FORM, "x": "y" * 70_000})
    assert (answer.status_code, answer.data) == (413, b"")
    assert door.refused == ["too large"]


def test_development_mode_takes_unsigned_requests(open_door: Door) -> None:
    assert open_door.client.post("/ivr/voice", data=FORM).status_code == 200


def test_development_mode_still_refuses_what_is_no_form(open_door: Door) -> None:
    answer = open_door.client.post(
        "/ivr/voice", data=b"a=%ff", content_type="application/x-www-form-urlencoded"
    )
    assert (answer.status_code, open_door.told.calls) == (400, [])


@pytest.mark.parametrize(
    "path", ["/ivr/voice", "/ivr/fallback", "/ivr/voice/", "/ivr/turn/a/b/", "/ivr//voice"]
)
def test_no_request_is_ever_redirected(door: Door, path: str) -> None:
    """A 301 or 302 turns the carrier's POST into a GET and loses its parameters."""
    for method in ("get", "head", "options", "put", "post"):
        answer = getattr(door.client, method)(path)
        assert answer.status_code in (403, 404, 405)


def test_servers_that_give_the_whole_address_are_understood(door: Door) -> None:
    header = {"X-Twilio-Signature": sign(f"{PUBLIC}/ivr/voice?a=%41", FORM)}
    raw = {"RAW_URI": "http://10.0.0.1/ivr/voice?a=%41"}
    answer = door.client.post(
        "/ivr/voice?a=%41",
        data=urlencode(FORM),
        content_type="application/x-www-form-urlencoded",
        headers=header,
        environ_overrides=raw,
    )
    assert answer.status_code == 200
    bare = {"RAW_URI": "", "REQUEST_URI": ""}
    again = door.client.post("/ivr/voice?a=%41", data=FORM, headers=header, environ_overrides=bare)
    assert again.status_code == 200


def test_a_token_being_rotated_in_counts(door: Door) -> None:
    assert TOKEN == "12345"
    assert Door(door.told, ("new", TOKEN)).post("/ivr/voice", FORM).status_code == 200
