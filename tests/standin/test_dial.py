"""Dial: other legs, how they are told, and how the call goes on."""

from typing import Any

import pytest
from twilio.rest import Client

from tests.standin import Standin, scripts
from tests.standin.leg import Leg
from tests.standin.product import AGENT, BASE, NUMBER, OTHER, Product

TOLD = "statusCallback='/child' statusCallbackEvent='initiated ringing answered completed'"


def dialling(carrier: Standin, product: Product, noun: str, attributes: str = "") -> Leg:
    product.says("/ivr/voice", f"<Dial action='/dialled' {attributes}>{noun}</Dial>")
    product.says("/dialled", "<Say>Over.</Say><Hangup/>")
    leg = carrier.call(NUMBER)
    carrier.until(lambda: leg.verb == "Dial")
    return leg


@pytest.mark.parametrize(
    ("noun", "to"),
    [
        (f"<Number {TOLD}>{AGENT}</Number>", AGENT),
        (f"<Sip {TOLD}>sip:ann@pbx.example</Sip>", "sip:ann@pbx.example"),
        (f"<Client {TOLD}>ann</Client>", "client:ann"),
    ],
)
def test_each_kind_of_leg_is_rung_bridged_and_told(
    carrier: Standin, product: Product, noun: str, to: str
) -> None:
    leg = dialling(carrier, product, noun, f"callerId='{OTHER}'")
    (child,) = carrier.legs_to(to)
    assert not leg.hears(child)
    assert (child.parent, child.direction, child.sender) == (leg.sid, "outbound-dial", OTHER)
    child.answer()
    assert child.verb == "Bridged"
    assert child.hears(leg)
    assert leg.hears(child)
    carrier.pass_time(30)
    child.hang_up()
    carrier.settle()
    (form,) = product.forms("/dialled")
    assert form["DialCallStatus"] == "completed"
    assert (form["DialCallSid"], form["DialCallDuration"]) == (child.sid, "30")
    assert form["DialBridged"] == "true"
    assert leg.said() == "Over."
    told = product.forms("/child")
    assert [one["CallStatus"] for one in told] == [
        "initiated", "ringing", "in-progress", "completed",
    ]  # fmt: skip
    assert {(one["CallSid"], one["ParentCallSid"]) for one in told} == {(child.sid, leg.sid)}


@pytest.mark.parametrize(
    ("behaviour", "status"),
    [
        (scripts.busy(), "busy"),
        (scripts.no_answer(), "no-answer"),
        (scripts.fail(), "failed"),
        (scripts.answer() + scripts.hang_up(), "completed"),
    ],
)
def test_the_action_is_told_how_it_ended(
    carrier: Standin, product: Product, behaviour: Any, status: str
) -> None:
    carrier.script(AGENT, behaviour)
    product.says("/ivr/voice", f"<Dial action='/dialled'>{AGENT}</Dial>")
    product.says("/dialled", "<Hangup/>")
    carrier.call(NUMBER)
    carrier.settle()
    assert product.forms("/dialled")[0]["DialCallStatus"] == status


def test_nobody_answers_within_the_time_out(carrier: Standin, product: Product) -> None:
    dialling(carrier, product, f"<Number>{AGENT}</Number>", "timeout='15'")
    carrier.pass_time(14)
    assert product.forms("/dialled") == []
    carrier.pass_time(1)
    assert product.forms("/dialled")[0]["DialCallStatus"] == "no-answer"


def test_they_speak_for_as_long_as_they_may(carrier: Standin, product: Product) -> None:
    dialling(carrier, product, f"<Number>{AGENT}</Number>", "timeLimit='90'")
    carrier.leg_to(AGENT).answer()
    carrier.pass_time(90)
    (form,) = product.forms("/dialled")
    assert (form["DialCallStatus"], form["DialCallDuration"]) == ("completed", "90")


def test_an_inbound_call_goes_on_ringing_with_answer_on_bridge(
    carrier: Standin, product: Product
) -> None:
    leg = dialling(carrier, product, f"<Number>{AGENT}</Number>", "answerOnBridge='true'")
    assert leg.status == "ringing"
    carrier.leg_to(AGENT).answer()
    assert leg.status == "in-progress"


def test_the_first_of_several_wins(carrier: Standin, product: Product) -> None:
    dialling(carrier, product, f"<Number>{AGENT}</Number><Number {TOLD}>{OTHER}</Number>")
    carrier.leg_to(AGENT).answer()
    carrier.settle()
    assert carrier.legs_to(OTHER)[0].status == "canceled"
    assert product.forms("/child")[-1]["CallStatus"] == "canceled"


def test_the_last_of_several_to_refuse_ends_it(carrier: Standin, product: Product) -> None:
    leg = dialling(carrier, product, f"<Number>{AGENT}</Number><Number>{OTHER}</Number>")
    carrier.leg_to(AGENT).busy()
    assert leg.verb == "Dial"
    carrier.leg_to(OTHER).no_answer()
    carrier.settle()
    assert product.forms("/dialled")[0]["DialCallStatus"] == "no-answer"


def test_a_dialled_leg_hears_its_own_document_before_it_is_bridged(
    carrier: Standin, product: Product
) -> None:
    product.says("/whisper", "<Gather action='/accept' numDigits='1'><Say>1?</Say></Gather>")
    product.says("/accept", "")
    leg = dialling(carrier, product, f"<Number url='/whisper'>{AGENT}</Number>")
    child = carrier.leg_to(AGENT)
    child.answer()
    child.press("1")
    carrier.until(lambda: child.verb == "Bridged")
    assert child.said() == "1?"
    leg.hang_up()
    assert child.status == "completed"


def test_a_caller_who_hangs_up_takes_the_dialled_leg_along(
    carrier: Standin, product: Product
) -> None:
    leg = dialling(carrier, product, f"<Number {TOLD}>{AGENT}</Number>")
    leg.hang_up()
    carrier.settle()
    (form,) = product.forms("/dialled")
    assert (form["CallStatus"], form["DialCallStatus"]) == ("completed", "canceled")
    assert product.forms("/child")[-1]["CallStatus"] == "canceled"
    assert leg.said() == ""


def test_without_an_action_the_next_verb_follows(carrier: Standin, product: Product) -> None:
    product.says("/ivr/voice", f"<Dial>{AGENT}</Dial><Say>Next.</Say>")
    leg = carrier.call(NUMBER)
    carrier.leg_to(AGENT).busy()
    carrier.settle()
    assert leg.said() == "Next."


def test_either_side_may_be_redirected(carrier: Standin, client: Client, product: Product) -> None:
    leg = dialling(carrier, product, f"<Number>{AGENT}</Number>")
    child = carrier.leg_to(AGENT)
    child.answer()
    product.says("/else", "<Gather timeout='60'/>")
    client.calls(child.sid).update(url=f"{BASE}/else")
    carrier.settle()
    assert product.forms("/dialled")[0]["DialCallStatus"] == "completed"
    assert (child.verb, leg.status) == ("Gather", "completed")
    leg = dialling(carrier, product, f"<Number>{OTHER}</Number>")
    client.calls(leg.sid).update(url=f"{BASE}/else")
    carrier.settle()
    assert carrier.legs_to(OTHER)[0].status == "canceled"
    assert len(product.forms("/dialled")) == 1


def test_a_dial_may_be_recorded(carrier: Standin, product: Product) -> None:
    dialling(carrier, product, f"<Number>{AGENT}</Number>", "record='record-from-answer'")
    carrier.leg_to(AGENT).answer()
    carrier.leg_to(AGENT).hang_up()
    carrier.settle()
    assert product.forms("/dialled")[0]["RecordingSid"].startswith("RE")
