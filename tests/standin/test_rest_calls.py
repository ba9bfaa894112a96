"""Calls over REST, with the official library."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.standin import Standin
from tests.standin.product import AGENT, BASE, NUMBER, OTHER, Product
from tests.support.carrier import ACCOUNT

WAITS = "<Gather action='/never' timeout='60'><Say>Press 1.</Say></Gather>"


def make(client: Client, to: str = AGENT, **given: Any) -> Any:
    return client.calls.create(to=to, from_=NUMBER, **({"url": f"{BASE}/leg"} | given))


def refusal(wanted: TwilioRestException) -> tuple[int, int]:
    return wanted.status, wanted.code or 0


def test_a_call_that_is_made_rings_and_plays_its_document_when_answered(
    carrier: Standin, client: Client, product: Product
) -> None:
    product.says("/leg", WAITS)
    made = make(client)
    assert (made.status, made.direction, made.to) == ("ringing", "outbound-api", AGENT)
    assert product.paths() == []
    carrier.leg(made.sid).answer()
    carrier.until(lambda: carrier.leg(made.sid).verb == "Gather")
    assert client.calls(made.sid).fetch().status == "in-progress"
    (form,) = product.forms("/leg")
    assert form["CallStatus"] == "in-progress"
    assert (form["From"], form["To"], form["AccountSid"]) == (NUMBER, AGENT, ACCOUNT)


def test_a_document_may_be_given_in_the_request(carrier: Standin, client: Client) -> None:
    made = client.calls.create(to=AGENT, from_=NUMBER, twiml=f"<Response>{WAITS}</Response>")
    carrier.leg(made.sid).answer()
    assert carrier.leg(made.sid).heard == [("say", "Press 1.")]


def test_every_request_is_recorded(carrier: Standin, client: Client) -> None:
    make(client, status_callback_event=["initiated", "answered"])
    (asked,) = carrier.requests
    assert asked.method == "POST"
    assert asked.path == f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json"
    assert asked.form["To"] == AGENT
    assert asked.lists["StatusCallbackEvent"] == ("initiated", "answered")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"to": ""}, 21201),
        ({"from_": ""}, 21213),
        ({"url": "leg"}, 21205),
        ({"twiml": "<Response><Nonsense/></Response>"}, 12200),
        ({"twiml": f"<Response><!--{'x' * 4000}--></Response>"}, 32018),
    ],
)
def test_a_call_that_cannot_be_made_is_refused(
    client: Client, given: dict[str, str], code: int
) -> None:
    with pytest.raises(TwilioRestException) as caught:
        client.calls.create(**({"to": AGENT, "from_": NUMBER, "url": f"{BASE}/leg"} | given))
    assert refusal(caught.value) == (400, code)


def test_an_unknown_call_and_a_wrong_token_are_refused(carrier: Standin, client: Client) -> None:
    with pytest.raises(TwilioRestException) as caught:
        client.calls("CA404").fetch()
    assert refusal(caught.value) == (404, 20404)
    stranger = Client(ACCOUNT, "wrong", http_client=client.http_client)
    stranger.api.base_url = carrier.api_url
    with pytest.raises(TwilioRestException) as caught:
        make(stranger)
    assert refusal(caught.value) == (401, 20003)


def test_calls_are_found_by_both_numbers_state_and_time(carrier: Standin, client: Client) -> None:
    first, second = make(client), make(client, OTHER)
    carrier.leg(first.sid).busy()
    before, after = (datetime.now(UTC) + timedelta(seconds=n) for n in (-60, 60))

    def sids(**wanted: Any) -> list[str]:
        return [call.sid for call in client.calls.list(**wanted)]

    assert sids() == [second.sid, first.sid]
    assert sids(to=AGENT, from_=NUMBER, start_time_after=before) == [first.sid]
    assert sids(start_time_before=before) == sids(start_time_after=after) == []
    assert sids(start_time_before=after, status="ringing") == [second.sid]
    assert sids(end_time_after=before) == [first.sid]
    assert sids(start_time=datetime.now(UTC)) == [second.sid, first.sid]
    assert sids(start_time=datetime.now(UTC) - timedelta(days=2)) == []
    assert sids(to=OTHER, status="busy") == []


def test_a_list_comes_in_pages(client: Client) -> None:
    made = [make(client).sid for _ in range(3)]
    assert [call.sid for call in client.calls.list(page_size=2)] == made[::-1]


def test_a_live_call_is_redirected_by_address_or_document(
    carrier: Standin, client: Client, product: Product
) -> None:
    product.says("/leg", WAITS)
    product.says("/next", "<Say>Hello.</Say><Play loop='0'>https://x.example/a.mp3</Play>")
    leg = carrier.leg(make(client).sid)
    leg.answer()
    carrier.until(lambda: leg.verb == "Gather")
    client.calls(leg.sid).update(url=f"{BASE}/next")
    carrier.until(lambda: leg.verb == "Play")
    assert leg.document == f"{BASE}/next"
    client.calls(leg.sid).update(twiml="<Response><Say>Bye.</Say></Response>")
    assert leg.status == "completed"
    assert leg.heard[1:] == [
        ("say", "Hello."), ("play", "https://x.example/a.mp3"), ("say", "Bye."),
    ]  # fmt: skip


@pytest.mark.parametrize("state", ["ringing", "over"])
def test_a_call_that_is_not_in_progress_cannot_be_redirected(
    carrier: Standin, client: Client, state: str
) -> None:
    made = make(client)
    if state == "over":
        carrier.leg(made.sid).no_answer()
    with pytest.raises(TwilioRestException) as caught:
        client.calls(made.sid).update(url=f"{BASE}/next")
    assert refusal(caught.value) == (400, 21220)


def test_completed_ends_whatever_there_is_canceled_only_what_is_not_answered(
    carrier: Standin, client: Client, product: Product
) -> None:
    product.says("/leg", WAITS)
    answered, ringing, waiting = (make(client).sid for _ in range(3))
    carrier.leg(answered).answer()
    assert client.calls(answered).update(status="canceled").status == "in-progress"
    assert client.calls(answered).update(status="completed").status == "completed"
    assert client.calls(ringing).update(status="canceled").status == "canceled"
    assert client.calls(waiting).update(status="completed").status == "canceled"
    with pytest.raises(TwilioRestException) as caught:
        client.calls(answered).update(status="completed")
    assert refusal(caught.value) == (400, 21220)
    with pytest.raises(TwilioRestException) as caught:
        client.calls(make(client).sid).update(status="paused")
    assert refusal(caught.value) == (400, 21218)
