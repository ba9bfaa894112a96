"""What carriers do wrong: refusals, failures, lost answers, doubled and disordered reports."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flask import Flask

from ivr.calls import Calls
from runner.orders import Tell
from tests.centre.centre import ANN, BOB, Centre
from tests.standin import scripts
from tests.support.installation import BASE
from tests.support.transport import InProcess, Reply
from tests.support.waiting import wait_until

AGENT = {"id": "ann", "address": ANN}
MAKES = r"/Calls\.json$"


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for a call of unknown outcome after tenths of seconds."""
    monkeypatch.setattr("runner.legs.LOOKED_FOR", (0.2, 0.5, 1.0))


def made(centre: Centre) -> int:
    """How often the carrier was asked for a call."""
    return sum(
        r.method == "POST" and r.path.endswith("/Calls.json") for r in centre.carrier.requests
    )


def finish(centre: Centre, caller: Any, number: str = ANN) -> None:
    """The agent takes the call; then the survey, and everybody has gone."""
    centre.joined(caller, number).hang_up()
    caller.press("4")
    centre.carrier.until(lambda: caller.over)
    assert centre.answers() == [("after-call", "4", (number == ANN and "ann") or "bob", "support")]
    assert centre.state()["agents"][0][1:] == ("available", "")


@pytest.mark.parametrize(("status", "code"), [(429, 20429), (500, 20500), (503, 20503)])
def test_a_call_that_was_not_placed_is_placed_once(centre: Centre, status: int, code: int) -> None:
    centre.hire(AGENT)
    centre.carrier.fail_next("POST", MAKES, status=status, code=code)
    caller = centre.call()
    finish(centre, caller)
    assert len(centre.carrier.legs_to(ANN)) == 1
    assert made(centre) == 2


def test_a_call_whose_answer_was_lost_is_found_and_not_placed_again(centre: Centre) -> None:
    centre.hire(AGENT)
    centre.carrier.act_then_time_out()
    caller = centre.call()
    finish(centre, caller)
    assert len(centre.carrier.legs_to(ANN)) == 1
    assert made(centre) == 1


def test_a_call_whose_answer_was_lost_and_that_is_silent_is_looked_for(centre: Centre) -> None:
    """Neither its answer nor its reports arrive: it is found in the carrier's list, and ended."""
    centre.hire(AGENT)
    centre.carrier.act_then_time_out()
    centre.carrier.unreachable(r"/ivr/status", times=3)
    caller = centre.call()
    agent = centre.carrier.leg_to(ANN)
    centre.carrier.until(lambda: centre.house.rows("SELECT 1 FROM lw_legs WHERE state = 'placed'"))
    caller.hang_up()
    centre.carrier.until(lambda: agent.over)
    assert made(centre) == 1


def test_a_refused_call_is_the_end_of_its_offer(centre: Centre) -> None:
    centre.hire(AGENT, {"id": "bob", "address": BOB})
    centre.carrier.refuse(21211)
    caller = centre.call()
    centre.joined(caller, BOB)
    assert centre.state()["offers"] == [("ann", "declined"), ("bob", "accepted")]
    assert ("ann", "available", "") in centre.state()["agents"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_redirected_comes_before_or_after_the_new_document(centre: Centre, when: Any) -> None:
    centre.carrier.faults.redirected = when
    centre.hire(AGENT)
    finish(centre, centre.call())


@pytest.mark.parametrize("seed", range(3))
def test_reports_in_any_order_come_to_the_same_end(centre: Centre, seed: int) -> None:
    centre.hire(AGENT)
    caller = centre.call()
    with centre.carrier.shuffled(seed):
        agent = centre.joined(caller, ANN)
        caller.hang_up()
        centre.carrier.until(lambda: agent.over)
    centre.carrier.settle()
    centre.carrier.until(lambda: centre.state()["agents"] == [("ann", "available", "")])
    assert centre.outcomes() == ["completed"]


def test_a_join_that_the_carrier_refuses_is_tried_again(centre: Centre) -> None:
    centre.hire(AGENT)
    centre.carrier.fail_next("POST", r"/Calls/CA\w+\.json$", status=500)
    finish(centre, centre.call())


def test_a_caller_who_was_gone_at_the_join_frees_the_agent(centre: Centre) -> None:
    """Error 21220: the carrier knows before we do."""
    centre.hire(AGENT)
    centre.carrier.faults.lose_terminal = True
    centre.carrier.unreachable("/ivr/turn/", times=10)
    caller = centre.call()
    agent = centre.carrier.leg_to(ANN)
    agent.answer()
    caller.hang_up()
    centre.carrier.settle()
    agent.press("1")
    centre.carrier.until(lambda: agent.over)
    assert centre.state()["served"] == [("ann", "contact_left")]


class Slow(InProcess):
    """The carrier gets the answer to a call's first request only when something is true."""

    def __init__(self, app: Flask, arrives: Callable[[], bool]) -> None:
        super().__init__(app)
        self.arrives = arrives

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        reply = super().post(url, body, headers)
        if url.endswith("/ivr/voice"):
            wait_until(self.arrives)
        return reply


def test_an_agent_who_is_faster_than_the_first_answer_gets_the_caller(centre: Centre) -> None:
    """Error 21220 again: the call is not over, it has not begun for the carrier yet."""

    def asked() -> bool:
        return any("/Calls/CA" in r.path for r in centre.carrier.requests)

    centre.carrier.connect(Slow(centre.house.app, asked), BASE)
    centre.carrier.script(ANN, scripts.answer_then_press("1"))
    centre.hire(AGENT)
    caller = centre.call()
    agent = centre.carrier.until(lambda: centre.carrier.legs_to(ANN))[0]
    centre.carrier.until(lambda: caller.hears(agent))
    agent.hang_up()
    caller.press("4")
    centre.carrier.until(lambda: caller.over)
    assert centre.state()["served"] == [("ann", "finished")]


def test_the_same_requests_again_change_nothing(centre: Centre) -> None:
    centre.hire(AGENT)
    caller = centre.call()
    finish(centre, caller)
    before, counts = centre.state(), centre.house.counts()
    for delivery in list(centre.carrier.sent):
        centre.carrier.resend(delivery)
    assert centre.state() == before
    after = centre.house.counts()
    assert {name: n for name, n in after.items() if name != "call_log"} == {
        name: n for name, n in counts.items() if name != "call_log"
    }


@pytest.mark.parametrize("address", [r"/ivr/wait/", r"/ivr/leg/"])
def test_a_lost_answer_is_had_from_the_fallback(centre: Centre, address: str) -> None:
    """The answer of a waiting room or a leg does not arrive: the fallback gives it."""
    centre.hire(AGENT)
    centre.carrier.lose_answers(address, times=2)
    finish(centre, centre.call())


def test_news_and_a_redirect_never_bring_a_caller_twice_into_the_room(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The redirect is slow, and the waiting room is asked meanwhile: it lets nobody out."""
    asked, slow = threading.Event(), threading.Event()
    at_once = Calls.bring_back

    def late(self: Calls, call: str, action: str) -> None:
        asked.set()
        assert slow.wait(10)
        at_once(self, call, action)

    monkeypatch.setattr(Calls, "bring_back", late)
    centre.hire(AGENT)
    caller = centre.call()
    agent = centre.carrier.leg_to(ANN)
    agent.answer()
    agent.press("1")
    assert asked.wait(10)
    centre.carrier.pass_time(40)
    assert caller.verb == "Enqueue"
    slow.set()
    centre.carrier.until(lambda: caller.verb == "Conference")
    centre.carrier.settle()
    assert agent.verb == "Conference"


def test_news_that_come_twice_are_heard_once(centre: Centre) -> None:
    """Who told the walk dies before writing that it is told: the worker tells it again."""
    centre.hire(AGENT)
    caller = centre.call()
    agent = centre.joined(caller, ANN)
    query = "SELECT contact, id FROM lw_assignments"
    ((place, assignment),) = centre.house.rows(query)
    redirects = len(centre.carrier.requests)
    result = {"assignment": assignment, "agent": "ann", "name": "ann", "wait_seconds": 0}
    execution = place.rpartition(".")[0]
    told = Tell(execution, place, "assigned", centre.clock(), result)
    centre.house.telephony.teller.tell(told)
    centre.later(20)
    centre.carrier.settle()
    assert len(centre.carrier.requests) == redirects
    assert (caller.verb, agent.verb) == ("Conference", "Conference")
