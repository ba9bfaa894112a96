from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from desk import queue
from desk.agents import Agent
from desk.queue import Fate, Ringing, Waiting
from desk.values import from_json, to_json
from desk.who import Roster, Who

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
SUPPORT, SALES, ANN = (
    Who(ring_groups=("support",)),
    Who(ring_groups=("sales",)),
    Who(agents=("ann",)),
)
ROSTER = Roster(
    (
        Agent("ann", "Ann", "client:ann", ("support",)),
        Agent("bob", "Bob", "client:bob", ("support",)),
        Agent("cy", "Cy", "client:cy", ("sales",)),
    )
)


def waiting(name: str, waited: float = 0, who: Who = SUPPORT, **more: Any) -> Waiting:
    return Waiting(name, who, AT - timedelta(seconds=waited), **more)


LINE = queue.ordered(
    [
        waiting("p5", 60),
        waiting("p1", 5, priority=1),
        waiting("sales", 70, SALES),
        waiting("ann", 50, ANN),
        waiting("back", 1, priority=9, returned=True),
        waiting("asleep", 55, not_before=AT + timedelta(hours=1)),
    ]
)


def test_accidents_then_priority_then_the_longest_wait() -> None:
    assert [w.id for w in LINE] == ["back", "p1", "sales", "p5", "asleep", "ann"]


@pytest.mark.parametrize(
    ("contact", "place"), [("back", 1), ("p1", 2), ("sales", 1), ("p5", 3), ("ann", 4)]
)
def test_the_position_counts_those_ahead_who_could_take_the_same_agents(
    contact: str, place: int
) -> None:
    one = next(w for w in LINE if w.id == contact)
    assert queue.position(LINE, one, ROSTER, AT) == place
    assert queue.position(queue.without(LINE, contact), one, ROSTER, AT) == place


def test_a_sleeping_callback_counts_again_when_it_wakes() -> None:
    one = next(w for w in LINE if w.id == "ann")
    assert queue.position(LINE, one, ROSTER, AT + timedelta(hours=2)) == 5


def test_a_contact_is_in_the_queue_once() -> None:
    again = waiting("p5", 60, priority=1)
    line = queue.with_contact(LINE, again)
    assert [w.id for w in line] == ["back", "p5", "p1", "sales", "asleep", "ann"]
    assert queue.without(queue.without(line, "p5"), "p5") == queue.without(LINE, "p5")


SINGLE = Ringing(at_once=2, attempts="single")


@pytest.mark.parametrize(
    ("contact", "offered", "exit_"),
    [
        (waiting("c"), 0, "wait"),
        (waiting("c", who=Who(agents=("zoe",))), 0, "no_match"),
        (waiting("c", who=ANN, excluded=("ann",)), 0, "no_match"),
        (waiting("c", deadline=AT), 0, "timeout"),
        (waiting("c", deadline=AT), 1, "timeout"),
        (waiting("c", deadline=AT + timedelta(seconds=1)), 0, "wait"),
        (waiting("c", tried=("ann",)), 0, "wait"),
        (waiting("c", tried=("ann", "bob")), 0, "no_answer"),
        (waiting("c", tried=("ann",), excluded=("bob",)), 0, "no_answer"),
        (waiting("c", tried=("ann",), ringing=SINGLE), 1, "wait"),
        (waiting("c", tried=("ann",), ringing=SINGLE), 0, "no_answer"),
        (waiting("c", ringing=SINGLE), 0, "wait"),
    ],
)
def test_a_contact_leaves_by_the_exit_that_fits(
    contact: Waiting, offered: int, exit_: Fate
) -> None:
    assert queue.fate(contact, ROSTER, offered, AT) == exit_
    expected = {} if exit_ == "wait" else {"c": exit_}
    assert queue.due((contact,), ROSTER, {"c": offered}, AT) == expected


def test_coming_back_keeps_the_age_and_starts_the_allowed_wait_anew() -> None:
    tired = waiting("c", 900, tried=("ann", "bob"), deadline=AT - timedelta(seconds=600))
    back = queue.put_back(tired, AT, 300)
    assert (back.entered, back.deadline) == (tired.entered, AT + timedelta(seconds=300))
    assert queue.fate(back, ROSTER, 0, AT) == "wait"
    assert queue.put_back(tired, AT, None).deadline is None


def test_one_timer_is_enough_for_a_queue() -> None:
    soon = AT + timedelta(seconds=5)
    line = (waiting("a", deadline=AT), waiting("b", deadline=soon + timedelta(1)), *LINE)
    assert queue.next_change(line, AT) == AT + timedelta(hours=1)
    assert queue.next_change((*line, waiting("d", not_before=soon)), AT) == soon
    assert queue.next_change((), AT) is None


def test_a_waiting_contact_survives_json() -> None:
    contact = waiting("c", 5, tried=("ann",), deadline=AT, ringing=SINGLE, returned=True)
    assert from_json(Waiting, to_json(contact)) == contact


@pytest.mark.parametrize("priority", [0, 11])
def test_a_priority_outside_the_scale_is_refused(priority: int) -> None:
    with pytest.raises(ValueError, match="1 to 10"):
        waiting("c", priority=priority)


@pytest.mark.parametrize("count", [0, 11])
def test_ten_at_once_are_the_most(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 10"):
        Ringing(at_once=count)
