"""Agents who take calls and messages: points decide, and nobody is overtaken."""

from tests.centre.centre import SUPPORT
from tests.messages.desk import ANN, open_office
from tests.messages.town import OURS, Town

LINE = "+15550101001"


def test_a_call_waits_for_room_and_messages_wait_behind_it(town: Town) -> None:
    office = open_office(town)
    town.house.publish(SUPPORT, OURS)
    office.hire(ANN)
    office.writer(1).say("Hello")
    first = office.until("agent", ANN)
    caller = town.carrier.call(OURS)
    town.carrier.until(lambda: caller.verb == "Enqueue")
    office.writer(2).say("Hello too")
    office.until("waiting", number=1)
    town.carrier.settle()
    assert [leg.to for leg in town.carrier.legs if leg.to == LINE] == []
    office.do(first, "close", agent=ANN)
    leg = town.carrier.leg_to(LINE)
    assert office.used() == 100
    leg.answer()
    leg.press("1")
    town.carrier.until(lambda: caller.verb == "Conference")
    second = office.until("waiting", number=1)
    full = office.ask(second, "take", agent=ANN)
    assert full.json["detail"] == "ann has room for 0 points, and it takes 5"
    leg.hang_up()
    office.until("agent", ANN, number=1)
    assert office.used() == 5


def test_a_large_capacity_has_room_for_a_call_beside_messages(town: Town) -> None:
    office = open_office(town)
    town.house.publish(SUPPORT, OURS)
    office.hire(ANN, capacity=105)
    office.writer(1).say("Hello")
    office.until("agent", ANN)
    caller = town.carrier.call(OURS)
    leg = town.carrier.leg_to(LINE)
    leg.answer()
    leg.press("1")
    town.carrier.until(lambda: caller.verb == "Conference")
    assert office.used() == 105
