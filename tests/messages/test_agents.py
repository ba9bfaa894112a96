"""Agents on messages: a conversation is given or taken, answered, passed on, closed, and rated."""

import pytest

from tests.messages.desk import ANN, BOB, open_office
from tests.messages.town import Town

POINTS = {"sms": 5, "whatsapp": 20, "chat": 30, "email": 5}


@pytest.fixture(params=POINTS)
def channel(request: pytest.FixtureRequest) -> str:
    """Each channel by name."""
    return str(request.param)


def test_a_conversation_is_given_answered_passed_on_closed_and_rated(
    town: Town, channel: str
) -> None:
    office = open_office(town)
    points = POINTS[channel]
    office.hire(ANN)
    office.hire(BOB, group="sales")
    writer = town.contact(channel)
    writer.say("My lamp is broken.")
    given = office.until("agent", ANN)
    town.until_heard(writer, 1)
    assert office.used(ANN) == points
    office.do(given, "messages", agent=ANN, text="Which lamp is it?")
    assert town.until_heard(writer, 2)[1] == "Which lamp is it?"
    writer.say("The red one.")
    passed = office.do(given, "transfer", agent=ANN, ring_group="sales", note="Wants a new one")
    assert passed["state"] in {"waiting", "agent"}
    given = office.until("agent", BOB)
    assert (office.used(ANN), office.used(BOB)) == (0, points)
    read = office.api.get(f"/conversations/{given['id']}/messages", key=office.key)["items"]
    assert [(each["author"], each["text"]) for each in read] == [
        ("contact", "My lamp is broken."),
        ("flow", "One moment, please."),
        ("agent:ann", "Which lamp is it?"),
        ("contact", "The red one."),
    ]
    office.do(given, "messages", agent=BOB, text="It is on its way.")
    closed = office.do(given, "close", agent=BOB, notes="Sent one.", disposition="solved")
    assert (closed["state"], closed["agent"]) == ("flow", "")
    assert town.until_heard(writer, 4)[3] == "How was it, 1 to 5?"
    writer.say("5")
    assert town.until_heard(writer, 5)[4] == "Goodbye!"
    whole = office.until("closed")
    whole = office.api.get(f"/conversations/{whole['id']}", key=office.key)
    assert [(one["agent"], one["disposition"]) for one in whole["served"]] == [
        (ANN, ""),
        (BOB, "solved"),
    ]
    assert [note["text"] for note in whole["notes"]] == ["Wants a new one"]
    answers = town.house.rows("SELECT survey, answer, agent FROM lw_survey_answers")
    assert answers == [("after-chat", "5", BOB)]
    assert office.used(BOB) == 0
    assert office.api.get("/calls", key=office.key)["items"] == []
