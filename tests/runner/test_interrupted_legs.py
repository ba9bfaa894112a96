"""Who asks the carrier for a call may die or be held up in the middle: then others find out."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from runner.errors import CarrierError
from runner.legs import INTERRUPTED, LOOKED_FOR, STALE, UNWANTED
from runner.orders import EndLeg, Later, Ring
from tests.runner.office import Office
from tests.runner.walks import Town


@pytest.fixture
def office(town: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """An office whose carrier's list shows no call."""
    made = Office(town.store, town.clock)
    monkeypatch.setattr(made.carrier, "find_calls", lambda _leg: [], raising=False)
    made.run("e1")
    yield made
    made.orders.close()


def dies(office: Office) -> Any:
    """A leg whose asker died between its word and the carrier's answer."""
    return office.leg("1", state="placing", tries=1, tried=office.clock())


def last_look(office: Office) -> None:
    office.clock.now += timedelta(seconds=LOOKED_FOR[-1])


def test_a_call_that_never_left_is_asked_for_again_after_the_last_look(office: Office) -> None:
    leg = dies(office)
    assert office.ring(leg) == LOOKED_FOR[0]
    assert (office.now(leg).state, office.now(leg).status) == ("unknown", INTERRUPTED)
    last_look(office)
    office.ring(leg)
    assert office.carrier.made == []
    office.ring(leg)
    assert len(office.carrier.made) == 1
    assert office.now(leg).state == "placed"


def test_a_call_given_up_while_it_was_looked_for_is_not_asked_for(office: Office) -> None:
    leg = dies(office)
    office.ring(leg)
    with pytest.raises(Later):
        office.legs.end(EndLeg(leg.id))
    last_look(office)
    office.ring(leg)
    office.ring(leg)
    assert office.carrier.made == []
    assert (office.now(leg).state, office.now(leg).reason) == ("over", UNWANTED)


def test_a_lost_answer_is_not_asked_for_again(office: Office) -> None:
    """Its request did leave: whatever no look found may still be on its way."""
    leg = office.leg("1")
    office.carrier.error = CarrierError("no answer", retry=True, unsure=True)
    office.ring(leg)
    office.carrier.error = None
    last_look(office)
    office.ring(leg)
    assert office.carrier.made == []
    assert office.now(leg).state == "over"


def test_who_was_held_up_asks_no_more(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between its word and the request somebody else may have taken over."""
    leg, begin = office.leg("1"), office.legs._begin

    def slow(ring: Ring) -> Any:
        begun = begin(ring)
        office.clock.now += STALE * 2
        return begun

    monkeypatch.setattr(office.legs, "_begin", slow)
    office.ring(leg)
    assert office.carrier.made == []
    assert office.now(leg).state == "placing"
