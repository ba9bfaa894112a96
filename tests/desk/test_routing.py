import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk import offers, queue
from desk.agents import Agent
from desk.queue import Order, Ringing, Waiting
from desk.routing import Ring, agents_for, contact_for, plan
from desk.who import Roster, Skill, Who

AT = datetime.fromisoformat("2026-11-23T09:00:00+00:00")
SUPPORT = Who(ring_groups=("support",))


def agent(name: str, idle: float = 0, **more: Any) -> Agent:
    given_ = {"ring_groups": ("support",), "presence": "available", **more}
    return Agent(name, name, f"client:{name}", since=AT - timedelta(seconds=idle), **given_)


def waiting(name: str, waited: float = 0, **more: Any) -> Waiting:
    who = more.pop("who", SUPPORT)
    return Waiting(name, who, AT - timedelta(seconds=waited), **more)


def rung(rings: tuple[Ring, ...]) -> list[tuple[str, str]]:
    return [(ring.contact, ring.agent) for ring in rings]


@pytest.mark.parametrize(
    ("order", "best"),
    [("most_idle", ["bob", "ann", "cy"]), ("most_proficient", ["cy", "bob", "ann"])],
)
def test_agents_are_rung_the_longest_idle_or_the_best_first(order: Order, best: list[str]) -> None:
    roster = Roster(
        (
            agent("ann", 10, attributes={"french": 60}),
            agent("bob", 30, attributes={"french": 60}),
            agent("cy", 5, attributes={"french": 90}),
        )
    )
    who = Who(attributes=(Skill("french", 50),))
    contact = waiting("c", who=who, ringing=Ringing(at_once=3, order=order))
    assert [ring.agent for ring in agents_for(contact, roster, (), 0, AT)] == best
    assert [ring.agent for ring in plan((contact,), roster, (), AT)] == best


def test_a_call_that_ended_lately_makes_an_agent_less_idle() -> None:
    roster = Roster(
        (agent("ann", 100, last_call_ended=AT - timedelta(seconds=5)), agent("bob", 50))
    )
    assert rung(plan((waiting("c"),), roster, (), AT)) == [("c", "bob")]


def test_a_freed_agent_gets_the_oldest_waiting_of_the_most_urgent() -> None:
    line = queue.ordered(
        [
            waiting("young", 10, priority=1),
            waiting("old", 20, priority=1),
            waiting("oldest", 900, priority=2),
            waiting("foreign", 999, priority=1, who=Who(ring_groups=("sales",))),
        ]
    )
    assert contact_for(agent("ann"), line, {}, AT) == Ring("old", "ann", 20)
    assert contact_for(agent("ann"), line, {"old": 1}, AT) == Ring("young", "ann", 20)
    assert contact_for(agent("ann", presence="away"), line, {}, AT) is None


def test_who_comes_back_after_an_accident_is_served_before_the_most_urgent() -> None:
    back = queue.put_back(waiting("back", 50, priority=10, tried=("ann",)), AT, 300)
    line = queue.ordered([waiting("urgent", 900, priority=1), back])
    assert contact_for(agent("ann"), line, {}, AT) == Ring("back", "ann", 20)
    assert back.entered == AT - timedelta(seconds=50)


def test_any_status_rings_who_is_away_but_never_who_serves_or_is_rung() -> None:
    roster = Roster(
        (
            agent("away", presence="away"),
            agent("busy", presence="busy", assignment="x"),
            agent("rung", presence="available"),
            agent("working", presence="wrap_up"),
        )
    )
    contact = waiting("c", ringing=Ringing(at_once=10, status="any"))
    open_offer = offers.make("o", "other", "rung", AT, 20)
    assert rung(plan((contact,), roster, (open_offer,), AT)) == [("c", "away"), ("c", "working")]


def test_a_single_attempt_rings_no_more_than_so_many_and_exhaust_goes_on() -> None:
    roster = Roster(tuple(agent(name) for name in "abcde"))
    single, exhaust = Ringing(2, attempts="single"), Ringing(2, attempts="exhaust")
    for ringing, more in ((single, 0), (exhaust, 2)):
        contact = waiting("c", ringing=ringing, tried=("a", "b"))
        assert len(plan((contact,), roster, (), AT)) == more
    half = waiting("c", ringing=Ringing(at_once=2, attempts="single"), tried=("a",))
    open_offer = offers.make("o", "c", "b", AT, 20)
    assert plan((half,), roster, (open_offer,), AT) == ()


def test_who_sleeps_or_is_over_time_rings_nobody_and_blocks_nobody() -> None:
    later = AT + timedelta(seconds=1)
    line = queue.ordered(
        [waiting("asleep", 90, not_before=later), waiting("late", 80, deadline=AT), waiting("c", 1)]
    )
    roster = Roster((agent("ann"),))
    assert rung(plan(line, roster, (), AT)) == [("c", "ann")]
    assert rung(plan(line, roster, (), later)) == [("asleep", "ann")]


presences = st.sampled_from(["available", "available", "away"])
people = st.lists(st.tuples(presences, st.integers(0, 50)), min_size=1, max_size=8)
contacts = st.lists(
    st.tuples(st.integers(1, 3), st.integers(1, 3), st.sets(st.integers(0, 7)), st.integers(0, 9)),
    max_size=8,
)


@settings(max_examples=500, deadline=None)
@given(people, contacts)
def test_the_short_ways_decide_as_the_whole_plan_does(
    staff: list[tuple[Any, int]], line: list[tuple[int, int, set[int], int]]
) -> None:
    agents = tuple(agent(f"a{n}", idle, presence=word) for n, (word, idle) in enumerate(staff))
    crowd = queue.ordered(
        waiting(
            f"c{n}",
            waited,
            priority=priority,
            ringing=Ringing(at_once=at_once),
            tried=tuple(f"a{number}" for number in sorted(tried)),
        )
        for n, (priority, at_once, tried, waited) in enumerate(line)
    )
    for one in agents:
        found = contact_for(one, crowd, {}, AT)
        assert plan(crowd, Roster((one,)), (), AT) == ((found,) if found else ())
    for contact in crowd:
        roster = Roster(agents)
        assert agents_for(contact, roster, (), 0, AT) == plan((contact,), roster, (), AT)


def _calls(work: Callable[[], object]) -> int:
    """Count the Python calls that a piece of work makes: a measure of effort without a clock."""
    count = 0

    def note(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def _crowd(contacts_: int, staff: int) -> Callable[[], object]:
    whos = [
        SUPPORT,
        Who(ring_groups=("sales", "support")),
        Who(attributes=(Skill("french", 30),)),
        Who(attributes=(Skill("french", 20), Skill("german", 20)), match="any"),
    ]
    agents = tuple(
        agent(
            f"a{n:03}",
            n,
            ring_groups=("support", "sales")[n % 2 : n % 2 + 1],
            attributes={"french": n % 100, "german": (n * 7) % 100},
        )
        for n in range(staff)
    )
    line = queue.ordered(
        waiting(f"c{n:04}", n, who=whos[n % 4], priority=1 + n % 10, tried=(f"a{n % staff:03}",))
        for n in range(contacts_)
    )
    return lambda: plan(line, Roster(agents), (), AT)


def test_the_work_grows_with_the_crowd_and_not_with_its_square() -> None:
    half, whole = _calls(_crowd(500, 250)), _calls(_crowd(1_000, 500))
    assert half * 1.5 < whole < half * 2.5
    assert whole < 1_000 * 500 / 10


def test_one_decision_for_a_freed_agent_looks_no_further_than_the_first_match() -> None:
    line = queue.ordered(waiting(f"c{n:04}", n) for n in range(1_000))
    assert _calls(lambda: contact_for(agent("ann"), line, {}, AT)) < 50
