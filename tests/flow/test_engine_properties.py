"""Any events against any small flow: always an answer, the same one with and without saving."""

import json
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from flow import values
from flow.component import Component, Place
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
    Recorded,
    Silence,
    Speech,
    Started,
    TimerFired,
)
from flow.flow import Flow
from flow.hearing import heard_waiting
from flow.step import Step
from tests.flow.building import AT, flow_of, menu, started, step_of, through_json

NAMES = ("a", "b", "c", "d")
TEXTS = st.sampled_from(
    [
        "Hi {{ contact.name }}",
        "{{ vars.n | plus: 1 }}",
        "{{ 1 | divided_by: 0 }}",
        "{{ steps.a.exit }}",
    ]
)


def _exits(*names: str) -> st.SearchStrategy[dict[str, str]]:
    return st.dictionaries(st.sampled_from([*names, "error"]), st.sampled_from(NAMES))


def _step(component: str, exits: tuple[str, ...], **fields: Any) -> st.SearchStrategy[Component]:
    return st.builds(
        lambda exits, given: step_of(component, exits, **given),
        _exits(*exits),
        st.fixed_dictionaries(fields),
    )


BRANCH = {"exit": "yes", "when": [{"value": "{{ vars.n }}", "op": "greater_than", "to": 1}]}
QUEUE = {
    "ring_groups": st.sampled_from([["a"], ["{{ vars.n }}"]]),
    "messages": st.just([{"message": "{{ steps.a.position }}", "every": "20s"}]),
    "keys": st.sampled_from([{}, {"1": "out"}]),
    "max_wait": st.sampled_from(["30s", None]),
}
MODULE = st.sampled_from(["inner", "gone"])
STEPS: st.SearchStrategy[Component] = st.one_of(
    _step("play", ("done",), message=TEXTS),
    st.builds(menu, _exits("one", "two", "invalid", "timeout"), tries=st.integers(1, 2)),
    _step("condition", ("yes", "no_match"), branches=st.just([BRANCH])),
    _step("set_variables", ("done",), values=st.fixed_dictionaries({"n": TEXTS})),
    _step("http_request", ("success", "failed"), url=TEXTS.map("https://example.com/{}".format)),
    _step("lookup_contact", ("found", "not_found"), by=st.sampled_from(["number", "id"])),
    _step("wait", ("done",), **{"for": st.sampled_from(["1s", "2d"])}),
    _step("split", ("x", "y"), branches=st.just([{"exit": "x"}, {"exit": "y", "weight": 3}])),
    _step("run_module", ("ok",), module=MODULE, outputs=st.just({"n": "n"})),
    _step("assign_and_dial", ("call_finished", "timeout", "no_answer", "out"), **QUEUE),
    _step("estimated_wait", ("known", "unknown"), ring_groups=st.just(["a"])),
    _step("end", ()),
)
INNER = {
    "ask": menu({"one": "back", "invalid": "back"}, save={"n": "{{ result.selection }}"}),
    "back": step_of("return", exit="ok"),
}
FLOWS: st.SearchStrategy[Flow] = st.fixed_dictionaries(dict.fromkeys(NAMES, STEPS)).map(
    lambda steps: flow_of(steps, variables={"n": "integer"}).with_modules(
        {
            "inner@latest": flow_of(
                INNER,
                slug="inner",
                type="module",
                outputs={"n": "{{ vars.n }}"},
                exits=("ok",),
            )
        }
    )
)

IDS = st.sampled_from(["run.1", "run.2", "run.3", "run.4"])
RESULTS = st.dictionaries(st.sampled_from(["id", "$kind", "json"]), st.text(max_size=3), max_size=2)
DONE = ["success", "found", "failed", "odd", "waiting", "waiting", "finished", "accident", "known"]
NEWS = {
    "assigned": {"assignment": "as-1", "agent": "ann", "name": "Ann", "wait_seconds": 3},
    "agent_left": {"how": "accident", "talk_seconds": 2},
    "timeout": {},
    "odd": {},
}
SECONDS = st.integers(0, 100_000).map(lambda seconds: AT + timedelta(seconds=seconds))
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(Started, SECONDS),
    st.builds(Digits, SECONDS, st.sampled_from(["1", "2", "9", ""])),
    st.builds(Speech, SECONDS, st.text(max_size=5), st.none() | st.floats(0, 1)),
    st.builds(Silence, SECONDS),
    st.builds(Continued, SECONDS),
    st.builds(Recorded, SECONDS, st.just("RE1"), st.integers(0, 9)),
    st.builds(DialEnded, SECONDS, st.sampled_from(["completed", "busy"])),
    st.builds(HungUp, SECONDS),
    st.builds(TimerFired, SECONDS, IDS),
    st.builds(EffectDone, SECONDS, IDS, st.sampled_from(DONE), RESULTS),
    st.builds(
        lambda at, order, word, last: News(at, order, word, NEWS[word], last=last),
        SECONDS,
        IDS,
        st.sampled_from(list(NEWS)),
        st.booleans(),
    ),
    st.builds(QueueLeft, SECONDS, st.sampled_from(["leave", "queue-full", "error"])),
    st.builds(PickedUp, SECONDS, IDS, RESULTS),
)


def _answer(step: Step, event: Event) -> Event:
    """Let an effect's answer be the awaited one, half of the time: else few walks go far."""
    awaited = step.execution.awaits
    if isinstance(event, EffectDone) and awaited and event.effect in ("run.1", "run.2"):
        return EffectDone(event.at, awaited, event.outcome, event.result)
    heard = step.execution.hears
    if isinstance(event, News) and heard and event.effect in ("run.1", "run.2"):
        return News(event.at, heard, event.word, event.result, last=event.last)
    return event


@settings(max_examples=200, deadline=None)
@given(flow=FLOWS, events=st.lists(EVENTS, max_size=12), live=st.booleans())
def test_saving_between_events_changes_nothing(
    flow: Flow, events: list[Event], *, live: bool
) -> None:
    kept = saved = started(flow, live=live, contact={"name": "Ann", "number": "+15550100002"})
    for event in events:
        event_now = _answer(kept, event)
        read_back = values.from_json(json.loads(json.dumps(values.to_json(event_now))))
        assert read_back == event_now
        kept = advance(flow, kept.execution, event_now)
        saved = advance(flow, through_json(saved.execution), read_back)
        _check_alike(kept, saved)
        _check_sound(kept)
        _check_waiting(flow, kept, saved)


def _check_alike(kept: Step, saved: Step) -> None:
    assert saved.instructions == kept.instructions
    assert saved.effects == kept.effects
    assert saved.history == kept.history
    assert saved.errors == kept.errors
    assert saved.moved == kept.moved
    assert json.loads(saved.execution.to_json()) == json.loads(kept.execution.to_json())
    assert saved.execution.private == kept.execution.private


def _check_sound(step: Step) -> None:
    run = step.execution
    assert step.crash is None, step.crash
    assert run.status in {"waiting", "ended"}
    assert run.outcome if run.status == "ended" else not run.outcome
    assert not (run.status == "ended" and (run.live or run.awaits or run.private))
    for part in (*step.instructions, *step.effects):
        assert values.from_json(json.loads(json.dumps(values.to_json(part)))) == part


def _check_waiting(flow: Flow, kept: Step, saved: Step) -> None:
    if kept.execution.hears and not kept.execution.awaits:
        place, run = Place(21, 3, 2, 90), through_json(saved.execution)
        heard = heard_waiting(flow, kept.execution, place, AT)
        assert heard_waiting(flow, run, place, AT) == heard
        assert run.to_json() == saved.execution.to_json()


@settings(max_examples=40, deadline=None)
@given(FLOWS, st.lists(EVENTS, max_size=8))
def test_the_same_events_bring_the_same_steps(flow: Flow, events: list[Event]) -> None:
    def walk() -> str:
        step = started(flow)
        seen = [repr(step)]
        for event in events:
            step = advance(flow, step.execution, event)
            seen.append(repr(step))
        return "\n".join(seen)

    assert walk() == walk()
