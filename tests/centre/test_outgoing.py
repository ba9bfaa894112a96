"""An agent calls: the agent's leg first, the contact's then, the flow from the answer on."""

from pathlib import Path

import pytest

from runner.outgoing import NotPlaced, Outgoing, Placed, Wanted
from tests.centre.centre import ANN, Centre
from tests.standin.leg import Leg

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ADA = "+15550101234"


@pytest.fixture
def outgoing(centre: Centre) -> Outgoing:
    """The door for agents' calls, with the example flows and one agent."""
    for name in ("direct-call", "consented-call"):
        centre.house.publish(EXAMPLES / f"{name}.yaml")
    centre.hire({"id": "ann", "address": ANN})
    return centre.house.telephony.outgoing


def place(outgoing: Outgoing, flow: str = "") -> Placed:
    placed = outgoing.place(Wanted("ann", ADA, flow))
    assert isinstance(placed, Placed), placed
    return placed


def both(centre: Centre) -> tuple[Leg, Leg]:
    """The agent picks up, and the contact's telephone rings."""
    agent = centre.carrier.leg_to(ANN)
    agent.answer()
    contact = centre.carrier.leg_to(ADA)
    assert agent.verb == "Conference"
    return agent, contact


def free(centre: Centre) -> None:
    """The agent is free again, and nobody is on the line."""
    centre.carrier.until(lambda: centre.state()["agents"] == [("ann", "available", "")])
    centre.carrier.until(lambda: all(leg.over for leg in centre.carrier.legs))
    centre.carrier.settle()


def test_the_two_are_joined_when_the_contact_answers(centre: Centre, outgoing: Outgoing) -> None:
    place(outgoing)
    agent, contact = both(centre)
    assert centre.state()["agents"][0][1] == "busy"
    contact.answer()
    centre.carrier.until(lambda: contact.hears(agent))
    agent.hang_up()
    free(centre)
    assert centre.outcomes() == ["completed"]


def test_consent_is_given_and_recorded(centre: Centre, outgoing: Outgoing) -> None:
    place(outgoing, "consented-call")
    agent, contact = both(centre)
    contact.answer()
    contact.press("1")
    centre.carrier.until(lambda: contact.hears(agent))
    agent.hang_up()
    free(centre)
    assert contact.said().endswith("Thank you. Goodbye.")
    steps = centre.house.rows("SELECT path, exit FROM lw_history ORDER BY seq")
    assert steps[1:4] == [("record", "done"), ("join", "call_finished"), ("thanks", "done")]


def test_consent_is_refused_and_they_speak_unrecorded(centre: Centre, outgoing: Outgoing) -> None:
    place(outgoing, "consented-call")
    agent, contact = both(centre)
    contact.answer()
    contact.press("2")
    centre.carrier.until(lambda: contact.hears(agent))
    contact.hang_up()
    free(centre)
    paths = [row[0] for row in centre.house.rows("SELECT path FROM lw_history ORDER BY seq")]
    assert "record" not in paths


def test_hang_up_drops_both(centre: Centre, outgoing: Outgoing) -> None:
    place(outgoing, "consented-call")
    _, contact = both(centre)
    contact.answer()
    contact.silence()
    contact.silence()
    free(centre)
    assert contact.said().endswith("We will try another time. Goodbye.")


@pytest.mark.parametrize(
    ("act", "said"),
    [("busy", "The number is busy."), ("no_answer", "Nobody answers."), ("fail", "The call could")],
)
def test_the_agent_hears_why_nobody_comes(
    centre: Centre, outgoing: Outgoing, act: str, said: str
) -> None:
    place(outgoing)
    agent, contact = both(centre)
    getattr(contact, act)()
    free(centre)
    assert said in agent.said()


def test_an_agent_who_hangs_up_first_ends_the_ringing(centre: Centre, outgoing: Outgoing) -> None:
    place(outgoing)
    agent, contact = both(centre)
    agent.hang_up()
    free(centre)
    assert contact.over
    assert centre.outcomes() == ["agent_left"]


def test_an_agent_who_hangs_up_while_the_flow_speaks_ends_the_call(
    centre: Centre, outgoing: Outgoing
) -> None:
    place(outgoing, "consented-call")
    agent, contact = both(centre)
    contact.answer()
    centre.carrier.until(lambda: contact.verb == "Gather")
    agent.hang_up()
    centre.carrier.until(lambda: centre.outcomes() == ["agent_left"])
    centre.later(3)
    free(centre)


def test_an_agent_who_does_not_pick_up_means_no_call(centre: Centre, outgoing: Outgoing) -> None:
    place(outgoing)
    centre.carrier.leg_to(ANN).no_answer()
    free(centre)
    assert centre.carrier.legs_to(ADA) == []


def test_who_cannot_call_hears_why(centre: Centre, outgoing: Outgoing) -> None:
    place(outgoing)
    wanted = [
        (Wanted("ann", ADA), "agent busy"),
        (Wanted("zoe", ADA), "unknown agent"),
    ]
    centre.hire({"id": "bob", "address": "+15550101002"})
    wanted += [
        (Wanted("bob", ADA, "support"), "unknown flow"),
        (Wanted("bob", "+37127777777"), "refused"),
        (Wanted("bob", "+1555"), "invalid number"),
        (Wanted("bob", ADA, sender="+15550109999"), "not ours"),
    ]
    for one, reason in wanted:
        found = outgoing.place(one)
        assert isinstance(found, NotPlaced), found
        assert (found.reason, bool(found.detail)) == (reason, True)
    assert ("bob", "available", "") in centre.state()["agents"]
