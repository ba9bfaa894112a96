"""What carriers do wrong, as far as a test switches it on."""

from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.standin import Standin, scripts
from tests.standin.product import AGENT, BASE, NUMBER, Product

ALL = ["initiated", "ringing", "answered", "completed"]


def make(client: Client) -> str:
    made = client.calls.create(
        to=AGENT, from_=NUMBER, url=f"{BASE}/leg", status_callback=f"{BASE}/status",
        status_callback_event=ALL,
    )  # fmt: skip
    return str(made.sid)


def statuses(product: Product) -> list[str]:
    return [form["CallStatus"] for form in product.forms("/status")]


@pytest.mark.parametrize(("status", "code"), [(429, 20429), (500, 20500)])
def test_requests_fail_as_often_as_told_and_nothing_happens(
    carrier: Standin, client: Client, status: int, code: int
) -> None:
    carrier.fail_next("POST", r"/Calls\.json$", status=status, code=code, times=2)
    for _ in range(2):
        with pytest.raises(TwilioRestException) as caught:
            make(client)
        assert (caught.value.status, caught.value.code) == (status, code)
    assert client.calls.list() == []
    assert carrier.leg(make(client)).status == "ringing"


@pytest.mark.parametrize("code", [21211, 21219, 21216, 13225])
def test_a_call_is_refused_for_good(carrier: Standin, client: Client, code: int) -> None:
    carrier.refuse(code)
    with pytest.raises(TwilioRestException) as caught:
        make(client)
    assert (caught.value.status, caught.value.code) == (400, code)
    assert carrier.legs == []


@pytest.mark.parametrize(
    ("seconds", "error"), [(0.0, requests.ConnectionError), (30.0, requests.ReadTimeout)]
)
def test_a_call_is_made_but_the_answer_does_not_come(
    carrier: Standin, client: Client, product: Product, seconds: float, error: Any
) -> None:
    product.says("/leg", "<Gather timeout='60'/>")
    carrier.script(AGENT, scripts.answer())
    carrier.act_then_time_out(seconds=seconds)
    client.http_client.timeout = 0.3
    with pytest.raises(error):
        make(client)
    client.http_client.timeout = 10
    (leg,) = carrier.legs_to(AGENT)
    carrier.until(lambda: leg.verb == "Gather")
    assert [call.sid for call in client.calls.list(to=AGENT, from_=NUMBER)] == [leg.sid]


def test_other_requests_may_be_left_without_an_answer(carrier: Standin, client: Client) -> None:
    sid = make(client)
    carrier.act_then_time_out("POST", rf"/Calls/{sid}\.json$", times=1)
    with pytest.raises(requests.ConnectionError):
        client.calls(sid).update(status="completed")
    assert carrier.leg(sid).over


def test_the_answer_may_come_after_the_webhooks_of_the_call(
    carrier: Standin, client: Client, product: Product
) -> None:
    product.says("/leg", "<Gather timeout='60'/>")
    carrier.script(AGENT, scripts.answer())
    carrier.answer_when(lambda: product.forms("/leg"))
    assert carrier.leg(make(client)).verb == "Gather"
    assert product.forms("/leg") != []


def test_a_mistake_of_the_stand_in_is_not_kept_quiet(
    product: Product, client: Client, carrier: Standin
) -> None:
    with pytest.raises(TwilioRestException):
        client.calls.create(to=AGENT, from_=NUMBER, url=f"{BASE}/leg", timeout="soon")
    errors = carrier._exchange.pump.errors
    assert isinstance(errors.pop(), ValueError)


def test_callbacks_are_repeated(carrier: Standin, client: Client, product: Product) -> None:
    carrier.faults.repeats = 2
    carrier.leg(make(client)).busy()
    carrier.settle()
    assert statuses(product) == ["initiated"] * 3 + ["ringing"] * 3 + ["busy"] * 3
    assert len({form["SequenceNumber"] for form in product.forms("/status")}) == 3


def shuffled(carrier: Standin, client: Client, product: Product, seed: int) -> list[str]:
    product.says("/leg", "<Gather/>")
    before = len(statuses(product))
    with carrier.shuffled(seed):
        leg = carrier.leg(make(client))
        leg.answer()
        leg.hang_up()
        carrier.settle()
        assert len(statuses(product)) == before
    carrier.settle()
    return statuses(product)[before:]


def test_callbacks_come_in_an_order_that_the_seed_decides(
    carrier: Standin, client: Client, product: Product
) -> None:
    orders = [shuffled(carrier, client, product, seed) for seed in (1, 1, 2, 3, 4)]
    assert orders[0] == orders[1]
    assert len({tuple(order) for order in orders}) > 1
    assert {tuple(sorted(order)) for order in orders} == {
        ("completed", "in-progress", "initiated", "ringing")
    }


def test_the_last_callback_is_lost(carrier: Standin, client: Client, product: Product) -> None:
    carrier.faults.lose_terminal = True
    sid = make(client)
    carrier.leg(sid).busy()
    carrier.settle()
    assert statuses(product) == ["initiated", "ringing"]
    assert client.calls(sid).fetch().status == "busy"


def test_a_request_may_be_posted_again(carrier: Standin, product: Product) -> None:
    product.says("/ivr/voice", "<Gather timeout='60'/>", "<Say>Not obeyed.</Say>")
    leg = carrier.call(NUMBER)
    carrier.settle()
    assert carrier.resend(carrier.told("document")[0]).status == 200
    assert len(product.forms("/ivr/voice")) == 2
    assert (leg.verb, leg.said()) == ("Gather", "")
    first, second = carrier.told("document", leg.sid)
    assert first.token == second.token
