"""One conversation by messages at the desk: given, taken, passed on, closed, and its tasks."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from desk import texts
from desk.agents import Agent
from desk.floor import Floor
from desk.handling import NotNow, Wrong
from desk.queue import Waiting
from desk.texts import Whom
from desk.who import Who
from tests.desk.floor import START

if TYPE_CHECKING:
    from collections.abc import Callable

SUPPORT = Who(ring_groups=("support",))


def agent(name: str, **changes: Any) -> Agent:
    made = Agent(name, name.title(), f"client:{name}", ("support",), presence="available")
    return replace(made, then="available", since=START, **changes)


def floor_with(*agents: Agent) -> Floor:
    return Floor(agents={each.id: each for each in agents})


def chat(name: str, **changes: Any) -> Waiting:
    made = Waiting(name, SUPPORT, START, kind="message", weight=30, conversation=f"m{name}")
    return replace(made, **changes)


def settle(floor: Floor) -> list[tuple[Any, ...]]:
    floor.settle(START, lambda: f"o{len(floor.assignments)}")
    told: list[tuple[Any, ...]] = [(task.kind, task.contact, task.agent) for task in floor.tasks]
    floor.clear()
    return told


def test_it_is_given_at_once_to_who_has_least_and_nobody_is_rung() -> None:
    floor = floor_with(agent("ann", load=30), agent("bob"))
    floor.enter(chat("c1"))
    assert settle(floor) == [("queued", "c1", ""), ("assigned", "c1", "bob")]
    assert (floor.agents["bob"].load, floor.agents["bob"].presence) == (30, "available")
    assert floor.open_offers == []


def test_three_chats_fill_an_agent_and_the_fourth_waits() -> None:
    floor = floor_with(agent("ann"))
    for number in range(4):
        floor.enter(chat(f"c{number}"))
    settle(floor)
    assert [each.contact for each in floor.assignments.values()] == ["c0", "c1", "c2"]
    texts.close(floor, "mc1", START)
    assert ("assigned", "c3", "ann") in settle(floor)


def test_during_a_call_and_while_rung_nothing_is_given() -> None:
    floor = floor_with(agent("ann", capacity=200))
    floor.enter(Waiting("call", SUPPORT, START))
    assert settle(floor) == [("ring", "call", "ann")]
    floor.enter(chat("c1"))
    assert settle(floor) == [("queued", "c1", "")]
    floor.accept("o0", START)
    assert ("assigned", "c1", "ann") not in settle(floor)
    assert floor.used(floor.agents["ann"]) == 100
    texts.take(floor, "mc1", "ann", "t1", START)
    assert floor.used(floor.agents["ann"]) == 130


def test_who_leaves_frees_the_agent_and_the_row() -> None:
    floor = floor_with(agent("ann"))
    floor.enter(chat("c1"))
    floor.enter(chat("c2", inbox=True))
    settle(floor)
    floor.leave("c1", START)
    floor.leave("c2", START)
    assert settle(floor) == [("freed", "c1", "ann"), ("freed", "c2", "")]
    assert floor.agents["ann"].load == 0


def test_passed_on_it_waits_before_all_and_not_for_who_had_it() -> None:
    floor = floor_with(agent("ann"), agent("bob", presence="away"))
    floor.enter(chat("c1"))
    floor.enter(chat("c2", inbox=True))
    settle(floor)
    texts.transfer(floor, "mc1", Whom(ring_group="support"), START)
    assert settle(floor) == [("queued", "c1", "")]
    assert [each.id for each in floor.queue] == ["c1", "c2"]
    floor.choose("bob", "available", START)
    assert settle(floor) == [("assigned", "c1", "bob")]
    assert [each.agent for each in floor.history("c1")] == ["ann", "bob"]
    assert floor.last_agent("c1") == "bob"


@pytest.mark.parametrize("how", ["offline", "removed"])
def test_passed_on_to_one_who_goes_it_is_for_those_of_before_again(how: str) -> None:
    floor = floor_with(agent("ann"), agent("bob", presence="away"), agent("eve", presence="away"))
    floor.enter(chat("c1"))
    settle(floor)
    texts.transfer(floor, "mc1", Whom("bob"), START)
    texts.transfer(floor, "mc1", Whom("eve"), START)
    assert settle(floor) == [("queued", "c1", ""), ("queued", "c1", "")]
    if how == "offline":
        floor.choose("eve", "offline", START)
    else:
        assert floor.remove_agent("eve", START)
    assert settle(floor) == [("assigned", "c1", "ann")], "away is not gone: bob is not waited for"
    texts.transfer(floor, "mc1", Whom(ring_group="support"), START)
    floor.choose("bob", "offline", START)
    assert settle(floor) == [("queued", "c1", "")]
    assert floor.queue[0].instead is None


def test_what_cannot_be_is_refused_and_changes_nothing() -> None:
    floor = floor_with(agent("ann"), agent("off", presence="offline"), agent("tiny", capacity=9))
    floor.enter(chat("c1"))
    floor.enter(chat("c2", inbox=True))
    settle(floor)
    wishes: tuple[tuple[Callable[[], object], type[NotNow]], ...] = (
        (lambda: texts.take(floor, "mc1", "off", "t", START), NotNow),
        (lambda: texts.take(floor, "none", "ann", "t", START), NotNow),
        (lambda: texts.take(floor, "mc2", "nobody", "t", START), Wrong),
        (lambda: texts.take(floor, "mc2", "tiny", "t", START), NotNow),
        (lambda: texts.transfer(floor, "mc1", Whom("ann"), START), NotNow),
        (lambda: texts.transfer(floor, "mc1", Whom("off"), START), NotNow),
        (lambda: texts.transfer(floor, "mc1", Whom("tiny"), START), NotNow),
        (lambda: texts.transfer(floor, "none", Whom("ann"), START), NotNow),
        (lambda: texts.close(floor, "mc2", START), NotNow),
    )
    for wish, kind in wishes:
        with pytest.raises(kind):
            wish()
    assert settle(floor) == []
    assert not floor.remove_agent("ann", START)


def test_who_can_never_have_it_is_no_match() -> None:
    floor = floor_with(agent("tiny", capacity=9))
    assert floor.enter(chat("c1")) == "no_match"
    assert floor.enter(chat("c2", weight=5)) == "wait"
