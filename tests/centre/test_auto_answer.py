"""Agents whose telephones take calls by themselves: what they are told, and what they hear."""

from typing import Any

import pytest

from runner.outgoing import Placed, Wanted
from tests.centre.centre import ANN, BOB, SUPPORT, Centre
from tests.standin.leg import Leg

ADA = "+15550101234"
CLEO = "sip:cleo@pbx.example.com"
OUTGOING = """
linewalk: 1
flow: swift
type: outgoing_call
start: auto
steps:
  auto: {component: auto_answer, delay: 1s, exits: {done: join}}
  join: {component: connect_agent}
"""
FIRST = "welcome: {component: play, message: Welcome., exits: {done: queue}}"


def publish(centre: Centre, *steps: str, at_once: int = 1) -> None:
    """Publish the flow with steps before its queue."""
    names = [step.partition(":")[0] for step in steps]
    ahead = FIRST.replace("done: queue", f"done: {names[0]}")
    lines = [
        f"{step} exits: {{done: {after}}}}}"
        for step, after in zip(steps, [*names[1:], "queue"], strict=True)
    ]
    ring = {"max_wait: 5m": f"max_wait: 5m\n    ring: {{at_once: {at_once}}}"}
    centre.house.publish(SUPPORT, replacing={FIRST: "\n  ".join([ahead, *lines]), **ring})


AUTO = "auto: {component: auto_answer, delay: 2s,"
OFF = "off: {component: auto_answer, enabled: false,"
WORDS = "words: {component: whisper, message: It is about an invoice.,"


def joined(centre: Centre, caller: Leg, address: str) -> Leg:
    """The agent's telephone is picked up, and nothing else is done."""
    agent = centre.carrier.leg_to(address)
    agent.answer()
    centre.carrier.until(lambda: caller.hears(agent))
    return agent


def finish(centre: Centre, caller: Leg, agent: Leg) -> None:
    """Both leave."""
    caller.hang_up()
    centre.carrier.until(lambda: agent.over)
    centre.carrier.until(lambda: centre.state()["agents"][0][1:] == ("available", ""))
    centre.carrier.until(lambda: centre.outcomes() == ["completed"])


def test_a_number_needs_no_key(centre: Centre) -> None:
    publish(centre, AUTO)
    centre.hire({"id": "ann", "address": ANN})
    caller = centre.call()
    agent = joined(centre, caller, ANN)
    assert agent.said() == ""
    assert any(kind == "pause" for kind, _ in agent.heard)
    finish(centre, caller, agent)


def test_the_whisper_is_heard_before_the_join(centre: Centre) -> None:
    publish(centre, AUTO, WORDS)
    centre.hire({"id": "ann", "address": ANN})
    caller = centre.call()
    agent = joined(centre, caller, ANN)
    assert agent.said() == "It is about an invoice."
    finish(centre, caller, agent)


def test_who_wants_the_key_keeps_it(centre: Centre) -> None:
    publish(centre, AUTO)
    centre.hire({"id": "ann", "address": ANN, "accept_by_key": True})
    caller = centre.call()
    agent = centre.carrier.leg_to(ANN)
    agent.answer()
    centre.carrier.until(lambda: agent.verb == "Gather")
    centre.carrier.until(lambda: caller.verb == "Enqueue")
    agent.press("1")
    centre.carrier.until(lambda: caller.hears(agent))
    finish(centre, caller, agent)


def test_it_can_be_switched_off_again(centre: Centre) -> None:
    publish(centre, AUTO, OFF)
    centre.hire({"id": "ann", "address": ANN})
    caller = centre.call()
    agent = centre.carrier.leg_to(ANN)
    agent.answer()
    centre.carrier.until(lambda: agent.verb == "Gather")
    caller.hang_up()
    centre.carrier.until(lambda: agent.over)


@pytest.mark.parametrize(
    ("address", "called"),
    [(CLEO, f"{CLEO}?X-Answer-After=2"), ("client:cleo", "client:cleo?answerAfter=2")],
)
def test_a_telephone_that_can_be_told_is_told(centre: Centre, address: str, called: str) -> None:
    publish(centre, AUTO)
    centre.hire({"id": "cleo", "address": address})
    caller = centre.call()
    agent = joined(centre, caller, called)
    assert centre.carrier.legs_to(address) == []
    assert agent.said() == ""
    assert not any(kind == "pause" for kind, _ in agent.heard)
    finish(centre, caller, agent)


def test_a_call_whose_answer_was_lost_is_found_under_what_was_called(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runner.legs.LOOKED_FOR", (0.2, 0.5, 1.0))
    publish(centre, AUTO)
    centre.hire({"id": "cleo", "address": CLEO})
    centre.carrier.act_then_time_out()
    centre.carrier.unreachable(r"/ivr/status", times=3)
    caller = centre.call()
    agent = centre.carrier.leg_to(f"{CLEO}?X-Answer-After=2")
    centre.carrier.until(lambda: centre.house.rows("SELECT 1 FROM lw_legs WHERE state = 'placed'"))
    caller.hang_up()
    centre.carrier.until(lambda: agent.over)


def test_of_two_the_first_who_picks_up_has_the_caller(centre: Centre) -> None:
    publish(centre, AUTO, at_once=2)
    centre.hire({"id": "ann", "address": ANN}, {"id": "bob", "address": BOB})
    caller = centre.call()
    bob = centre.carrier.leg_to(BOB)
    ann = joined(centre, caller, ANN)
    centre.carrier.until(lambda: bob.over)
    assert sorted(centre.state()["offers"]) == [("ann", "accepted"), ("bob", "cancelled")]
    finish(centre, caller, ann)


@pytest.mark.parametrize(
    ("address", "called"), [(ANN, ANN), ("client:ann", "client:ann?answerAfter=1")]
)
def test_an_agents_own_call_begins_by_itself(
    centre: Centre, tmp_path: Any, address: str, called: str
) -> None:
    (tmp_path / "swift.yaml").write_text(OUTGOING, encoding="utf-8")
    centre.house.publish(tmp_path / "swift.yaml")
    centre.hire({"id": "ann", "address": address})
    placed = centre.house.telephony.outgoing.place(Wanted("ann", ADA, "swift"))
    assert isinstance(placed, Placed), placed
    agent = centre.carrier.leg_to(called)
    agent.answer()
    contact = centre.carrier.leg_to(ADA)
    contact.answer()
    centre.carrier.until(lambda: contact.hears(agent))
    finish(centre, contact, agent)
