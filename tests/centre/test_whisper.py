"""What the agent of an outgoing call hears alone, before the contact joins."""

from pathlib import Path
from typing import Any

import pytest

from runner.orders import Orders
from runner.outgoing import Placed, Wanted
from tests.centre.centre import ANN, Centre
from tests.standin.leg import Leg

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ADA = "+15550101234"
WORDS = "This call is not recorded."
UPDATES = r"/Calls/CA\w+\.json$"


@pytest.fixture
def ringing(centre: Centre) -> tuple[Leg, Leg]:
    """An agent waits, and the contact who was called has answered and heard the question."""
    centre.house.publish(EXAMPLES / "consented-call.yaml")
    centre.hire({"id": "ann", "address": ANN})
    placed = centre.house.telephony.outgoing.place(Wanted("ann", ADA, "consented-call"))
    assert isinstance(placed, Placed), placed
    agent = centre.carrier.leg_to(ANN)
    agent.answer()
    contact = centre.carrier.leg_to(ADA)
    contact.answer()
    centre.carrier.until(lambda: contact.verb == "Gather")
    return agent, contact


def updates(centre: Centre, leg: Leg) -> int:
    """How often the carrier was asked to bring a call back to us."""
    path = f"/Calls/{leg.sid}.json"
    return sum(r.method == "POST" and r.path.endswith(path) for r in centre.carrier.requests)


def over(centre: Centre, outcome: str) -> None:
    """Everybody has gone, and the agent is free."""
    centre.carrier.until(lambda: centre.state()["agents"] == [("ann", "available", "")])
    centre.carrier.until(lambda: all(leg.over for leg in centre.carrier.legs))
    centre.carrier.settle()
    assert centre.outcomes() == [outcome]


def test_the_agent_hears_it_and_then_they_are_joined(
    centre: Centre, ringing: tuple[Leg, Leg]
) -> None:
    agent, contact = ringing
    contact.press("2")
    centre.carrier.until(lambda: contact.hears(agent))
    assert agent.said().endswith(WORDS)
    assert WORDS not in contact.said()
    assert updates(centre, agent) == 1
    agent.hang_up()
    over(centre, "completed")
    steps = [row[0] for row in centre.house.rows("SELECT path FROM lw_history ORDER BY seq")]
    assert steps[1:4] == ["not-recorded", "warn", "join"]


def test_nothing_is_said_where_the_flow_says_nothing(
    centre: Centre, ringing: tuple[Leg, Leg]
) -> None:
    agent, contact = ringing
    contact.press("1")
    centre.carrier.until(lambda: contact.hears(agent))
    assert updates(centre, agent) == 0
    contact.hang_up()
    over(centre, "completed")


@pytest.mark.parametrize("when", ["before", "after"])
def test_the_contact_waits_with_music_until_the_agent_is_back(
    centre: Centre, ringing: tuple[Leg, Leg], when: Any
) -> None:
    agent, contact = ringing
    centre.carrier.faults.redirected = when
    centre.carrier.fail_next("POST", UPDATES, status=500)
    contact.press("2")
    centre.carrier.until(lambda: contact.verb == "Enqueue")
    assert not contact.hears(agent)
    centre.carrier.until(lambda: contact.hears(agent))
    assert agent.said().count(WORDS) == 1
    agent.hang_up()
    over(centre, "completed")


def test_a_carrier_that_does_not_reach_the_agent_keeps_nobody_apart(
    centre: Centre, ringing: tuple[Leg, Leg]
) -> None:
    agent, contact = ringing
    centre.carrier.fail_next("POST", UPDATES, status=400, code=20001)
    contact.press("2")
    centre.carrier.until(lambda: contact.hears(agent))
    assert WORDS not in agent.said()
    agent.hang_up()
    over(centre, "completed")


def test_an_agent_who_is_gone_meanwhile_ends_the_call(
    centre: Centre, ringing: tuple[Leg, Leg], monkeypatch: pytest.MonkeyPatch
) -> None:
    agent, contact = ringing
    held = _hold(monkeypatch, "brief-")
    contact.press("2")
    centre.carrier.until(lambda: held)
    agent.hang_up()
    centre.carrier.until(lambda: centre.outcomes() == ["agent_left"])
    centre.later(3)
    over(centre, "agent_left")
    centre.later(20)
    assert updates(centre, agent) == 0


def test_a_contact_who_hangs_up_meanwhile_frees_the_agent(
    centre: Centre, ringing: tuple[Leg, Leg], monkeypatch: pytest.MonkeyPatch
) -> None:
    agent, contact = ringing
    held = _hold(monkeypatch, "brief-")
    contact.press("2")
    centre.carrier.until(lambda: held)
    contact.hang_up()
    centre.carrier.until(lambda: agent.over)
    over(centre, "hung_up")
    centre.later(20)
    assert WORDS not in agent.said()


@pytest.mark.parametrize("order", ["brief-", "tell-", "push-"])
def test_a_process_that_dies_before_an_order_leaves_it_to_the_worker(
    centre: Centre, ringing: tuple[Leg, Leg], monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    agent, contact = ringing
    held = _hold(monkeypatch, order)
    contact.press("2")
    centre.carrier.until(lambda: held)
    centre.later(20)
    centre.carrier.until(lambda: contact.hears(agent))
    assert agent.said().count(WORDS) == 1
    agent.hang_up()
    centre.later(20)
    over(centre, "completed")


def test_a_process_that_dies_after_the_request_says_it_once(
    centre: Centre, ringing: tuple[Leg, Leg], monkeypatch: pytest.MonkeyPatch
) -> None:
    agent, contact = ringing
    kept = Orders._finish
    lost: list[str] = []

    def finish(self: Orders, item: str, state: str) -> None:
        if item.startswith("brief-") and not lost:
            lost.append(item)
            raise RuntimeError("dead")
        kept(self, item, state)

    monkeypatch.setattr(Orders, "_finish", finish)
    contact.press("2")
    centre.carrier.until(lambda: contact.hears(agent))
    centre.carrier.until(lambda: lost)
    centre.later(20)
    centre.carrier.settle()
    assert contact.hears(agent)
    assert updates(centre, agent) == 1
    assert agent.said().count(WORDS) == 1
    contact.hang_up()
    over(centre, "completed")


def _hold(monkeypatch: pytest.MonkeyPatch, name: str) -> list[str]:
    """Let the next order of a name be carried out by nobody: whoever had it has died."""
    kept: Any = Orders._begin
    held: list[str] = []

    def begin(self: Orders, item: Any, order: Any) -> None:
        if not held and item.id.startswith(name):
            held.append(item.id)
        else:
            kept(self, item, order)

    monkeypatch.setattr(Orders, "_begin", begin)
    return held
