"""What is asked of a room moves the floor: holds, transfers, supervisors, and who is left."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from desk import handling
from desk.agents import Agent
from desk.floor import Floor
from desk.handling import NotNow, Wanted, Wrong
from desk.queue import Waiting
from desk.rooms import CONTACT, Room, Seat, Watcher, seats
from desk.who import Who

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
SOON, LATER = AT + timedelta(seconds=5), AT + timedelta(minutes=3)
CALL = "o0"


def ids() -> Iterator[str]:
    return (f"o{number}" for number in count())


@pytest.fixture
def floor() -> Floor:
    """The contact `c` with Ann as conversation `o0`; Bob is free, Cy is away."""
    floor = Floor()
    for name, presence in (("ann", "available"), ("bob", "offline"), ("cy", "offline")):
        floor.put_agent(Agent(name, name, f"sip:{name}@x.example", ("g",), presence=presence))  # type: ignore[arg-type]  # words of the table
    floor.enter(Waiting("c", Who(ring_groups=("g",)), AT))
    settle(floor, AT)
    floor.accept(CALL, AT)
    floor.choose("bob", "available", AT)
    floor.choose("cy", "away", AT)
    settle(floor, AT)
    floor.clear()
    return floor


def settle(floor: Floor, at: datetime) -> None:
    names = ids()
    floor.settle(at, lambda: next(name for name in names if name not in floor.offers))


def room(floor: Floor, call: str = CALL) -> Room:
    found = handling.find(floor, call)
    assert found is not None
    return found[1]


def transfer(floor: Floor, wanted: Wanted, at: datetime = AT) -> None:
    handling.transfer(floor, CALL, room(floor), wanted, at)
    settle(floor, at)


def told(floor: Floor) -> list[tuple[str, str, str]]:
    tasks = [task for task in floor.tasks if task.kind != "arrange"]
    floor.clear()
    return [(task.kind, task.id, task.word) for task in tasks]


def stands(floor: Floor, call: str = CALL) -> dict[str, Seat]:
    found = room(floor, call)
    return dict(seats(found, floor.serving(found.contact)))


def serving(floor: Floor) -> list[str]:
    return [each.agent for each in floor.serving("c")]


WARM, BLIND = Wanted("t", "warm", "bob"), Wanted("t", "blind", "bob")
OUTSIDE = Wanted("t", "warm")
TWO, LOOSE = Seat(ends=True), Seat()


def test_a_hold_loosens_both_and_a_resume_binds_them_again(floor: Floor) -> None:
    handling.resume(floor, room(floor))
    assert floor.rooms == {}
    handling.hold(floor, room(floor))
    assert stands(floor) == {CONTACT: Seat(held=True), CALL: LOOSE}
    before = room(floor)
    handling.hold(floor, before)
    assert room(floor) == before
    handling.resume(floor, before)
    assert stands(floor) == {CONTACT: TWO, CALL: TWO}
    assert [(task.kind, task.word) for task in floor.tasks] == [("arrange", "1"), ("arrange", "2")]


def test_a_warm_transfer_is_completed(floor: Floor) -> None:
    transfer(floor, WARM)
    assert told(floor) == [("ring", "o1", "")]
    assert stands(floor) == {CONTACT: Seat(held=True), CALL: LOOSE}
    assert floor.accept("o1", SOON) == "accepted"
    assert told(floor) == []
    assert serving(floor) == ["ann", "bob"]
    assert handling.entrance(floor, "o1") == (CALL, LOOSE)
    handling.complete(floor, CALL, room(floor), SOON)
    assert told(floor) == []
    assert stands(floor, "o1") == {CONTACT: TWO, CALL: LOOSE, "o1": TWO}
    assert (floor.agents["ann"].presence, floor.agents["bob"].presence) == ("available", "busy")
    floor.agent_left("o1", "finished", LATER)
    assert told(floor) == [("agent_left", "o1", "finished"), ("release", CALL, "")][::-1]
    assert (floor.talk_seconds("c"), floor.last_agent("c")) == (180, "bob")
    assert handling.find(floor, "o1") is None


@pytest.mark.parametrize("how", ["declined", "expired", "lost"])
def test_nobody_takes_a_warm_transfer(floor: Floor, how: str) -> None:
    transfer(floor, WARM)
    floor.end_offer("o1", how, SOON)  # type: ignore[arg-type]  # one of the endings
    settle(floor, SOON)
    assert stands(floor) == {CONTACT: TWO, CALL: TWO}
    assert [kind for kind, _, _ in told(floor)] == ["ring"]
    assert floor.queue == ()


def test_nobody_takes_a_blind_transfer(floor: Floor) -> None:
    transfer(floor, BLIND)
    assert told(floor) == [("ring", "o1", "")]
    assert (serving(floor), floor.agents["ann"].presence) == ([], "available")
    assert stands(floor) == {CONTACT: Seat(held=True), CALL: LOOSE}
    with pytest.raises(NotNow, match="nobody is there yet"):
        handling.resume(floor, room(floor))
    floor.end_offer("o1", "declined", SOON)
    settle(floor, SOON)
    assert told(floor) == [("release", CALL, ""), ("agent_left", CALL, "accident")]
    assert handling.find(floor, CALL) is None


def test_a_blind_transfer_is_taken(floor: Floor) -> None:
    transfer(floor, BLIND)
    floor.accept("o1", SOON)
    assert handling.entrance(floor, "o1") == (CALL, TWO)
    assert stands(floor, "o1")[CONTACT] == TWO


def test_the_first_agent_leaves_before_the_second_has_answered(floor: Floor) -> None:
    transfer(floor, WARM)
    told(floor)
    floor.agent_left(CALL, "finished", AT)
    assert (told(floor), stands(floor)[CONTACT]) == ([], Seat(held=True))
    floor.accept("o1", SOON)
    assert (serving(floor), stands(floor, "o1")[CONTACT]) == (["bob"], TWO)


def test_the_second_agent_leaves_again(floor: Floor) -> None:
    transfer(floor, WARM)
    floor.accept("o1", SOON)
    told(floor)
    floor.agent_left("o1", "accident", LATER)
    assert (told(floor), serving(floor)) == ([], ["ann"])
    assert stands(floor) == {CONTACT: TWO, CALL: TWO}
    assert floor.agents["bob"].presence == "away"


@pytest.mark.parametrize("wanted", [WARM, BLIND, OUTSIDE])
@pytest.mark.parametrize("taken", [True, False])
def test_the_contact_leaves(floor: Floor, wanted: Wanted, taken: bool) -> None:  # noqa: FBT001  whether somebody came
    transfer(floor, wanted)
    offer = next(each.id for each in floor.open_offers)
    if taken:
        floor.accept(offer, SOON)
    floor.leave("c", LATER)
    settle(floor, LATER)
    assert (floor.queue, floor.open_offers, serving(floor)) == ((), [], [])
    assert not any(agent.assignment for agent in floor.agents.values())
    assert {task.kind for task in floor.tasks} <= {"ring", "arrange", "release", "end_ring"}
    assert offer in {task.id for task in floor.tasks if task.kind in {"release", "end_ring"}}


def test_somebody_outside_comes_or_does_not(floor: Floor) -> None:
    transfer(floor, OUTSIDE)
    assert told(floor) == []
    settle(floor, AT + timedelta(seconds=31))
    assert told(floor) == [("end_ring", "t", "")]
    assert stands(floor) == {CONTACT: TWO, CALL: TWO}
    assert floor.accept("t", LATER) != "accepted"
    transfer(floor, replace(OUTSIDE, name="u", purpose="add"))
    assert floor.accept("u", SOON) == floor.accept("u", SOON) == "accepted"
    assert serving(floor) == ["ann", ""]
    assert stands(floor) == {CONTACT: LOOSE, CALL: LOOSE, "u": LOOSE}


def test_a_group_waits_for_its_turn_but_not_for_ever(floor: Floor) -> None:
    floor.choose("bob", "away", AT)
    transfer(floor, Wanted("t", "warm", ring_group="g"))
    assert ([each.id for each in floor.queue], floor.open_offers) == (["t"], [])
    settle(floor, AT + handling.GROUP_WITHIN)
    assert (floor.queue, stands(floor)[CONTACT]) == ((), TWO)
    assert told(floor) == []


@pytest.mark.parametrize("wanted", [WARM, OUTSIDE, replace(WARM, purpose="add")])
def test_a_transfer_is_called_off(floor: Floor, wanted: Wanted) -> None:
    transfer(floor, wanted)
    handling.cancel(floor, CALL, room(floor), SOON)
    assert (floor.queue, floor.open_offers) == ((), [])
    assert stands(floor) == {CONTACT: TWO, CALL: TWO}
    with pytest.raises(NotNow, match="no transfer"):
        handling.cancel(floor, CALL, room(floor), SOON)


def test_the_contact_comes_back_before_somebody_has_answered(floor: Floor) -> None:
    transfer(floor, WARM)
    handling.resume(floor, room(floor))
    assert (room(floor).purpose, stands(floor)[CONTACT]) == ("add", LOOSE)
    floor.accept("o1", SOON)
    assert set(stands(floor).values()) == {LOOSE}


@pytest.mark.parametrize(
    ("wanted", "error", "field"),
    [
        (Wanted("t", "warm", "zoe"), Wrong, "agent"),
        (Wanted("t", "warm", "ann"), NotNow, "agent"),
        (Wanted("t", "warm", "cy"), NotNow, "agent"),
        (Wanted("t", "warm", ring_group="none"), NotNow, "ring_group"),
    ],
)
def test_who_cannot_come_is_named(
    floor: Floor, wanted: Wanted, error: type[NotNow], field: str
) -> None:
    with pytest.raises(error) as caught:
        transfer(floor, wanted)
    assert (type(caught.value), caught.value.field) == (error, field)


def test_at_most_so_many_serve_one_contact(floor: Floor) -> None:
    for number in range(handling.MOST - 1):
        transfer(floor, Wanted(f"x{number}", "add"))
        with pytest.raises(NotNow, match="already"):
            transfer(floor, Wanted("y", "add"))
        with pytest.raises(NotNow, match="wait for it"):
            handling.hold(floor, room(floor))
        floor.accept(f"x{number}", SOON)
    with pytest.raises(NotNow, match="at most"):
        transfer(floor, Wanted("y", "add"))
    with pytest.raises(NotNow, match="others are there"):
        transfer(floor, Wanted("y", "warm"))


def test_a_supervisor_is_busy_and_ends_nothing(floor: Floor) -> None:
    watcher = Watcher("w", "bob", "whisper")
    assert handling.watch(floor, room(floor), watcher, AT) == "w"
    assert floor.agents["bob"].presence == "busy"
    assert stands(floor) == {CONTACT: TWO, CALL: TWO, "w": Seat(coaches=CALL)}
    assert told(floor) == []
    again = replace(watcher, leg="v", mode="listen")
    assert handling.watch(floor, room(floor), again, AT) == "w"
    assert stands(floor)["w"] == Seat(muted=True)
    with pytest.raises(NotNow, match="in a conversation"):
        handling.watch(floor, room(floor), Watcher("v", "ann", "listen"), AT)
    floor.unwatch("w", SOON)
    floor.unwatch("w", SOON)
    assert (room(floor).watchers, floor.agents["bob"].presence) == ((), "available")


def test_a_supervisor_goes_with_the_conversation(floor: Floor) -> None:
    handling.watch(floor, room(floor), Watcher("w", "bob", "barge"), AT)
    assert stands(floor)["w"] == LOOSE
    floor.agent_left(CALL, "finished", SOON)
    assert told(floor) == [("release", "w", ""), ("agent_left", CALL, "finished")]
    assert floor.agents["bob"].presence == "available"
    assert handling.watcher(floor, "w") is None


def test_who_serves_nobody_has_no_way_in(floor: Floor) -> None:
    assert handling.entrance(floor, CALL) == (CALL, TWO)
    assert (handling.find(floor, "x"), handling.entrance(floor, "x")) == (None, None)
    floor.agent_left(CALL, "finished", SOON)
    assert (handling.find(floor, CALL), handling.entrance(floor, CALL)) == (None, None)
