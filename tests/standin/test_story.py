"""The whole of it: a contact waits, agents are rung, one accepts, both are joined, one leaves."""

from dataclasses import dataclass, field

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.standin import Standin, scripts
from tests.standin.leg import Leg
from tests.standin.product import AGENT, BASE, NUMBER, OTHER, Product

JOIN = (
    "<Dial action='/joined'><Conference beep='false' endConferenceOnExit='true'>a1</Conference>"
    "</Dial>"
)


@dataclass
class Desk:
    """What a product does: it joins the contact before the accepting agent's key is answered."""

    client: Client
    contact: str = ""
    agents: list[str] = field(default_factory=list)
    refused: list[int | None] = field(default_factory=list)

    def ring(self, *numbers: str) -> None:
        for number in numbers:
            made = self.client.calls.create(to=number, from_=NUMBER, url=f"{BASE}/whisper")
            self.agents.append(str(made.sid))

    def accepted(self, path: str) -> None:
        if path == "/accept":
            try:
                self.client.calls(self.contact).update(url=f"{BASE}/join")
            except TwilioRestException as problem:
                self.refused.append(problem.code)


@pytest.fixture
def desk(client: Client, product: Product) -> Desk:
    made = Desk(client)
    product.meanwhile = made.accepted
    product.says("/ivr/voice", "<Enqueue waitUrl='/wait' action='/left'>support</Enqueue>")
    product.says("/wait", "<Say>You are number 1.</Say><Play>https://x.example/music</Play>")
    product.says("/left", "")
    product.says("/whisper", "<Gather action='/accept' numDigits='1'><Say>Press 1.</Say></Gather>")
    product.says("/accept", JOIN)
    product.says("/join", JOIN)
    product.says(
        "/joined", "<Gather action='/survey' numDigits='1'><Say>How was it?</Say></Gather>"
    )
    product.says("/survey", "<Say>Thank you.</Say><Hangup/>")
    return made


def waiting(carrier: Standin, desk: Desk) -> Leg:
    contact = carrier.call(NUMBER)
    carrier.until(lambda: contact.verb == "Enqueue")
    desk.contact = contact.sid
    return contact


def test_the_contact_is_joined_and_asked_when_the_agent_has_left(
    carrier: Standin, desk: Desk, product: Product
) -> None:
    contact = waiting(carrier, desk)
    carrier.pass_time(13)
    assert len(product.forms("/wait")) == 3
    carrier.script(AGENT, scripts.answer_then_press("1"))
    desk.ring(AGENT)
    agent = carrier.leg(desk.agents[0])
    carrier.until(lambda: contact.hears(agent) and agent.hears(contact))
    carrier.settle()
    assert product.forms("/left")[0]["QueueResult"] == "redirected"
    carrier.pass_time(45)
    agent.hang_up()
    contact.press("5")
    carrier.until(lambda: contact.over)
    carrier.settle()
    assert contact.said().endswith("How was it? | Thank you.")
    joined = {form["CallSid"]: form["CallStatus"] for form in product.forms("/joined")}
    assert joined == {contact.sid: "in-progress", agent.sid: "completed"}


def test_the_contact_releases_the_agent(carrier: Standin, desk: Desk) -> None:
    contact = waiting(carrier, desk)
    carrier.script(AGENT, scripts.answer_then_press("1"))
    desk.ring(AGENT)
    agent = carrier.leg(desk.agents[0])
    carrier.until(lambda: agent.hears(contact))
    contact.hang_up()
    carrier.until(lambda: agent.verb != "Conference")
    assert carrier.room("a1").ended_by == contact.sid


def test_the_agents_who_lost_are_ended(carrier: Standin, desk: Desk, client: Client) -> None:
    waiting(carrier, desk)
    desk.ring(AGENT, OTHER)
    won, lost = (carrier.leg(sid) for sid in desk.agents)
    for leg in (won, lost):
        leg.answer()
    won.press("1")
    carrier.until(lambda: won.verb == "Conference")
    assert client.calls(lost.sid).update(status="canceled").status == "in-progress"
    assert client.calls(lost.sid).update(status="completed").status == "completed"


def test_a_contact_who_has_gone_cannot_be_joined(carrier: Standin, desk: Desk) -> None:
    contact = waiting(carrier, desk)
    desk.ring(AGENT)
    agent = carrier.leg(desk.agents[0])
    agent.answer()
    contact.hang_up()
    agent.press("1")
    carrier.until(lambda: agent.verb == "Conference")
    assert desk.refused == [21220]
    assert not agent.hears(contact)
