"""Thousands of random days in the contact centre: nobody is lost, doubled or overlooked."""

import os
import random
from collections.abc import Callable
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.agents import CHOICES, Agent
from desk.queue import Attempts, Order, Ringing, Waiting
from desk.who import Skill, Who
from tests.desk.floor import START, Floor

WHOS = (
    Who(ring_groups=("support",)),
    Who(ring_groups=("sales", "support")),
    Who(agents=("a1", "a3")),
    Who(attributes=(Skill("french", 50),)),
    Who(attributes=(Skill("french", 30), Skill("german", 30)), match="any"),
    Who(agents=("nobody",)),
)

HAPPENINGS = (
    "accept",
    "accept",
    "accept twice",
    "decline",
    "time",
    "line",
    "choose",
    "end",
    "leave",
)

agents = st.builds(
    lambda groups, french, german, presence: (tuple(groups), french, german, presence),
    st.sets(st.sampled_from(["sales", "support"])),
    st.integers(0, 100),
    st.integers(0, 100),
    st.sampled_from(["available", "available", "away", "offline"]),
)
ringings = st.builds(
    Ringing,
    at_once=st.integers(1, 3),
    seconds=st.sampled_from([3.0, 10.0]),
    attempts=st.sampled_from(["single", "exhaust"]),
    order=st.sampled_from(["most_idle", "most_proficient"]),
    status=st.sampled_from(["available", "available", "any"]),
)
arrivals = st.tuples(
    st.just("arrive"), st.sampled_from(WHOS), st.sampled_from([1, 5, 5, 10]), ringings
)
happenings = st.tuples(
    st.sampled_from(HAPPENINGS),
    st.integers(0, 50),
    st.integers(0, 50),
)
schedules = st.lists(st.one_of(arrivals, happenings, happenings), min_size=5, max_size=60)
staffs = st.lists(agents, min_size=1, max_size=6)


def _staff(given_: list[Any]) -> dict[str, Agent]:
    return {
        f"a{n}": Agent(
            f"a{n}",
            f"A{n}",
            f"client:a{n}",
            groups,
            {"french": french, "german": german},
            presence=presence,
            then="available" if presence == "available" else "away",
            since=START,
        )
        for n, (groups, french, german, presence) in enumerate(given_)
    }


def _pick(things: list[Any], number: int) -> Any:
    return things[number % len(things)] if things else None


def _accept(floor: Floor, first: int, second: int) -> None:
    offer = _pick(list(floor.offers.values()), first)
    if offer:
        was_open = offer.is_open
        answer = floor.accept(offer.id)
        assert (answer == "accepted") == (was_open or offer.state == "accepted")


def _accept_twice(floor: Floor, first: int, second: int) -> None:
    """Two agents rung for one contact accept at one moment."""
    offer = _pick(floor.open_offers, first)
    if not offer:
        return
    rivals = [o for o in floor.open_offers if o.contact == offer.contact and o.id != offer.id]
    assert floor.accept(offer.id) == "accepted"
    assert [floor.accept(rival.id) for rival in rivals] == ["taken"] * len(rivals)
    assert floor.accept(offer.id) == "accepted"


def _decline(floor: Floor, first: int, second: int) -> None:
    if offer := _pick(list(floor.offers.values()), first):
        floor.decline(offer.id)


def _agent(event: Callable[[Floor, str], None]) -> Callable[[Floor, int, int], None]:
    return lambda floor, first, second: event(floor, _pick(list(floor.agents), first))


def _leave(floor: Floor, first: int, second: int) -> None:
    if contact := _pick(list(floor.contacts), first):
        floor.leave(contact)


EVENTS: dict[str, Callable[[Floor, int, int], None]] = {
    "accept": _accept,
    "accept twice": _accept_twice,
    "decline": _decline,
    "time": lambda floor, first, second: floor.pass_time(first),
    "line": _agent(Floor.lose_line),
    "choose": lambda floor, first, second: floor.choose(
        _pick(list(floor.agents), first), _pick(list(CHOICES), second)
    ),
    "end": _agent(Floor.end_call),
    "leave": _leave,
}


def _walk(floor: Floor, schedule: list[Any]) -> None:
    for kind, *rest in schedule:
        if kind == "arrive":
            who, priority, ringing = rest
            name = f"c{len(floor.contacts)}"
            floor.arrive(Waiting(name, who, START, priority, ringing=ringing))
        else:
            EVENTS[kind](floor, *rest)


@settings(max_examples=150, deadline=None)
@given(staffs, schedules, st.sampled_from([0, 7]), st.sampled_from([None, 40.0]))
def test_a_day_loses_doubles_and_overlooks_nobody(
    staff: list[Any], schedule: list[Any], wrap_up: float, max_wait: float | None
) -> None:
    _check_day(staff, schedule, wrap_up, max_wait)


PART = 500
PARTS = 100 if os.environ.get("LINEWALK_LONG") else 4


@pytest.mark.parametrize("part", range(PARTS))
def test_thousands_of_days_lose_double_and_overlook_nobody(part: int) -> None:
    """As above without shrinking, which makes a day five times cheaper."""
    for seed in range(part * PART, (part + 1) * PART):
        chance = random.Random(seed)  # noqa: S311  repeatable schedules, no secrets
        staff = [_random_agent(chance) for _ in range(chance.randint(1, 6))]
        schedule = [_random_event(chance) for _ in range(chance.randint(5, 40))]
        _check_day(staff, schedule, chance.choice([0, 7]), chance.choice([None, 40.0]))


def _random_agent(chance: random.Random) -> Any:
    groups = chance.sample(["sales", "support"], chance.randint(0, 2))
    presence = chance.choice(["available", "available", "away", "offline"])
    return groups, chance.randint(0, 100), chance.randint(0, 100), presence


def _random_event(chance: random.Random) -> Any:
    if chance.random() < 1 / 3:
        ringing = Ringing(
            chance.randint(1, 3),
            chance.choice([3, 10]),
            chance.choice(get_args(Attempts)),
            chance.choice(get_args(Order)),
            chance.choice(["available", "available", "any"]),
        )
        return "arrive", chance.choice(WHOS), chance.choice([1, 5, 5, 10]), ringing
    return chance.choice(HAPPENINGS), chance.randint(0, 50), chance.randint(0, 50)


def _check_day(
    staff: list[Any], schedule: list[Any], wrap_up: float, max_wait: float | None
) -> None:
    floor = Floor(_staff(staff), wrap_up=wrap_up, max_wait=max_wait)
    _walk(floor, schedule)
    _check_attempts(floor)
    _close(floor)


def _check_attempts(floor: Floor) -> None:
    """A contact who left unanswered was rung as its step says; nobody who exists is no match."""
    for contact, why in floor.gone.items():
        waiting = floor.contacts[contact]
        meant = {agent.id for agent in floor.roster.matching(waiting.who)}
        assert (why == "no_match") == (not meant)
        mine = [offer for offer in floor.offers.values() if offer.contact == contact]
        if why != "no_answer" or any(offer.state == "accepted" for offer in mine):
            continue
        vain = [offer.agent for offer in mine if offer.state in ("declined", "expired")]
        assert len(vain) == len(set(vain))
        if waiting.ringing.attempts == "single":
            assert 1 <= len(vain) <= waiting.ringing.at_once
        else:
            assert set(vain) == meant


def _close(floor: Floor) -> None:
    """Everybody gets served when all agents come to work and accept whatever they are offered."""
    for agent in floor.agents:
        floor.choose(agent, "available")
    rounds = 6 * len(floor.contacts) + 6
    while (floor.queue or floor.served) and rounds:
        rounds -= 1
        for offer in floor.open_offers:
            floor.accept(offer.id)
        for agent in list(floor.agents):
            floor.end_call(agent)
        floor.pass_time(8)
    assert floor.queue == ()
    assert floor.served == {}
    assert floor.open_offers == []
    assert sorted(floor.gone) == sorted(floor.contacts)
