"""Any events against flows with queues: saved between any two, and no order is lost or kept."""

import json
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from flow import values
from flow.component import Component, Place
from flow.effects import Drop, EnterQueue
from flow.engine import advance
from flow.events import (
    Continued,
    DialEnded,
    Digits,
    EffectDone,
    Event,
    HungUp,
    News,
    PickedUp,
    QueueLeft,
)
from flow.flow import Flow
from flow.hearing import heard_waiting
from flow.step import Step
from tests.flow.building import AT, flow_of, menu, started, step_of, through_json

NAMES = st.sampled_from(["queue", "ask", "again"])
EXITS = ("call_finished", "no_match", "timeout", "no_answer", "out", "error")
MESSAGES = [{"message": "{{ steps.queue.position }} {{ steps.again.agent }}", "every": "20s"}]


def _queue() -> st.SearchStrategy[Component]:
    fields = st.fixed_dictionaries(
        {
            "ring_groups": st.sampled_from([["a"], ["{{ steps.queue.agent }}"]]),
            "messages": st.sampled_from([[], MESSAGES]),
            "keys": st.sampled_from([{}, {"1": "out"}]),
            "max_wait": st.sampled_from(["30s", None]),
        }
    )
    exits = st.dictionaries(st.sampled_from(EXITS), NAMES, min_size=2)
    return st.builds(lambda to, given: step_of("assign_and_dial", to, **given), exits, fields)


def _flow(steps: dict[str, Component], *, inside: bool) -> Flow:
    if not inside:
        return flow_of(steps)
    module = flow_of(steps, slug="m", type="module")
    return flow_of({"enter": step_of("run_module", module="m")}).with_modules({"m@latest": module})


FLOWS = st.builds(
    lambda one, two, inside: _flow(
        {"queue": one, "again": two, "ask": menu({"one": "queue", "two": "again"})}, inside=inside
    ),
    _queue(),
    _queue(),
    st.booleans(),
)

ANN = {"assignment": "as-1", "agent": "ann", "name": "Ann", "wait_seconds": 3}
TOLD: dict[str, dict[str, Any]] = {
    "assigned": ANN,
    "agent_left": {"how": "accident"},
    "timeout": {},
    "odd": {},
}
# The answer or order that is waited for stands as "": most events shall mean something.
LATE = st.sampled_from(["", "", "", "run.1", "run.2", "run.9"])
NEXT: st.SearchStrategy[Event] = st.one_of(
    st.builds(EffectDone, st.just(AT), LATE, st.just("waiting")),
    st.builds(News, st.just(AT), LATE, st.just("assigned"), st.just(ANN)),
    st.builds(DialEnded, st.just(AT), st.just("completed")),
    st.builds(
        EffectDone, st.just(AT), LATE, st.sampled_from(["accident", "finished", "no_match", "odd"])
    ),
    st.builds(
        lambda order, word, last: News(
            AT, order, word, TOLD[word], last=last and word != "assigned"
        ),
        LATE,
        st.sampled_from(list(TOLD)),
        st.booleans(),
    ),
    st.builds(Digits, st.just(AT), st.sampled_from(["1", "2", ""])),
    st.builds(QueueLeft, st.just(AT), st.sampled_from(["leave", "queue-full"])),
    st.builds(PickedUp, st.just(AT), LATE),
    st.just(Continued(AT)),
    st.just(HungUp(AT)),
)


@st.composite
def walks(draw: st.DrawFn) -> list[Event]:
    """Draw events: the usual ones of a queue in their order, with others thrown in."""
    usual: list[Event] = [
        EffectDone(AT, "", "waiting"),
        News(AT, "", "assigned", ANN),
        DialEnded(AT, "completed", 9),
        EffectDone(AT, "", draw(st.sampled_from(["finished", "accident"])), {"talk_seconds": 9}),
    ]
    events = [event for event in usual * 2 if draw(st.integers(0, 9))]
    for event in draw(st.lists(NEXT, max_size=5)):
        events.insert(draw(st.integers(0, len(events))), event)
    return events


def _now(step: Step, event: Event, number: int) -> Event:
    """Give an event its time, and the id that is waited for where it names none."""
    run, at = step.execution, AT + timedelta(seconds=number)
    given: dict[str, Any] = {"at": at}
    if isinstance(event, EffectDone) and not event.effect:
        given["effect"] = run.awaits or "run.0"
    if isinstance(event, News | PickedUp) and not event.effect:
        given["effect"] = run.hears or "run.0"
    return type(event)(**{**_fields(event), **given})


def _fields(event: Event) -> dict[str, Any]:
    return {name: getattr(event, name) for name in type(event).__dataclass_fields__}


@settings(max_examples=300, deadline=None)
@given(flow=FLOWS, events=walks())
def test_saving_between_events_changes_nothing(flow: Flow, events: list[Event]) -> None:
    kept = saved = started(flow)
    for number, event in enumerate(events):
        told = _now(kept, event, number)
        read = values.from_json(json.loads(json.dumps(values.to_json(told))))
        kept = advance(flow, kept.execution, told)
        saved = advance(flow, through_json(saved.execution), read)
        assert kept.crash is None, kept.crash
        assert (saved.moved, saved.instructions) == (kept.moved, kept.instructions)
        assert (saved.effects, saved.history) == (kept.effects, kept.history)
        assert json.loads(saved.execution.to_json()) == json.loads(kept.execution.to_json())
        _check_heard(flow, kept, saved)


def _check_heard(flow: Flow, kept: Step, saved: Step) -> None:
    place, run = Place(21, 3, 2, 90), through_json(saved.execution)
    heard = heard_waiting(flow, kept.execution, place, AT)
    assert heard_waiting(flow, run, place, AT) == heard
    assert run.to_json() == saved.execution.to_json()
    assert values.from_json(json.loads(json.dumps(values.to_json(heard)))) == list(heard)


@settings(max_examples=300, deadline=None)
@given(flow=FLOWS, events=walks())
def test_an_order_is_heard_until_it_is_over_or_dropped_once(
    flow: Flow, events: list[Event]
) -> None:
    step = started(flow)
    over = _check_orders(step, set())
    for number, event in enumerate(events):
        told, before = _now(step, event, number), step.execution
        step = advance(flow, before, told)
        last = isinstance(told, News) and told.last and step.moved
        over |= {before.hears} if last else set()
        over = _check_orders(step, over)
        # What was heard before is heard still, or was over, or was dropped in this very step.
        assert before.hears in {"", step.execution.hears, *over}


def _check_orders(step: Step, over: set[str]) -> set[str]:
    """Look at the orders of one step; give all that are over."""
    run = step.execution
    dropped = [effect.order for effect in step.effects if isinstance(effect, Drop)]
    entered = [effect.id for effect in step.effects if isinstance(effect, EnterQueue)]
    assert len(set(dropped)) == len(dropped)
    assert not over & {*dropped, *entered}
    over = over | set(dropped)
    assert run.hears not in over
    assert not (run.status == "ended" and run.hears)
    return over
