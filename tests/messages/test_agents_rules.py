"""What agents may do with a conversation: only who has it, within capacity, oldest first."""

from typing import Any

from tests.messages.desk import ANN, BOB, open_office
from tests.messages.town import Town


def test_who_waits_longest_comes_first_when_an_agent_has_room_again(town: Town) -> None:
    office = open_office(town)
    office.hire(ANN, capacity=10)
    writers = [office.writer(number) for number in range(1, 5)]
    for place, writer in enumerate(writers):
        writer.say(f"Message {place}")
        office.until(*(("agent", ANN) if place < 2 else ("waiting", "")), number=place)
    assert office.used(ANN) == 10
    for closed in (1, 0):
        office.do(office.conversations()[closed], "close", agent=ANN)
        office.until("agent", ANN, number=3 - closed)
        assert office.used(ANN) == 10
    third, fourth = office.conversations()[2:]
    assert (third["agent"], fourth["agent"]) == (ANN, ANN)


def test_only_who_has_it_writes_passes_on_and_closes_or_a_supervisor(town: Town) -> None:
    office = open_office(town)
    office.hire(ANN)
    writer = office.writer()
    writer.say("Hello")
    given = office.until("agent", ANN)
    town.until_heard(writer, 1)
    office.hire(BOB)
    wanted: tuple[tuple[str, dict[str, str]], ...] = (
        ("messages", {"text": "Hi"}),
        ("typing", {}),
        ("transfer", {"ring_group": "support"}),
        ("close", {}),
    )
    for action, body in wanted:
        answer = office.ask(given, action, agent=BOB, **body)
        assert answer.status_code == 409, action
        assert answer.json["errors"][0]["field"] == "agent"
        assert office.ask({"id": "none"}, action, agent=BOB, **body).status_code == 404
    office.do(given, "typing", agent=ANN)
    office.do(given, "messages", key=office.boss, agent=BOB, text="I am Bob.")
    assert town.until_heard(writer, 2)[1] == "I am Bob."
    office.do(given, "transfer", key=office.boss, agent=BOB, to_agent=BOB)
    office.until("agent", BOB)
    office.do(given, "close", key=office.boss, agent="boss")
    assert town.until_heard(writer, 3)[2] == "How was it, 1 to 5?"
    assert office.ask(given, "close", agent=BOB).status_code == 409


def test_a_message_that_is_sent_again_leaves_once(town: Town) -> None:
    office = open_office(town)
    office.hire(ANN)
    writer = office.writer()
    writer.say("Hello")
    given = office.until("agent", ANN)
    town.until_heard(writer, 1)
    once: dict[str, Any] = {"headers": {"Idempotency-Key": "k1"}, "agent": ANN}
    first = office.do(given, "messages", text="Hi", **once)
    assert office.do(given, "messages", text="Hi", **once)["id"] == first["id"]
    assert office.ask(given, "messages", text="Other", **once).status_code == 422
    assert town.until_heard(writer, 2)[1] == "Hi"
    rows = town.house.rows("SELECT text FROM lw_messages WHERE author = 'agent:ann'")
    assert rows == [("Hi",)]


def test_a_repeat_is_answered_alike_whatever_became_of_the_text_and_the_thread(
    town: Town,
) -> None:
    office = open_office(town)
    office.hire(ANN)
    office.writer().say("Hello")
    given = office.until("agent", ANN)
    bodies = {"long": "word " * 600, "nul": "One\0two"}
    asked: dict[str, dict[str, Any]] = {
        name: {"headers": {"Idempotency-Key": name}, "agent": ANN, "text": text}
        for name, text in bodies.items()
    }
    first = {name: office.do(given, "messages", **each)["id"] for name, each in asked.items()}
    again = {name: office.do(given, "messages", **each)["id"] for name, each in asked.items()}
    assert again == first
    office.do(given, "close", agent=ANN)
    after = {name: office.do(given, "messages", **each)["id"] for name, each in asked.items()}
    assert after == first


def test_a_program_that_may_see_no_numbers_gets_none(town: Town) -> None:
    office = open_office(town)
    office.hire(ANN)
    office.writer().say("Hello")
    given = office.until("agent", ANN)
    office.hire(BOB)
    key = office.api.new_key("calls:create")
    assert office.do(given, "transfer", key=key, agent=ANN, to_agent=BOB)["peer"] == ""
    office.until("agent", BOB)
    assert office.do(given, "take", key=office.boss, agent=BOB)["peer"] == given["peer"] != ""
    assert office.do(given, "close", key=key, agent=BOB)["peer"] == ""


def test_an_agent_with_conversations_is_not_removed_and_keeps_them_offline(town: Town) -> None:
    office = open_office(town)
    office.hire(ANN)
    office.writer(1).say("Hello")
    given = office.until("agent", ANN)
    assert office.api.send("DELETE", "/agents/ann", key=office.boss).status_code == 409
    office.staff.choose(ANN, "offline")
    office.writer(2).say("Hello too")
    office.until("waiting", number=1)
    assert office.until("agent", ANN)["id"] == given["id"]
    office.hire(BOB)
    office.until("agent", BOB, number=1)
    office.do(given, "transfer", agent=ANN, ring_group="support")
    office.until("agent", BOB)
    assert office.used(BOB) == 10
    assert office.api.send("DELETE", "/agents/ann", key=office.boss).status_code == 204


def test_nobody_is_there_at_all(town: Town) -> None:
    office = open_office(town)
    writer = office.writer()
    writer.say("Hello")
    assert town.until_heard(writer, 1) == ["Nobody is here."]
    assert office.until("closed")["agent"] == ""


def test_transfers_that_cannot_be_are_refused_and_change_nothing(town: Town) -> None:
    office = open_office(town)
    office.hire(ANN)
    office.hire("zoe", group="sales", presence="offline")
    office.writer().say("Hello")
    given = office.until("agent", ANN)
    for whom, status in (
        ({"to_agent": ANN}, 409),
        ({"to_agent": "zoe"}, 409),
        ({"to_agent": "nobody"}, 422),
        ({"ring_group": "support"}, 409),
        ({"ring_group": "none"}, 422),
        ({}, 400),
    ):
        assert office.ask(given, "transfer", agent=ANN, **whom).status_code == status, whom
    whole = office.api.get(f"/conversations/{given['id']}", key=office.key)
    assert (whole["agent"], len(whole["served"]), whole["notes"]) == (ANN, 1, [])
    assert office.used(ANN) == 5


def test_what_is_written_after_the_end_of_the_agents_part_is_the_walks(town: Town) -> None:
    office = open_office(town)
    office.hire(ANN)
    writer = office.writer()
    writer.say("Hello")
    given = office.until("agent", ANN)
    town.until_heard(writer, 1)
    office.do(given, "close", agent=ANN)
    town.until_heard(writer, 2)
    writer.say("4")
    assert town.until_heard(writer, 3)[2] == "Goodbye!"
    assert town.house.rows("SELECT answer FROM lw_survey_answers") == [("4",)]


def test_passed_on_to_somebody_who_goes_home_it_comes_back(town: Town) -> None:
    office = open_office(town)
    office.hire(ANN)
    office.hire(BOB, presence="away")
    office.writer().say("My lamp is broken.")
    given = office.until("agent", ANN)
    office.do(given, "transfer", agent=ANN, to_agent=BOB)
    assert office.until("waiting")["id"] == given["id"]
    office.staff.choose(BOB, "offline")
    assert office.until("agent", ANN)["id"] == given["id"]
