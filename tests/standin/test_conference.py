"""Conferences: who hears what, when it starts and ends, and what each call does then."""

import pytest
from twilio.rest import Client

from tests.standin import Standin
from tests.standin.leg import Leg
from tests.standin.product import BASE, NUMBER, Product

EVENTS = "start end join leave mute hold modify announcement"
TOLD = f"statusCallback='/told' statusCallbackEvent='{EVENTS}'"


def enter(carrier: Standin, product: Product, attributes: str = "", dial: str = "") -> Leg:
    noun = f"<Conference {attributes}>room</Conference>"
    product.says("/ivr/voice", f"<Dial {dial}>{noun}</Dial><Say>Next.</Say>")
    leg = carrier.call(NUMBER)
    carrier.until(lambda: leg.verb == "Conference")
    carrier.settle()
    return leg


def told(product: Product) -> list[str]:
    return [form["StatusCallbackEvent"] for form in product.forms("/told")]


def test_it_starts_with_the_second_who_may_and_the_music_ends(
    carrier: Standin, client: Client, product: Product
) -> None:
    product.says("/music", "<Play>https://x.example/m</Play>")
    first = enter(carrier, product, f"waitUrl='/music' {TOLD} startConferenceOnEnter='false'")
    (room,) = client.conferences.list(friendly_name="room", status="init")
    carrier.pass_time(10)
    assert len(product.forms("/music")) == 3
    second = enter(carrier, product, "beep='false'")
    assert client.conferences(room.sid).fetch().status == "in-progress"
    carrier.pass_time(60)
    assert len(product.forms("/music")) == 3
    assert [one.call_sid for one in room.participants.list()] == [first.sid, second.sid]
    assert told(product) == ["participant-join", "participant-join", "conference-start"]
    form = product.forms("/music")[0]
    assert (form["ConferenceSid"], form["FriendlyName"]) == (room.sid, "room")


def test_two_who_may_not_start_it_go_on_waiting(
    carrier: Standin, client: Client, product: Product
) -> None:
    for _ in range(2):
        enter(carrier, product, "startConferenceOnEnter='false'")
    (room,) = client.conferences.list(friendly_name="room")
    assert room.status == "init"


@pytest.mark.parametrize("how", ["hang up", "redirect", "drop"])
def test_the_leaving_of_one_that_ends_it_ends_it_for_all(
    carrier: Standin, client: Client, product: Product, how: str
) -> None:
    product.says("/dialled", "<Say>Survey.</Say><Gather timeout='60'/>")
    product.says("/else", "<Gather timeout='60'/>")
    contact = enter(carrier, product, TOLD, "action='/dialled'")
    plain = enter(carrier, product)
    agent = enter(carrier, product, "endConferenceOnExit='true'", "action='/agent'")
    if how == "hang up":
        agent.hang_up()
    elif how == "drop":
        agent.drop(408)
    else:
        client.calls(agent.sid).update(url=f"{BASE}/else")
    carrier.settle()
    (form,) = [one for one in product.forms("/dialled") if one["CallSid"] == contact.sid]
    assert (form["DialCallStatus"], form["CallStatus"]) == ("answered", "in-progress")
    assert (contact.said(), contact.verb) == ("Survey.", "Gather")
    assert (plain.said(), plain.status) == ("Next.", "completed")
    assert told(product)[-1] == "conference-end"
    end = product.forms("/told")[-1]
    assert end["CallSidEndingConference"] == agent.sid
    facts = product.forms("/agent")
    assert [one["DialCallStatus"] for one in facts] == ["answered"] * (how != "redirect")


def test_others_may_leave_and_the_last_ends_it(
    carrier: Standin, client: Client, product: Product
) -> None:
    first, second = enter(carrier, product, TOLD), enter(carrier, product)
    first.hang_up()
    carrier.settle()
    assert second.verb == "Conference"
    (room,) = client.conferences.list(friendly_name="room", status="in-progress")
    second.hang_up()
    carrier.settle()
    assert client.conferences(room.sid).fetch().status == "completed"
    assert product.forms("/told")[-1]["ReasonConferenceEnded"] == "last-participant-left"
    enter(carrier, product)
    assert len(client.conferences.list(friendly_name="room")) == 2


def test_beeps_are_heard_unless_they_are_switched_off(carrier: Standin, product: Product) -> None:
    first = enter(carrier, product)
    enter(carrier, product, "beep='false'")
    assert first.heard == []
    enter(carrier, product, "beep='true'").hang_up()
    assert first.heard == [("beep", "enter"), ("beep", "exit")]


def test_rest_ends_it_for_all(carrier: Standin, client: Client, product: Product) -> None:
    first, second = enter(carrier, product, TOLD), enter(carrier, product)
    (room,) = client.conferences.list(friendly_name="room")
    room.update(status="completed")
    carrier.settle()
    assert (first.said(), second.said()) == ("Next.", "Next.")
    assert product.forms("/told")[-1]["ReasonConferenceEnded"] == "conference-ended-via-api"


def test_only_what_was_subscribed_is_told(carrier: Standin, product: Product) -> None:
    enter(carrier, product, "statusCallback='/told' statusCallbackEvent='start'")
    enter(carrier, product, "statusCallback='/never' statusCallbackEvent='join'")
    carrier.settle()
    assert told(product) == ["conference-start"]
    assert product.forms("/never") == []


def test_a_waiting_document_that_fails_leaves_silence(carrier: Standin, product: Product) -> None:
    product.says("/music", "<Gather/>")
    leg = enter(carrier, product, "waitUrl='/music'")
    assert leg.verb == "Conference"
    assert carrier.problems[0].code == 12200
    carrier.pass_time(60)
    assert len(product.forms("/music")) == 1


def test_the_music_may_redirect(carrier: Standin, product: Product) -> None:
    product.says("/music", "<Redirect>/more</Redirect>")
    product.says("/more", "<Say>Hold.</Say><Pause length='9'/>")
    leg = enter(carrier, product, "waitUrl='/music'")
    assert leg.heard == [("say", "Hold.")]
    assert leg.inner_verb == "Say"
