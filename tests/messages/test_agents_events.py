"""Subscribers are told of conversations by messages: what happened, once, in order, no text."""

from datetime import UTC, datetime
from pathlib import Path

from tests.centre.test_events import arrived, subscribe
from tests.messages.conftest import NOON
from tests.messages.desk import ANN, open_office
from tests.messages.town import town_on
from tests.support.far_end import far_end
from tests.support.installation import Clock

TOLD = [
    "interaction.started",
    "message.received",
    "conversation.waiting",
    "conversation.assigned",
    "message.received",
    "agent.left",
    "message.received",
    "survey.answered",
    "interaction.ended",
]


def test_a_conversation_with_an_agent_is_told(ready_url: str, tmp_path: Path) -> None:
    clock = Clock(ahead=NOON - datetime.now(UTC))
    with (
        far_end({"POST": [{}]}) as crm,
        town_on(ready_url, tmp_path, clock, egress_allow=(crm.host,)) as town,
    ):
        office = open_office(town, **{"offer: direct": "offer: inbox"})
        subscribe(town, crm)
        office.hire(ANN)
        writer = office.writer()
        writer.say("My lamp is broken.")
        given = office.until("waiting")
        office.do(given, "take", agent=ANN)
        writer.say("The red one.")
        office.do(given, "messages", agent=ANN, text="It is on its way.")
        office.do(given, "close", agent=ANN)
        town.until_heard(writer, 3)
        writer.say("5")
        office.until("closed")
        found = arrived(town, crm)
        assert [(each["order"], each["event"]) for each in found] == list(enumerate(TOLD, 1))
        named = {each["data"]["conversation_id"] for each in found[1:7]}
        assert named == {given["id"]}
        assert found[3]["data"]["agent"] == found[5]["data"]["agent"] == ANN
        assert found[2]["data"]["offer"] == "inbox"
        assert "lamp" not in str(found)
