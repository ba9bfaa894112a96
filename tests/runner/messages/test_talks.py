"""Who has a message: the walk that reads, the agent's side, or the walk again; never nobody."""

from dataclasses import replace
from typing import Any

import pytest

from flow.events import EffectDone, News
from flow.ledger import Saved, Ticket
from runner.orders import Hear
from tests.runner.messages.house import OURS, House

SLOW = """
linewalk: 1
flow: slow
type: incoming_message
title: Slow
language: en-US
start: look
steps:
  look:
    component: http_request
    method: GET
    url: https://api.example/first
    exits: {success: ask, failed: ask, timeout: ask, refused: ask}
  ask:
    component: ask
    message: What is it?
    exits: {replied: second, invalid: end, timeout: end}
  second:
    component: ask
    message: And then?
    exits: {replied: end, invalid: end, timeout: end}
  end: {component: end}
"""

SERVED = """
linewalk: 1
flow: served
type: incoming_message
title: Served
language: en-US
start: agent
steps:
  agent:
    component: assign_agents
    ring_groups: [support]
    message: Please wait.
    exits: {assigned: end, no_match: alone, timeout: alone, conversation_closed: survey}
  alone:
    component: ask
    message: Nobody is there. Your address?
    exits: {replied: end, invalid: end, timeout: end}
  survey:
    component: ask
    message: How was it?
    exits: {replied: thanks, invalid: end, timeout: end}
  thanks:
    component: send_message
    message: "Thank you for {{ steps.survey.text }}."
    exits: {sent: end, failed: end, opted_out: end}
  end: {component: end}
"""


def awaited(house: House) -> str:
    """What the walk of the contact's conversation waits for."""
    run = house.store.glance(house.thread().execution)
    assert run is not None
    return run.awaits


def move(house: House, event: Any) -> None:
    """Bring an event to the walk of the contact's conversation, as the runner does."""
    effects = house.process.effects
    row = house.thread()
    with house.store.work() as work:
        run = work.lock(row.execution)
        assert run is not None
        walked = house.process.walker.move(work, run, event)
        assert walked.moved
        effects.keep(work, walked)
    for _, order in walked.noted:
        if isinstance(order, Hear):
            house.process.messaging.talks.hear_again(order)
    hear_again(house)


def hear_again(house: House) -> None:
    """Carry out what the worker would: the walk has what lies there."""
    row = house.thread()
    house.process.messaging.talks.hear_again(Hear(row.execution, row.id))


def untaken(house: House) -> list[str]:
    with house.store.work() as work:
        return [each.text for each in work.untaken(house.thread_in(work).id)]


@pytest.fixture
def slow(house: House) -> House:
    house.publish(SLOW, f"sms:{OURS}")
    return house


@pytest.fixture
def served(house: House) -> House:
    house.publish(SERVED, f"sms:{OURS}")
    return house


def test_what_comes_while_the_walk_is_busy_is_had_in_order(slow: House) -> None:
    slow.say("Hello")
    slow.say("A lamp")
    slow.say("It is broken")
    assert slow.told() == []
    assert untaken(slow) == ["A lamp", "It is broken"]
    done = EffectDone(slow.clock(), awaited(slow), "success", {"status": 200})
    move(slow, done)
    assert slow.told() == ["What is it?", "And then?"]
    steps = slow.left(slow.thread().id)
    assert steps[1:] == [("ask", "replied"), ("second", "replied"), ("end", "")]


def test_an_automatic_message_does_not_take_what_lies_before_it(slow: House) -> None:
    slow.say("Hello")
    slow.say("A lamp")
    slow.say("I am away", automatic=True)
    assert untaken(slow) == ["A lamp"]
    move(slow, EffectDone(slow.clock(), awaited(slow), "success", {"status": 200}))
    assert slow.told() == ["What is it?", "And then?"]


def test_what_does_not_move_the_walk_stays_until_it_does(slow: House) -> None:
    """A step that does not read messages (a call is being placed) neither has nor loses them."""
    slow.say("Hello")
    row = slow.thread()
    with slow.store.work() as work:
        run = work.lock(row.execution)
        assert run is not None
        execution = slow.process.walker.read(run)
        execution.live, execution.awaits, execution.status = True, "", "waiting"
        slow.process.walker.write(run, execution, slow.clock())
        work.save(Saved(run))
    slow.say("A lamp")
    assert untaken(slow) == ["A lamp"]
    with slow.store.work() as work:
        run = work.lock(row.execution)
        assert run is not None
        execution = slow.process.walker.read(run)
        execution.live, execution.awaits = False, f"{row.execution}.1"
        slow.process.walker.write(run, execution, slow.clock())
        work.save(Saved(run))
    move(slow, EffectDone(slow.clock(), f"{row.execution}.1", "success", {"status": 200}))
    assert slow.told() == ["What is it?", "And then?"]
    assert untaken(slow) == []


def test_what_nobody_had_when_the_conversation_ends_begins_nothing(slow: House) -> None:
    slow.say("Hello")
    move(slow, EffectDone(slow.clock(), awaited(slow), "success", {"status": 200}))
    first = slow.thread()
    slow.say("one")
    with slow.store.work() as work:
        row = work.conversation(first.id)
        assert row is not None
        slow.process.messaging.threads.close(work, row)
        assert work.untaken(first.id) == []
    assert slow.say("Hello again").conversation != first.id


def queued(house: House) -> str:
    """The walk has asked for an agent, and the desk has queued its contact; the place."""
    house.say("Hello")
    place = awaited(house)
    with house.store.work() as work:
        work.keep_ticket(
            Ticket(place, house.thread_in(work).execution, {"queue": "x"}, house.clock())
        )
    move(house, EffectDone(house.clock(), place, "waiting", {}))
    return place


def given(house: House, place: str, agent: str = "ann") -> None:
    """The desk gives the conversation to an agent: its row at once, the walk by news."""
    with house.store.work() as work:
        row = replace(house.thread_in(work), state="agent", agent=agent, assignment="a1")
        work.keep_conversation(row)
    told = {"assignment": "a1", "agent": agent, "name": agent, "wait_seconds": 3}
    move(house, News(house.clock(), place, "assigned", told))


def test_while_an_agent_is_looked_for_messages_are_the_agents(served: House) -> None:
    queued(served)
    assert served.thread().state == "waiting"
    assert served.told() == ["Please wait."]
    served.say("Are you there?")
    assert untaken(served) == []
    assert served.told(direction="in") == ["Hello", "Are you there?"]


def test_what_came_before_the_desk_has_queued_it_is_the_agents(served: House) -> None:
    served.say("Hello")
    assert served.thread().state == "waiting"
    served.say("Are you there?")
    assert untaken(served) == []


def test_after_the_agent_the_walk_goes_on_with_what_is_written_then(served: House) -> None:
    place = queued(served)
    served.say("while waiting")
    given(served, place)
    served.say("to the agent")
    assert served.thread().state == "agent"
    left = {"how": "finished", "talk_seconds": 9, "agent": "ann"}
    move(served, News(served.clock(), place, "agent_left", left, last=True))
    row = served.thread()
    assert (row.state, row.agent, row.assignment) == ("flow", "", "")
    assert served.told() == ["Please wait.", "How was it?"]
    served.say("great")
    assert served.told()[-1] == "Thank you for great."
    assert served.thread().state == "closed"


def test_when_there_is_no_agent_the_walk_has_the_conversation_again(served: House) -> None:
    served.say("Hello")
    move(served, EffectDone(served.clock(), awaited(served), "no_match", {}))
    assert served.thread().state == "flow"
    assert served.told() == ["Nobody is there. Your address?"]
    served.say("Here Street 1")
    assert served.thread().state == "closed"


def test_what_is_written_between_the_agents_leaving_and_the_survey_is_the_surveys(
    served: House,
) -> None:
    """The desk has written that the agent is gone; the walk has not heard of it yet."""
    place = queued(served)
    given(served, place)
    with served.store.work() as work:
        row = replace(served.thread_in(work), state="flow", agent="", assignment="")
        work.keep_conversation(row)
    served.say("one more thing")
    assert untaken(served) == ["one more thing"]
    left = {"how": "finished", "talk_seconds": 9, "agent": "ann"}
    move(served, News(served.clock(), place, "agent_left", left, last=True))
    assert served.told()[-1] == "Thank you for one more thing."
