"""Waiting in a queue, and the ways out of it."""

from typing import Any

import pytest
from twilio.rest import Client

from tests.standin import Standin
from tests.standin.leg import Leg
from tests.standin.product import BASE, NUMBER, Product

ENQUEUE = "<Enqueue waitUrl='/wait' action='/left'>support</Enqueue>"


def waiting(carrier: Standin, product: Product, wait: str, enqueue: str = ENQUEUE) -> Leg:
    product.says("/ivr/voice", enqueue)
    product.says("/wait", wait)
    product.says("/left", "<Say>You left.</Say><Hangup/>")
    leg = carrier.call(NUMBER)
    carrier.settle()
    return leg


def test_the_wait_document_is_fetched_once_until_time_passes(
    carrier: Standin, product: Product
) -> None:
    leg = waiting(carrier, product, "<Say>Wait.</Say><Play>https://x.example/m</Play>")
    assert len(product.forms("/wait")) == 1
    assert leg.heard == [("say", "Wait.")]
    carrier.pass_time(5)
    assert len(product.forms("/wait")) == 1
    assert leg.heard == [("say", "Wait."), ("play", "https://x.example/m")]
    carrier.pass_time(60)
    assert len(product.forms("/wait")) == 11  # every 6 s in 65 s, and at the start
    assert product.forms("/wait")[-1]["QueueTime"] == "60"


def test_the_wait_document_is_told_the_place_in_the_queue(
    carrier: Standin, product: Product
) -> None:
    first, second = (waiting(carrier, product, "<Pause length='5'/>") for _ in range(2))
    assert [form["QueuePosition"] for form in product.forms("/wait")] == ["1", "2"]
    first.hang_up()
    carrier.pass_time(5)
    form = product.forms("/wait")[-1]
    assert (form["CallSid"], form["QueuePosition"]) == (second.sid, "1")
    assert (form["CurrentQueueSize"], form["QueueSid"][:2]) == ("1", "QU")


@pytest.mark.parametrize("wait", ["", "<Gather action='/key' timeout='2'/>"])
def test_a_wait_document_that_ends_at_once_does_not_spin(
    carrier: Standin, product: Product, wait: str
) -> None:
    waiting(carrier, product, wait)
    assert len(product.forms("/wait")) == 1
    carrier.pass_time(4)
    assert 3 <= len(product.forms("/wait")) <= 5


def test_a_key_in_the_wait_document_may_leave_the_queue(carrier: Standin, product: Product) -> None:
    leg = waiting(carrier, product, "<Gather action='/key' numDigits='1'><Say>1?</Say></Gather>")
    product.says("/key", "<Leave/>")
    assert leg.inner_verb == "Gather"
    leg.press("1")
    carrier.settle()
    assert product.forms("/key")[0]["QueuePosition"] == "1"
    (form,) = product.forms("/left")
    assert (form["QueueResult"], form["CallStatus"]) == ("leave", "in-progress")
    assert leg.said() == "1? | You left."


def test_without_an_action_the_next_verb_follows(carrier: Standin, product: Product) -> None:
    enqueue = "<Enqueue waitUrl='/wait'>support</Enqueue><Say>Next.</Say>"
    leg = waiting(carrier, product, "<Leave/>", enqueue)
    assert leg.said() == "Next."


@pytest.mark.parametrize("when", ["before", "after"])
def test_redirected_is_posted_before_or_after_the_new_document_and_not_obeyed(
    carrier: Standin, product: Product, client: Client, when: Any
) -> None:
    carrier.faults.redirected = when
    leg = waiting(carrier, product, "<Pause length='9'/>")
    product.says("/join", "<Dial><Conference>room</Conference></Dial>")
    client.calls(leg.sid).update(url=f"{BASE}/join")
    carrier.until(lambda: leg.verb == "Conference")
    carrier.settle()
    (form,) = product.forms("/left")
    assert (form["QueueResult"], form["CallStatus"]) == ("redirected", "in-progress")
    order = ["/left", "/join"] if when == "before" else ["/join", "/left"]
    assert product.paths()[-2:] == order
    assert leg.said() == ""


def test_a_caller_who_hangs_up_is_told_as_hangup(carrier: Standin, product: Product) -> None:
    leg = waiting(carrier, product, "<Pause length='9'/>")
    leg.hang_up()
    carrier.settle()
    (form,) = product.forms("/left")
    assert (form["QueueResult"], form["CallStatus"]) == ("hangup", "completed")
    carrier.pass_time(60)
    assert len(product.forms("/wait")) == 1
    assert product.forms("/ivr/status")[0]["CallStatus"] == "completed"


def test_a_call_ended_by_rest_is_told_to_the_action_as_completed(
    carrier: Standin, product: Product, client: Client
) -> None:
    leg = waiting(carrier, product, "<Pause length='9'/>")
    client.calls(leg.sid).update(status="completed")
    carrier.settle()
    assert product.forms("/left")[0]["CallStatus"] == "completed"
    assert product.forms("/ivr/status")[0]["CallStatus"] == "completed"


def test_a_queue_may_take_nobody(carrier: Standin, product: Product) -> None:
    carrier.faults.queue_result = "queue-full"
    product.says("/ivr/voice", ENQUEUE)
    product.says("/left", "<Hangup/>")
    carrier.call(NUMBER)
    carrier.settle()
    assert product.forms("/left")[0]["QueueResult"] == "queue-full"


def test_a_wait_document_that_fails_is_an_error_of_the_queue(
    carrier: Standin, product: Product
) -> None:
    product.says("/wait", (500, "no"))
    product.says("/ivr/voice", ENQUEUE)
    product.says("/left", "<Hangup/>")
    carrier.call(NUMBER)
    carrier.settle()
    assert product.forms("/left")[0]["QueueResult"] == "error"


def test_a_wait_document_may_redirect_and_hang_up(carrier: Standin, product: Product) -> None:
    product.says("/more", "<Say>Sorry.</Say><Hangup/>")
    leg = waiting(carrier, product, "<Redirect>/more</Redirect>")
    carrier.pass_time(1)
    assert (leg.status, leg.said()) == ("completed", "Sorry.")
    assert product.forms("/left")[0]["QueueResult"] == "hangup"
