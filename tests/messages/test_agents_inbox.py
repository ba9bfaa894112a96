"""The agents' inbox: conversations lie there until one agent takes them, and only one."""

from typing import Any

from tests.messages.desk import ANN, BOB, Office, open_office
from tests.messages.town import Town
from tests.store.builders import at_once

INBOX = {"offer: direct": "offer: inbox"}


def inbox(town: Town, **weights: Any) -> Office:
    office = open_office(town, **INBOX)
    office.hire(ANN, BOB, **weights)
    return office


def lying(office: Office, agent: str = ANN) -> list[str]:
    items = office.api.get(f"/agents/{agent}/inbox", key=office.key)["items"]
    return [one["conversation"]["peer"] for one in items]


def test_what_lies_there_is_taken_by_one_and_the_other_hears_so(town: Town) -> None:
    office = inbox(town)
    office.writer(1).say("First")
    office.until("waiting")
    office.writer(2).say("Second")
    office.until("waiting", number=1)
    town.carrier.until(lambda: lying(office) == ["+15550100001", "+15550100002"])
    first = office.conversations()[0]
    assert office.do(first, "take", agent=ANN)["agent"] == ANN
    assert office.do(first, "take", agent=ANN)["agent"] == ANN
    refused = office.ask(first, "take", agent=BOB)
    assert (refused.status_code, refused.json["detail"]) == (409, "ann has this conversation")
    assert lying(office, BOB) == ["+15550100002"]


def test_of_many_who_take_at_one_moment_one_has_it(town: Town) -> None:
    office = inbox(town)
    others = [f"a{number}" for number in range(6)]
    office.hire(*others)
    office.writer().say("Hello")
    waiting = office.until("waiting")

    def take(number: int) -> int:
        return int(office.ask(waiting, "take", agent=others[number]).status_code)

    assert sorted(at_once(6, take)) == [200, *[409] * 5]
    (has,) = {one["agent"] for one in office.conversations()}
    assert [agent for agent in others if office.used(agent)] == [has]


def test_who_has_no_room_takes_none_and_who_is_offline_neither(town: Town) -> None:
    office = inbox(town, capacity=9)
    office.writer(1).say("One")
    office.until("waiting")
    office.writer(2).say("Two")
    second = office.until("waiting", number=1)
    office.do(office.conversations()[0], "take", agent=ANN)
    full = office.ask(second, "take", agent=ANN)
    assert (full.status_code, full.json["detail"]) == (
        409,
        "ann has room for 4 points, and it takes 5",
    )
    office.staff.choose(BOB, "offline")
    assert office.ask(second, "take", agent=BOB).json["detail"] == "bob is offline"
    office.staff.choose(BOB, "away")
    assert office.do(second, "take", agent=BOB)["agent"] == BOB


def test_only_the_agents_meant_take_it(town: Town) -> None:
    office = inbox(town)
    office.hire("zoe", group="sales")
    office.writer().say("Hello")
    waiting = office.until("waiting")
    assert office.ask(waiting, "take", agent="zoe").status_code == 409
    assert lying(office, "zoe") == []
    unknown = office.ask(waiting, "take", agent="nobody")
    assert (unknown.status_code, unknown.json["errors"][0]["field"]) == (422, "agent")
    assert office.api.send("GET", "/agents/nobody/inbox").status_code == 404


def test_nobody_takes_it_in_time(town: Town) -> None:
    office = inbox(town)
    writer = office.writer()
    writer.say("Hello")
    waiting = office.until("waiting")
    town.later(601)
    assert town.until_heard(writer, 2)[1] == "Nobody had time."
    office.until("closed")
    assert office.ask(waiting, "take", agent=ANN).status_code == 409
    assert office.used(ANN) == 0
