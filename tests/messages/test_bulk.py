"""What the API has sent to many lets answers overtake it, from the flow to the carrier."""

from pathlib import Path

from desk.conversations import BULK, URGENT
from tests.messages.test_by_carrier import api
from tests.messages.town import ByCarrier, Town

REMIND = Path(__file__).parent / "remind.yaml"


def remind(town: Town, *contacts: ByCarrier) -> None:
    """Have people reminded by the API; nothing of it leaves before the worker looks."""
    town.house.publish(REMIND)
    ask = api(town)
    for contact in contacts:
        answer = ask("POST", "/api/v1/flows/remind/interactions", {"to": contact.number})
        assert answer.status_code == 202, answer.data
    town.carrier.until(lambda: len(rows(town)) >= len(contacts))


def rows(town: Town) -> list[tuple[int, str]]:
    """Priority and state of each reminder."""
    return town.house.rows(
        "SELECT priority, state FROM lw_messages WHERE text = 'We expect you.' ORDER BY at"
    )


def people(town: Town, count: int) -> list[ByCarrier]:
    """People with a telephone."""
    return [ByCarrier(town, number=f"+1555010{number:04}") for number in range(100, 100 + count)]


def test_an_answer_overtakes_what_the_api_has_begun(town: Town) -> None:
    town.publish("auto-reply")
    reminded = people(town, 3)
    remind(town, *reminded)
    ann = ByCarrier(town)
    ann.say("Good morning")
    assert "Welcome to Acme" in town.until_heard(ann, 1)[0]
    assert rows(town) == [(BULK, "queued")] * 3
    town.work()
    for contact in reminded:
        assert town.until_heard(contact, 1) == ["We expect you."]


def test_who_writes_before_the_reminder_left_does_not_wait_behind_the_others(town: Town) -> None:
    town.publish("auto-reply")
    first, last = people(town, 2)
    remind(town, first, last)
    last.say("Am I expected?")
    assert town.until_heard(last, 2) == ["We expect you.", "Thank you."]
    assert [state for _, state in rows(town)][:1] == ["queued"]
    assert first.heard() == []


def test_into_an_open_conversation_nothing_goes_that_would_hold_it_up(town: Town) -> None:
    town.publish("auto-reply")
    ann = ByCarrier(town)
    ann.say("Good morning")
    town.until_heard(ann, 1)
    remind(town, ann)
    assert town.until_heard(ann, 2)[1] == "We expect you."
    assert rows(town)[0][0] == URGENT
