from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.agents import CHOICES, Agent
from desk.presence import NotAllowed, choose, end_call, end_wrap_up, lose, start_call

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
LATER = AT + timedelta(seconds=30)
ANN = choose(Agent("ann", "Ann", "client:ann"), "available", AT)


def test_a_call_makes_busy_and_its_end_brings_back_what_was() -> None:
    serving = start_call(ANN, "c1", AT)
    assert (serving.presence, serving.assignment) == ("busy", "c1")
    free = end_call(serving, "c1", LATER)
    assert (free.presence, free.assignment, free.since) == ("available", "", LATER)
    assert free.last_call_ended == LATER
    away = start_call(choose(ANN, "away", AT), "c1", AT)
    assert end_call(away, "c1", LATER).presence == "away"


def test_after_call_work_ends_by_its_timer_and_not_before() -> None:
    working = end_call(start_call(ANN, "c1", AT), "c1", AT, wrap_up=30)
    assert (working.presence, working.wrap_up_until) == ("wrap_up", LATER)
    assert end_wrap_up(working, LATER - timedelta(seconds=1)) == working
    ready = end_wrap_up(working, LATER)
    assert (ready.presence, ready.wrap_up_until, ready.since) == ("available", None, LATER)
    assert end_wrap_up(ready, LATER) == ready


def test_after_call_work_can_be_ended_early_or_interrupted_by_a_call() -> None:
    working = end_call(start_call(ANN, "c1", AT), "c1", AT, wrap_up=30)
    early = choose(working, "available", AT)
    assert (early.presence, early.wrap_up_until) == ("available", None)
    again = start_call(working, "c2", AT)
    assert end_call(again, "c2", LATER).presence == "available"


def test_a_choice_during_a_call_counts_from_its_end() -> None:
    serving = choose(start_call(ANN, "c1", AT), "away", AT)
    assert (serving.presence, serving.then) == ("busy", "away")
    assert end_wrap_up(end_call(serving, "c1", AT, wrap_up=30), LATER).presence == "away"
    assert end_call(choose(serving, "offline", AT), "c1", AT, wrap_up=30).presence == "offline"


def test_a_lost_line_sets_not_ready_now_or_after_the_call() -> None:
    assert lose(ANN, AT).presence == "away"
    assert end_call(lose(start_call(ANN, "c1", AT), AT), "c1", LATER).presence == "away"
    offline = choose(ANN, "offline", AT)
    assert lose(offline, AT) == offline


def test_late_and_repeated_words_change_nothing() -> None:
    serving = start_call(ANN, "c1", AT)
    assert start_call(serving, "c1", LATER) == serving
    assert end_call(serving, "c0", LATER) == serving
    assert end_call(ANN, "c1", LATER) == ANN
    assert end_call(ANN, "", LATER) == ANN
    assert choose(ANN, "available", LATER) == ANN


def test_nobody_serves_two_and_no_unknown_presence_is_chosen() -> None:
    with pytest.raises(NotAllowed, match="serves c1"):
        start_call(start_call(ANN, "c1", AT), "c2", AT)
    for word in ("wrap_up", "asleep", ""):
        with pytest.raises(NotAllowed, match="choose one of available, away, busy, offline"):
            choose(ANN, word, AT)


words = st.sampled_from([*CHOICES, "call", "end", "timer", "lose"])


@given(st.lists(words, max_size=30))
def test_whoever_serves_is_busy_and_whoever_does_not_is_where_they_chose(
    happened: list[str],
) -> None:
    agent = ANN
    for number, word in enumerate(happened):
        at = AT + timedelta(seconds=number)
        if word == "call" and not agent.assignment:
            agent = start_call(agent, "c", at)
        elif word == "end":
            agent = end_call(agent, "c", at, wrap_up=3)
        elif word == "timer":
            agent = end_wrap_up(agent, at)
        elif word == "lose":
            agent = lose(agent, at)
        elif word != "call":
            agent = choose(agent, word, at)
        assert not agent.assignment or agent.presence == "busy"
        assert (agent.wrap_up_until is not None) == (agent.presence == "wrap_up")
        assert agent.presence in ("busy", "wrap_up", agent.then)
