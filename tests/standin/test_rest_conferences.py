"""Participants over REST, with the official library."""

from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.standin import Standin
from tests.standin.leg import Leg
from tests.standin.product import AGENT, BASE, NUMBER, Product

TOLD = (
    "statusCallback='/told' participantLabel='contact'"
    " statusCallbackEvent='join leave mute hold modify announcement'"
)


def meeting(carrier: Standin, client: Client, product: Product) -> tuple[Any, Leg, Leg]:
    legs = []
    for attributes in (TOLD, "endConferenceOnExit='true'"):
        noun = f"<Conference beep='false' {attributes}>room</Conference>"
        product.says("/ivr/voice", f"<Dial>{noun}</Dial><Say>Next.</Say>")
        legs.append(carrier.call(NUMBER))
        carrier.settle()
    (room,) = client.conferences.list(friendly_name="room")
    return room, legs[0], legs[1]


def told(product: Product) -> list[str]:
    return [form["StatusCallbackEvent"] for form in product.forms("/told")]


def test_hold_plays_its_document_until_it_ends(
    carrier: Standin, client: Client, product: Product
) -> None:
    product.says("/hold", "<Play>https://x.example/m</Play>")
    room, leg, agent = meeting(carrier, client, product)
    assert carrier.room("room").status == "in-progress"
    assert leg.hears(agent)
    held = room.participants(leg.sid).update(hold=True, hold_url=f"{BASE}/hold", hold_method="POST")
    assert held.hold is True
    assert not leg.hears(agent)
    assert not agent.hears(leg)
    carrier.pass_time(10)
    assert len(product.forms("/hold")) == 3
    assert product.forms("/hold")[0]["CallSid"] == leg.sid
    assert [one.call_sid for one in room.participants.list(hold=True)] == [leg.sid]
    assert room.participants("contact").update(hold=False).hold is False
    carrier.pass_time(60)
    assert len(product.forms("/hold")) == 3
    assert told(product)[-2:] == ["participant-hold", "participant-unhold"]


def test_mute_coach_and_the_end_on_exit_are_changed(
    carrier: Standin, client: Client, product: Product
) -> None:
    room, contact, agent = meeting(carrier, client, product)
    assert room.participants(contact.sid).update(muted=True).muted is True
    changed = room.participants(agent.sid).update(end_conference_on_exit=False)
    assert changed.end_conference_on_exit is False
    coach = room.participants(agent.sid).update(coaching=True, call_sid_to_coach=contact.sid)
    assert (coach.coaching, coach.call_sid_to_coach) == (True, contact.sid)
    assert contact.hears(agent)
    assert not agent.hears(contact)  # who is muted
    third = client.conferences("room").participants.create(to=AGENT, from_=NUMBER, muted=True)
    carrier.leg(third.call_sid).answer()
    assert not carrier.leg(third.call_sid).hears(agent)  # who speaks to one only
    carrier.leg(third.call_sid).hang_up()
    agent.hang_up()
    carrier.settle()
    assert contact.verb == "Conference"
    assert told(product)[2:] == [
        "participant-mute", "participant-modify", "participant-modify",
        "participant-join", "participant-leave", "participant-leave",
    ]  # fmt: skip


def test_an_announcement_is_heard_once_by_one_or_by_all(
    carrier: Standin, client: Client, product: Product
) -> None:
    product.says("/hello", "<Say>Hello.</Say>")
    room, contact, agent = meeting(carrier, client, product)
    room.participants(contact.sid).update(announce_url=f"{BASE}/hello")
    carrier.pass_time(5)
    assert (contact.said(), agent.said()) == ("Hello.", "")
    client.conferences(room.sid).update(announce_url=f"{BASE}/hello")
    carrier.pass_time(5)
    assert (contact.said(), agent.said()) == ("Hello. | Hello.", "Hello.")
    product.says("/hello", (500, ""))
    room.participants(contact.sid).update(announce_url=f"{BASE}/hello")
    carrier.settle()
    assert told(product)[2:] == ["announcement-end"] * 3 + ["announcement-fail"]


def test_somebody_is_taken_out_and_the_call_goes_on(
    carrier: Standin, client: Client, product: Product
) -> None:
    room, contact, agent = meeting(carrier, client, product)
    assert room.participants(contact.sid).delete()
    carrier.settle()
    assert contact.said() == "Next."
    assert agent.verb == "Conference"
    with pytest.raises(TwilioRestException) as caught:
        room.participants(contact.sid).fetch()
    assert caught.value.code == 20404


@pytest.mark.parametrize("by_name", [True, False])
def test_somebody_is_called_into_it(
    carrier: Standin, client: Client, product: Product, by_name: Any
) -> None:
    room, contact, _ = meeting(carrier, client, product)
    made = client.conferences("room" if by_name else room.sid).participants.create(
        to=AGENT, from_=NUMBER, label="boss", muted=True, beep="false",
        status_callback=f"{BASE}/status", status_callback_event=["answered"],
    )  # fmt: skip
    assert (made.status, made.conference_sid, made.label) == ("queued", room.sid, "boss")
    leg = carrier.leg(made.call_sid)
    leg.answer()
    assert leg.verb == "Conference"
    boss = room.participants("boss").fetch()
    assert (boss.call_sid, boss.muted, boss.status) == (leg.sid, True, "connected")
    room.update(status="completed")
    carrier.settle()
    assert leg.status == "completed"
    assert product.forms("/status")[0]["CallStatus"] == "in-progress"
    assert contact.said() == "Next."


def test_a_conference_may_be_begun_by_calling_somebody(
    carrier: Standin, client: Client, product: Product
) -> None:
    made = client.conferences("new").participants.create(
        to=AGENT, from_=NUMBER, conference_status_callback=f"{BASE}/told",
        conference_status_callback_event=["join"],
    )  # fmt: skip
    carrier.leg(made.call_sid).answer()
    carrier.settle()
    assert told(product) == ["participant-join"]
    with pytest.raises(TwilioRestException):
        client.conferences("new").participants.create(to="", from_=NUMBER)
    with pytest.raises(TwilioRestException) as caught:
        client.conferences("CF404").fetch()
    assert caught.value.code == 20404
