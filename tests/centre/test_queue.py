"""A caller waits, an agent takes the call, the survey follows with the caller still there."""

from tests.centre.centre import ANN, BOB, Centre

AGENT = {"id": "ann", "address": ANN}


def test_queue_agent_survey(centre: Centre) -> None:
    centre.hire(AGENT)
    caller = centre.call()
    agent = centre.carrier.leg_to(ANN)
    centre.carrier.until(lambda: caller.verb == "Enqueue")
    agent.answer()
    agent.press("1")
    centre.carrier.until(lambda: caller.verb == "Conference" and agent.verb == "Conference")
    agent.hang_up()
    caller.press("4")
    centre.carrier.until(lambda: caller.over)
    assert "How was it" in caller.said()
    assert centre.answers() == [("after-call", "4", "ann", "support")]
    assert centre.state() == {
        "agents": [("ann", "available", "")],
        "waiting": 0,
        "offers": [("ann", "accepted")],
        "served": [("ann", "finished")],
    }


def test_an_agent_who_does_not_answer_is_followed_by_the_next(centre: Centre) -> None:
    centre.hire(AGENT, {"id": "bob", "address": BOB})
    caller = centre.call()
    centre.carrier.leg_to(ANN).no_answer()
    bob = centre.carrier.leg_to(BOB)
    bob.answer()
    bob.press("1")
    centre.carrier.until(lambda: caller.verb == "Conference")
    bob.hang_up()
    caller.press("5")
    centre.carrier.until(lambda: caller.over)
    assert centre.state()["offers"] == [("ann", "expired"), ("bob", "accepted")]
    assert len(centre.carrier.legs_to(ANN)) == 1


def test_when_all_were_rung_in_vain_the_caller_hears_so(centre: Centre) -> None:
    centre.hire(AGENT)
    caller = centre.call()
    agent = centre.carrier.leg_to(ANN)
    agent.answer()
    agent.press("7")  # any other key declines
    centre.carrier.until(lambda: caller.over)
    assert "Nobody is here." in caller.said()
    assert agent.over
    assert centre.state()["offers"] == [("ann", "declined")]


def test_nobody_of_that_group_exists(centre: Centre) -> None:
    centre.hire({**AGENT, "ring_groups": []})
    caller = centre.call()
    centre.carrier.until(lambda: caller.over)
    assert caller.said() == "Welcome. | Nobody is here."
    assert centre.carrier.requests == []


def test_a_caller_who_leaves_while_an_agent_is_rung_leaves_no_ghost(centre: Centre) -> None:
    centre.hire(AGENT)
    caller = centre.call()
    agent = centre.carrier.leg_to(ANN)
    centre.carrier.until(lambda: caller.verb == "Enqueue")
    caller.hang_up()
    centre.carrier.until(lambda: agent.over)
    assert agent.status in {"completed", "canceled"}
    assert centre.outcomes() == ["abandoned"]
    assert centre.state() == {
        "agents": [("ann", "available", "")],
        "waiting": 0,
        "offers": [("ann", "cancelled")],
        "served": [],
    }


def test_the_caller_who_hangs_up_first_frees_the_agent_at_once(centre: Centre) -> None:
    centre.hire(AGENT)
    caller = centre.call()
    agent = centre.joined(caller, ANN)
    caller.hang_up()
    centre.carrier.until(lambda: agent.over)
    centre.carrier.until(lambda: centre.state()["agents"] == [("ann", "available", "")])
    assert centre.outcomes() == ["completed"]
    assert centre.state()["served"] in ([("ann", "contact_left")], [("ann", "finished")])


def test_of_two_who_accept_one_wins_and_the_other_hears_so(centre: Centre) -> None:
    centre.publish({"ring_groups: [support]": "ring_groups: [support]\n    ring: {at_once: 2}"})
    centre.hire(AGENT, {"id": "bob", "address": BOB})
    caller = centre.call()
    ann, bob = centre.carrier.leg_to(ANN), centre.carrier.leg_to(BOB)
    ann.answer()
    bob.answer()
    ann.press("1")
    centre.carrier.until(lambda: caller.verb == "Conference")
    centre.carrier.until(lambda: bob.over)
    assert ann.verb == "Conference"
    assert [row for row in centre.state()["offers"] if row[1] == "accepted"] == [
        ("ann", "accepted")
    ]
    assert ("bob", "available", "") in centre.state()["agents"]


def test_an_accident_brings_the_caller_back_to_the_head(centre: Centre) -> None:
    centre.hire(AGENT, {"id": "bob", "address": BOB, "presence": "away"})
    caller = centre.call()
    ann = centre.joined(caller, ANN)
    other = centre.call()
    centre.carrier.until(lambda: other.verb == "Enqueue")
    ann.drop()
    centre.carrier.until(lambda: caller.verb == "Enqueue")
    assert "connection to the agent was lost" in caller.said()
    assert ("ann", "away", "") in centre.state()["agents"]
    centre.staff.choose("bob", "available")
    bob = centre.carrier.leg_to(BOB)
    bob.answer()
    bob.press("1")
    centre.carrier.until(lambda: caller.verb == "Conference")
    assert other.verb == "Enqueue"


def test_a_waiting_key_takes_its_exit(centre: Centre) -> None:
    centre.hire(AGENT)
    caller = centre.call()
    agent = centre.carrier.leg_to(ANN)
    centre.carrier.until(lambda: caller.inner_verb == "Gather")
    caller.press("9")  # means nothing: the wait goes on
    centre.carrier.until(lambda: caller.inner_verb == "Gather")
    caller.press("1")
    centre.carrier.until(lambda: caller.over)
    assert caller.said().endswith("We will call you.")
    centre.carrier.until(lambda: agent.over)
    assert centre.state()["agents"] == [("ann", "available", "")]


def test_the_wait_is_over_when_its_time_is(centre: Centre) -> None:
    centre.hire({**AGENT, "presence": "away"})
    caller = centre.call()
    centre.carrier.until(lambda: caller.verb == "Enqueue")
    centre.later(299)
    assert caller.verb == "Enqueue"
    centre.later(2)
    centre.carrier.until(lambda: caller.over)
    assert caller.said().endswith("It takes too long.")


def test_messages_and_the_place_in_line_are_heard(centre: Centre) -> None:
    centre.hire({**AGENT, "presence": "away"})
    first = centre.call()
    centre.carrier.until(lambda: first.verb == "Enqueue")
    second = centre.call()
    centre.carrier.until(lambda: "number 2" in second.said(), passing=1)
    centre.carrier.until(lambda: "Please hold. | You are number 1" in first.said(), passing=1)
    first.hang_up()
    centre.carrier.until(lambda: centre.state()["waiting"] == 1)
    centre.later(61)
    centre.carrier.until(lambda: "number 1" in second.said(), passing=10)
    assert second.said().count("Please hold.") >= 2


def test_a_freed_agent_gets_the_longest_waiting(centre: Centre) -> None:
    centre.hire(AGENT)
    callers = [centre.call()]
    for _ in range(2):
        centre.carrier.until(lambda: callers[-1].verb == "Enqueue")
        callers.append(centre.call())
    for caller in callers:
        centre.joined(caller, ANN).hang_up()
        caller.press("3")
    centre.carrier.until(lambda: all(caller.over for caller in callers))
    assert centre.state()["served"] == [("ann", "finished")] * 3


def test_who_is_rung_at_a_sip_address_needs_no_key(centre: Centre) -> None:
    centre.hire({"id": "cleo", "address": "sip:cleo@pbx.example.com"})
    caller = centre.call()
    agent = centre.carrier.leg_to("sip:cleo@pbx.example.com")
    agent.answer()
    centre.carrier.until(lambda: caller.verb == "Conference" and agent.verb == "Conference")


def test_a_line_that_fails_sets_its_agent_not_ready(centre: Centre) -> None:
    centre.hire(AGENT, {"id": "bob", "address": BOB})
    centre.call()
    centre.carrier.leg_to(ANN).fail()
    centre.carrier.leg_to(BOB)
    assert ("ann", "away", "") in centre.state()["agents"]
