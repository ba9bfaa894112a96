"""Status callbacks of calls (contract, 1.4)."""

from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from twilio.rest import Client

from tests.standin import Standin
from tests.standin.leg import Leg
from tests.standin.product import AGENT, BASE, NUMBER, Product

ALL = ["initiated", "ringing", "answered", "completed"]


def made(carrier: Standin, client: Client, product: Product, **given: Any) -> Leg:
    product.says("/leg", "<Gather timeout='600'/>")
    call = client.calls.create(
        to=AGENT, from_=NUMBER, url=f"{BASE}/leg", status_callback=f"{BASE}/status",
        **({"status_callback_event": ALL} | given),
    )  # fmt: skip
    return carrier.leg(call.sid)


def test_every_event_is_told_in_order_with_its_fields(
    carrier: Standin, client: Client, product: Product
) -> None:
    leg = made(carrier, client, product)
    leg.answer()
    carrier.pass_time(61)
    leg.hang_up()
    carrier.settle()
    forms = product.forms("/status")
    assert [form["CallStatus"] for form in forms] == [
        "initiated", "ringing", "in-progress", "completed",
    ]  # fmt: skip
    assert [form["SequenceNumber"] for form in forms] == ["0", "1", "2", "3"]
    assert {form["CallbackSource"] for form in forms} == {"call-progress-events"}
    assert all(parsedate_to_datetime(form["Timestamp"]).tzinfo for form in forms)
    last = forms[-1]
    assert (last["CallDuration"], last["Duration"], last["SipResponseCode"]) == ("61", "2", "200")
    assert "SipResponseCode" not in forms[2]
    assert [one.event for one in carrier.told("status", leg.sid)][-1] == "completed"


@pytest.mark.parametrize(
    ("events", "told"),
    [
        ([], ["busy"]),
        (["initiated"], ["initiated"]),
        (["answered", "completed"], ["busy"]),
        (["initiated ringing"], ["initiated", "ringing"]),
    ],
)
def test_only_what_was_subscribed_is_told(
    carrier: Standin, client: Client, product: Product, events: list[str], told: list[str]
) -> None:
    given = {"status_callback_event": events} if events else {}
    call = client.calls.create(
        to=AGENT, from_=NUMBER, url=f"{BASE}/leg", status_callback=f"{BASE}/status", **given
    )
    carrier.leg(call.sid).busy()
    carrier.settle()
    assert [form["CallStatus"] for form in product.forms("/status")] == told


def test_a_call_canceled_while_queued_tells_nothing(
    carrier: Standin, client: Client, product: Product
) -> None:
    carrier.faults.keep_queued = True
    queued, later = made(carrier, client, product), made(carrier, client, product)
    assert queued.status == "queued"
    assert client.calls(queued.sid).update(status="canceled").status == "canceled"
    later.ring()
    client.calls(later.sid).update(status="canceled")
    carrier.settle()
    assert carrier.told("status", queued.sid) == []
    told = [one.event for one in carrier.told("status", later.sid)]
    assert told == ["initiated", "ringing", "canceled"]


def test_a_call_ended_by_rest_tells_its_end(
    carrier: Standin, client: Client, product: Product
) -> None:
    leg = made(carrier, client, product)
    leg.answer()
    client.calls(leg.sid).update(status="completed")
    carrier.settle()
    assert product.forms("/status")[-1]["CallStatus"] == "completed"


@pytest.mark.parametrize(
    ("act", "status", "code"),
    [
        (lambda leg: leg.busy(), "busy", "486"),
        (lambda leg: leg.no_answer(), "no-answer", "487"),
        (lambda leg: leg.hang_up(), "busy", "486"),
        (lambda leg: leg.fail(sip=503), "failed", "503"),
        (lambda leg: (leg.answer(), leg.drop(sip=408)), "completed", "408"),
    ],
)
def test_each_end_has_its_status_and_its_code(
    carrier: Standin, client: Client, product: Product, act: Any, status: str, code: str
) -> None:
    leg = made(carrier, client, product)
    act(leg)
    carrier.settle()
    form = product.forms("/status")[-1]
    assert (form["CallStatus"], form["SipResponseCode"]) == (status, code)


def test_nobody_answers_until_the_time_out(
    carrier: Standin, client: Client, product: Product
) -> None:
    leg = made(carrier, client, product, timeout=20)
    carrier.pass_time(19)
    assert leg.status == "ringing"
    carrier.pass_time(1)
    assert product.forms("/status")[-1]["CallStatus"] == "no-answer"


def test_a_call_lasts_no_longer_than_it_may(
    carrier: Standin, client: Client, product: Product
) -> None:
    leg = made(carrier, client, product, time_limit=30)
    leg.answer()
    carrier.pass_time(30)
    assert (leg.status, product.forms("/status")[-1]["CallDuration"]) == ("completed", "30")


# -- machine detection ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "by", "answered_by"),
    [
        ("Enable", "human", "human"),
        ("Enable", "machine", "machine_start"),
        ("DetectMessageEnd", "machine", "machine_end_beep"),
        ("Enable", "fax", "fax"),
        ("Enable", "unknown", "unknown"),
    ],
)
def test_the_first_request_says_who_answered(
    carrier: Standin, client: Client, product: Product, mode: str, by: str, answered_by: str
) -> None:
    leg = made(carrier, client, product, machine_detection=mode)
    leg.answer(by=by)
    carrier.settle()
    (form,) = product.forms("/leg")
    assert (form["AnsweredBy"], form["MachineDetectionDuration"]) == (answered_by, "2400")
    assert client.calls(leg.sid).fetch().answered_by == answered_by


def test_the_first_request_is_withheld_until_it_is_decided(
    carrier: Standin, client: Client, product: Product
) -> None:
    leg = made(carrier, client, product, machine_detection="Enable")
    leg.answer(by="")
    carrier.settle()
    assert product.forms("/leg") == []
    assert product.forms("/status")[-1]["CallStatus"] == "in-progress"
    leg.detected("human")
    carrier.settle()
    assert product.forms("/leg")[0]["AnsweredBy"] == "human"


def test_the_other_form_tells_it_beside_the_document(
    carrier: Standin, client: Client, product: Product
) -> None:
    leg = made(
        carrier, client, product, machine_detection="Enable", async_amd="true",
        async_amd_status_callback=f"{BASE}/amd",
    )  # fmt: skip
    leg.answer(by="machine")
    carrier.settle()
    assert "AnsweredBy" not in product.forms("/leg")[0]
    assert product.forms("/amd")[0]["AnsweredBy"] == "machine_start"


def test_without_detection_nobody_says_who_answered(
    carrier: Standin, client: Client, product: Product
) -> None:
    made(carrier, client, product).answer()
    carrier.settle()
    assert "AnsweredBy" not in product.forms("/leg")[0]
