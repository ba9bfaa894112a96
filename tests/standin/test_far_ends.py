"""Behaviour that is written down before a number is called."""

from typing import Any

import pytest
from twilio.rest import Client

from tests.standin import Standin, scripts
from tests.standin.leg import Leg
from tests.standin.product import AGENT, BASE, NUMBER, OTHER, Product


@pytest.fixture(autouse=True)
def documents(product: Product) -> None:
    product.says("/leg", "<Gather action='/key' numDigits='1' input='dtmf speech'/>")
    product.says("/key", "<Dial><Conference>room</Conference></Dial>")


def made(carrier: Standin, client: Client, to: str = AGENT) -> Leg:
    return carrier.leg(client.calls.create(to=to, from_=NUMBER, url=f"{BASE}/leg").sid)


def test_one_answers_and_accepts(carrier: Standin, client: Client, product: Product) -> None:
    carrier.script(AGENT, scripts.answer_then_press("1"))
    leg = made(carrier, client)
    carrier.until(lambda: leg.verb == "Conference")
    assert product.forms("/key")[0]["Digits"] == "1"
    assert leg.participant is not None
    assert leg.participant.room is carrier.room("room")


def test_without_a_script_a_leg_rings(carrier: Standin, client: Client) -> None:
    carrier.script(AGENT, scripts.answer())
    leg = made(carrier, client, OTHER)
    carrier.settle()
    assert leg.status == "ringing"
    assert carrier.legs_to(OTHER) == carrier.legs == [leg]
    assert carrier.leg_to(OTHER) is leg


@pytest.mark.parametrize(
    ("behaviour", "status", "sip"),
    [
        (scripts.busy(), "busy", 486),
        (scripts.no_answer(), "no-answer", 487),
        (scripts.fail(404), "failed", 404),
        (scripts.answer_then_hang_up(), "completed", 200),
        (scripts.answer_then_press("1") + scripts.hang_up_in("Conference"), "completed", 200),
    ],
)
def test_each_way_to_end(
    carrier: Standin, client: Client, behaviour: Any, status: str, sip: int
) -> None:
    carrier.script(AGENT, behaviour)
    leg = made(carrier, client)
    carrier.until(lambda: leg.over)
    assert (leg.status, leg.sip) == (status, sip)


def test_each_call_may_have_its_own_script_and_the_last_stays(
    carrier: Standin, client: Client
) -> None:
    carrier.script(AGENT, scripts.no_answer(), scripts.busy())
    statuses = [made(carrier, client).status for _ in range(3)]
    assert statuses == ["no-answer", "busy", "busy"]


def test_one_answers_in_words_or_speaks_after_the_tone(
    carrier: Standin, client: Client, product: Product
) -> None:
    product.says("/key", "<Record action='/kept'/>")
    product.says("/kept", "<Hangup/>")
    carrier.script(AGENT, scripts.answer("machine") + scripts.say("hello") + scripts.speak(4))
    made(carrier, client)
    form = carrier.until(lambda: product.forms("/kept"))[0]
    assert form["RecordingDuration"] == "4"
    assert product.forms("/key")[0]["SpeechResult"] == "hello"


def test_a_script_goes_on_in_a_document_of_a_queue(
    carrier: Standin, client: Client, product: Product
) -> None:
    product.says("/leg", "<Enqueue waitUrl='/wait'>q</Enqueue>")
    product.says("/wait", "<Gather action='/out' numDigits='1'/>")
    product.says("/out", "<Leave/>")
    carrier.script(AGENT, scripts.answer_then_press("9"))
    leg = made(carrier, client)
    carrier.until(lambda: leg.over)
    assert product.forms("/out")[0]["Digits"] == "9"


def test_what_was_not_asked_for_cannot_be_given(
    carrier: Standin, client: Client, product: Product
) -> None:
    product.says("/leg", "<Gather input='dtmf'/>", "<Gather input='speech'/>")
    first, second = made(carrier, client), made(carrier, client)
    first.answer()
    with pytest.raises(AssertionError, match="no speech is wanted"):
        first.say("hello")
    second.answer()
    with pytest.raises(AssertionError, match="no keys are wanted"):
        second.press("1")
