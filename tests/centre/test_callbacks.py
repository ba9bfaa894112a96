"""Calling back: out of the queue with the place kept, and asked for by another system."""

from pathlib import Path

import pytest

from runner.starts import Request, Started
from tests.centre.centre import ANN, BOB, Centre
from tests.standin.leg import Leg
from tests.support.carrier import CALLER
from tests.support.installation import NUMBER

FLOWS = Path(__file__).parent / "flows"
AGENT = {"id": "ann", "address": ANN}
ADA = "+15550101234"


@pytest.fixture
def queue(centre: Centre) -> Centre:
    """A centre whose callers may ask to be called back, with Ann at lunch."""
    centre.house.publish(FLOWS / "callback.yaml", NUMBER)
    centre.hire({**AGENT, "presence": "away"})
    return centre


def promised(centre: Centre) -> Leg:
    """A caller waits, asks to be called back, and hangs up."""
    caller = centre.call()
    centre.carrier.until(lambda: caller.inner_verb == "Gather")
    caller.press("1")
    centre.carrier.until(lambda: "Press 1 to confirm" in caller.said())
    caller.press("1")
    centre.carrier.until(lambda: caller.over)
    assert caller.said().endswith("We will call you.")
    # The caller's own place in the line goes by an order after the one to be called back has come.
    centre.carrier.until(lambda: centre.state()["waiting"] == 1)
    return caller


def accepts(centre: Centre, number: str = ANN) -> Leg:
    """The agent picks up and takes the callback; the agent's leg, waiting."""
    agent = centre.carrier.leg_to(number)
    agent.answer()
    agent.press("1")
    centre.carrier.until(lambda: agent.verb == "Conference")
    return agent


def free(centre: Centre) -> None:
    """The agent is free again, nobody is on the line, and the run is over."""
    centre.carrier.until(lambda: centre.state()["agents"] == [("ann", "available", "")])
    centre.carrier.until(lambda: all(leg.over for leg in centre.carrier.legs))
    centre.carrier.settle()


def test_a_caller_is_called_back_and_asked_afterwards(queue: Centre) -> None:
    promised(queue)
    queue.staff.choose("ann", "available")
    agent = accepts(queue)
    contact = queue.carrier.leg_to(CALLER)
    contact.answer()
    queue.carrier.until(lambda: contact.hears(agent))
    agent.hang_up()
    contact.press("5")
    free(queue)
    assert contact.said().endswith("Thank you.")
    assert queue.answers() == [("after-callback", "5", "ann", "support")]
    assert queue.outcomes() == ["completed"]


def test_the_place_in_the_line_is_kept(queue: Centre) -> None:
    promised(queue)
    queue.later(60)
    later = queue.call()
    queue.carrier.until(lambda: later.verb == "Enqueue")
    queue.staff.choose("ann", "available")
    accepts(queue)
    assert queue.carrier.leg_to(CALLER).status == "ringing"
    assert later.verb == "Enqueue"


def test_a_contact_who_does_not_answer_is_tried_again_then_given_up(queue: Centre) -> None:
    promised(queue)
    queue.staff.choose("ann", "available")
    for pause in (301, 0):
        agent = accepts(queue)
        queue.carrier.leg_to(CALLER).no_answer()
        free(queue)
        assert "Nobody answers." in agent.said()
        queue.later(pause)
    queue.carrier.until(lambda: queue.outcomes() == ["completed"])
    reports = queue.house.rows("SELECT label FROM lw_reports")
    assert reports == [("callback given up",)]
    assert len(queue.carrier.legs_to(CALLER)) == 2


def test_a_promise_has_an_end(queue: Centre) -> None:
    promised(queue)
    queue.later(2 * 3600 + 1)
    queue.carrier.until(lambda: queue.outcomes() == ["completed"])
    assert queue.state()["waiting"] == 0
    assert queue.carrier.legs_to(CALLER) == []


def test_another_number_is_keyed_in(queue: Centre) -> None:
    caller = queue.call()
    queue.carrier.until(lambda: caller.inner_verb == "Gather")
    caller.press("1")
    queue.carrier.until(lambda: "Press 1 to confirm" in caller.said())
    caller.press("15550104444#")
    queue.carrier.until(lambda: caller.over)
    queue.staff.choose("ann", "available")
    accepts(queue)
    assert queue.carrier.leg_to("+15550104444").status == "ringing"


@pytest.fixture
def website(centre: Centre) -> Centre:
    """A centre to which a website sends people who want to be called."""
    centre.house.publish(FLOWS / "website.yaml")
    words = ["keys", "create", "web", "--scopes", "flows:start"]
    assert centre.house.app.test_cli_runner().invoke(args=words).exit_code == 0
    return centre


def ask(centre: Centre, number: str = ADA) -> None:
    """The website asks."""
    key = centre.house.rows("SELECT id FROM lw_api_keys")[0][0]
    started = centre.house.telephony.starts.start(Request(key, "website", {"number": number}))
    assert isinstance(started, Started), started


def test_a_website_has_somebody_called(website: Centre) -> None:
    website.hire(AGENT)
    ask(website)
    agent = accepts(website)
    contact = website.carrier.leg_to(ADA)
    contact.answer()
    website.carrier.until(lambda: contact.hears(agent))
    agent.hang_up()
    free(website)
    assert contact.said() == "Thank you."


def outcome(centre: Centre) -> str:
    """What the flow reported, once it has ended."""
    centre.carrier.until(lambda: centre.outcomes() == ["completed"])
    label: str = centre.house.rows("SELECT label FROM lw_reports")[0][0]
    return label


def test_no_agent_no_call(website: Centre) -> None:
    website.hire({**AGENT, "ring_groups": []})
    ask(website)
    assert outcome(website) == "nobody"
    assert website.carrier.requests == []


def test_agents_who_decline_are_the_end_of_it(website: Centre) -> None:
    website.hire(AGENT, {"id": "bob", "address": BOB})
    ask(website)
    website.carrier.leg_to(ANN).busy()
    website.carrier.leg_to(BOB).no_answer()
    assert outcome(website) == "nobody"
    assert website.carrier.legs_to(ADA) == []


def test_a_contact_who_is_busy_is_told_to_the_agent(website: Centre) -> None:
    website.hire(AGENT)
    ask(website)
    agent = accepts(website)
    website.carrier.leg_to(ADA).busy()
    free(website)
    assert agent.said().endswith("The number is busy.")
    assert outcome(website) == "unreached"


def test_an_agent_who_leaves_before_the_contact_is_there(website: Centre) -> None:
    website.hire(AGENT)
    ask(website)
    agent = accepts(website)
    contact = website.carrier.leg_to(ADA)
    agent.hang_up()
    free(website)
    assert contact.over
    assert outcome(website) == "nobody"


def test_a_number_that_may_not_be_called_disturbs_nobody(website: Centre) -> None:
    website.hire(AGENT)
    ask(website, "+37127777777")
    assert outcome(website) == "unreached"
    assert website.carrier.requests == []
