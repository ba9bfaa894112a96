"""What a walk hears of its agents comes in the order in which it happened, whoever dies between."""

from typing import Any

import pytest

from runner.orders import Orders, Tell
from tests.messages.desk import ANN, BOB, open_office
from tests.messages.town import Town

WELCOME = """\
  welcome:
    component: send_message
    message: "You write with {{ steps.find.agent }}."
    exits: {sent: end, failed: end, opted_out: end}
  rate:
"""
WELCOMING = {"assigned: end": "assigned: welcome", "  rate:\n": WELCOME}


@pytest.fixture
def dying(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whoever tells a walk of this many agents dies before it does; the worker finds it later."""
    lost: list[str] = []
    kept: Any = Orders._begin

    def begin(self: Orders, item: Any, order: Any) -> None:
        if isinstance(order, Tell) and order.word == "assigned":
            lost.append(item.id)
        else:
            kept(self, item, order)

    monkeypatch.setattr(Orders, "_begin", begin)
    return lost


def test_an_agent_who_has_closed_was_there_first(town: Town, dying: list[str]) -> None:
    office = open_office(town, **WELCOMING)
    office.hire(ANN)
    writer = office.writer()
    writer.say("Hello")
    given = office.until("agent", ANN)
    office.do(given, "close", agent=ANN)
    assert town.until_heard(writer, 1) == ["One moment, please."]
    town.carrier.until(lambda: len(dying) == 1)
    until_taken_over(town)
    assert town.until_heard(writer, 3)[1:] == ["You write with ann.", "How was it, 1 to 5?"]
    exits = "SELECT exit FROM lw_history WHERE component = 'assign_agents' ORDER BY seq"
    assert town.house.rows(exits) == [("assigned",), ("conversation_closed",)]


def test_the_second_agent_is_heard_of_after_the_first(town: Town, dying: list[str]) -> None:
    office = open_office(town, **WELCOMING)
    office.hire(ANN)
    office.hire(BOB, group="sales")
    writer = office.writer()
    writer.say("Hello")
    given = office.until("agent", ANN)
    office.do(given, "transfer", agent=ANN, ring_group="sales")
    given = office.until("agent", BOB)
    town.carrier.until(lambda: len(dying) == 2)
    until_taken_over(town)
    assert town.until_heard(writer, 2)[1] == "You write with ann."
    office.do(given, "close", agent=BOB)
    town.until_heard(writer, 3)
    writer.say("5")
    town.until_heard(writer, 4)
    assert town.house.rows("SELECT agent FROM lw_survey_answers") == [(BOB,)]


def until_taken_over(town: Town) -> None:
    """Let leases pass, until the worker has found what nobody told."""

    def told() -> bool:
        town.later(20)
        return not town.house.rows(
            "SELECT 1 FROM lw_outbox WHERE kind = 'Tell' AND state = 'ready'"
        )

    town.carrier.until(told)
