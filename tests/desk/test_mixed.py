"""Thousands of random days with calls and messages: capacity, order, nobody lost or doubled."""

import os
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.agents import CHOICES, Agent
from desk.queue import Waiting
from desk.texts import Whom
from desk.weights import Weights
from desk.who import Who
from tests.desk.floor import START
from tests.desk.mixed import Mixed

GROUPS = ("sales", "support")
WHOS = (
    Who(ring_groups=("support",)),
    Who(ring_groups=("sales", "support")),
    Who(agents=("a0", "a1")),
    Who(agents=("nobody",)),
)
CHANNELS = ("voice", "chat", "chat", "whatsapp", "sms", "email")
EVENTS = ("answer", "answer", "decline", "take", "close", "close", "transfer", "leave", "choose")

staffs = st.lists(
    st.tuples(
        st.sets(st.sampled_from(GROUPS)),
        st.sampled_from(["available", "available", "away", "offline"]),
        st.sampled_from([100, 100, 60, 150, 0]),
    ),
    min_size=1,
    max_size=5,
)
arrivals = st.tuples(st.just("arrive"), st.integers(0, 3), st.sampled_from(CHANNELS), st.booleans())
others = st.tuples(
    st.sampled_from((*EVENTS, "time")), st.integers(0, 50), st.integers(0, 50), st.just(0)
)
schedules = st.lists(st.one_of(arrivals, others, others), min_size=5, max_size=60)


def _staff(given_: list[Any]) -> dict[str, Agent]:
    return {
        f"a{n}": Agent(
            f"a{n}",
            f"A{n}",
            f"client:a{n}",
            tuple(sorted(groups)),
            presence=presence,
            then="available" if presence == "available" else "away",
            since=START,
            capacity=capacity,
        )
        for n, (groups, presence, capacity) in enumerate(given_)
    }


def _arrive(day: Mixed, who: int, channel: str, inbox: Any) -> None:
    name = f"c{len(day.came)}"
    is_call = channel == "voice"
    contact = Waiting(
        name,
        WHOS[who],
        day.at,
        kind="call" if is_call else "message",
        weight=Weights().of(channel),
        conversation="" if is_call else f"m{name}",
        inbox=bool(inbox) and not is_call,
    )
    day.arrive(contact)


def _happen(day: Mixed, kind: str, first: int, second: int) -> None:
    agent = f"a{first % len(day.agents)}"
    served = day.served()
    written = sorted(each.conversation for each in served if each.conversation)
    lies = [each.conversation for each in day.real.queue if each.conversation]
    match kind:
        case "answer" | "decline":
            day.answer(first, accepts=kind == "answer")
        case "take" if lies:
            _take_twice(day, agent, lies[second % len(lies)])
        case "close" if served:
            day.close(served[second % len(served)])
        case "transfer" if written or lies:
            names = [*written, *lies]
            whom = Whom(agent=agent) if first % 2 else Whom(ring_group=GROUPS[second % 2])
            day.transfer(names[second % len(names)], whom)
        case "leave" if day.came:
            day.leave(day.came[first % len(day.came)])
        case "choose":
            day.choose(agent, CHOICES[second % len(CHOICES)])
        case _:
            day.pass_time(first)


def _take_twice(day: Mixed, agent: str, conversation: str) -> None:
    """Two agents take one conversation at one moment: one has it at the most."""
    rival = next((name for name in day.agents if name != agent), "")
    took = day.take(agent, conversation)
    held = [each.agent for each in day.served() if each.conversation == conversation]
    assert not took or held == [agent]
    if took and rival:
        assert not day.take(rival, conversation)


def _check_day(staff: list[Any], schedule: list[Any]) -> None:
    day = Mixed(_staff(staff))
    for kind, first, second, more in schedule:
        if kind == "arrive":
            _arrive(day, first, second, more)
        else:
            _happen(day, kind, first, second)
    _close(day)


def _close(day: Mixed) -> None:
    """In the end everybody is served whom an agent can serve at all."""
    for agent in day.agents:
        day.choose(agent, "available")
    for _ in range(8 * len(day.came) + 8):
        day.answer(0, accepts=True)
        for each in day.served():
            day.close(each)
        for waiting in day.real.queue:
            if waiting.inbox:
                for agent in day.agents:
                    day.take(agent, waiting.conversation)
        day.pass_time(30)
    assert day.real.queue == ()
    assert day.served() == []


@settings(max_examples=150, deadline=None)
@given(staffs, schedules)
def test_a_day_keeps_to_capacity_and_order_and_loses_nobody(
    staff: list[Any], schedule: list[Any]
) -> None:
    _check_day(staff, schedule)


PART = 300
PARTS = 50 if os.environ.get("LINEWALK_LONG") else 4


@pytest.mark.parametrize("part", range(PARTS))
def test_thousands_of_days_keep_to_capacity_and_order(part: int) -> None:
    """As above without shrinking, which makes a day much cheaper."""
    for seed in range(part * PART, (part + 1) * PART):
        chance = random.Random(seed)  # noqa: S311  repeatable schedules, no secrets
        staff = [
            (
                set(chance.sample(GROUPS, chance.randint(0, 2))),
                chance.choice(["available", "available", "away", "offline"]),
                chance.choice([100, 100, 60, 150, 0]),
            )
            for _ in range(chance.randint(1, 5))
        ]
        _check_day(staff, [_event(chance) for _ in range(chance.randint(5, 40))])


def _event(chance: random.Random) -> Any:
    if chance.random() < 1 / 3:
        return "arrive", chance.randint(0, 3), chance.choice(CHANNELS), chance.random() < 1 / 3
    return chance.choice((*EVENTS, "time")), chance.randint(0, 50), chance.randint(0, 50), 0
