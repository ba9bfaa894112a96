"""A step that is come back to: what it promised is kept while another branch is walked."""

from datetime import timedelta
from typing import Any, ClassVar, Literal

import pytest

from flow.component import Component, Leave, Outcome, Wait
from flow.context import Context
from flow.effects import Drop, PlaceCall
from flow.engine import advance
from flow.events import Digits, Event, HungUp, News, PickedUp
from flow.flow import Flow
from flow.instructions import Apologise, Hangup
from flow.limits import TURNS_PER_EXECUTION
from flow.step import Step
from tests.flow.building import AT, flow_of, menu, started, step_of, through_json

LATER = AT + timedelta(seconds=5)
KEY = Digits(LATER, "1")
GONE = Digits(LATER, "2")


class Promising(Component):
    """Promises a call, walks on, and comes back to hear of it."""

    EXITS: ClassVar[tuple[str, ...]] = ("promised", "kept", "busy")
    OPTIONAL: ClassVar[tuple[str, ...]] = ("kept",)
    FALLBACK: ClassVar[str] = "busy"
    WAITS: ClassVar[bool] = True

    component: Literal["promising"] = "promising"

    def start(self, context: Context) -> Leave:
        order = PlaceCall(context.effect_id(), "+15550100009", "+15550100001")
        told = {"order": order.id}
        return Leave("promised", told, orders=(order,), later=told, hears=order.id)

    def resume(self, context: Context, event: Event) -> Outcome:
        match event:
            case PickedUp(call=call):
                changes = {"live": True, "call": dict(call)}
                return Wait((), {**context.state, "up": 1}, changes=changes)
            case Digits():
                return Leave("kept", context.state)
            case _:
                return Leave("busy", context.state)


def promising(steps: dict[str, Component] | None = None, **fields: Any) -> Flow:
    """A flow that promises, asks (1 goes on to the end, 2 comes to `other`), and comes back."""
    given = {"it": Promising(exits={"promised": "ask", "busy": "note", "kept": "end"}, **fields)}
    rest: dict[str, Component] = {
        "ask": menu({"one": "end", "two": "other"}),
        "other": step_of("hang_up", {"done": "note"}),
        "note": step_of("set_variables", {"done": "end"}, values={"n": "noted"}),
        "end": step_of("end"),
    }
    return flow_of({**given, **rest, **(steps or {})}, variables={"n": "string"})


def on(flow: Flow, step: Step, *events: Event) -> Step:
    """Go on from a saved run, event by event."""
    for event in events:
        step = advance(flow, through_json(step.execution), event)
    return step


def test_the_branch_is_walked_while_the_order_waits() -> None:
    step = started(promising())
    assert step.effects == [PlaceCall("run.1", "+15550100009", "+15550100001")]
    run = through_json(step.execution)
    assert (run.frame.step, run.hears, run.live) == ("ask", "", True)
    assert run.later == {"step": "it", "state": {"order": "run.1"}, "hears": "run.1"}


@pytest.mark.parametrize("event", [KEY, GONE, HungUp(LATER)], ids=["end", "hang_up", "hang-up"])
def test_however_the_branch_ends_the_run_waits_in_the_step_again(event: Event) -> None:
    flow = promising()
    back = on(flow, started(flow), event)
    run = back.execution
    assert (run.status, run.outcome, run.live, run.awaits) == ("waiting", "", False, "")
    assert (run.frame.step, run.frame.state, run.hears) == ("it", {"order": "run.1"}, "run.1")
    assert run.later == {}
    assert run.frame.entered == LATER.isoformat()
    assert not [effect for effect in back.effects if isinstance(effect, Drop)]


def test_the_apology_of_a_branch_is_heard_and_the_promise_stands() -> None:
    flow = promising({"ask": menu({"two": "other"})})
    back = on(flow, started(flow), KEY)
    assert back.instructions == (Apologise("en-US"),)
    assert back.errors == ["ask: its exit 'one' leads nowhere"]
    assert (back.execution.status, back.execution.hears) == ("waiting", "run.1")


def test_a_branch_that_loops_ends_too() -> None:
    loop = step_of("set_variables", {"done": "other"}, values={"n": "x"})
    flow = promising({"other": loop})
    back = on(flow, started(flow), GONE)
    assert (back.execution.status, back.execution.hears) == ("waiting", "run.1")


def test_only_a_run_that_is_too_long_breaks_its_promise() -> None:
    flow = promising()
    step = started(flow)
    step.execution.turns = TURNS_PER_EXECUTION
    ended = on(flow, step, KEY)
    assert (ended.execution.status, ended.execution.outcome) == ("ended", "limit")
    assert (ended.effects, ended.execution.later) == ([Drop("run.1")], {})


def test_the_step_is_told_and_goes_on() -> None:
    flow = promising()
    back = on(flow, started(flow), KEY)
    busy = on(flow, back, News(LATER, "run.1", "busy", last=True))
    assert [f"{entry.path}:{entry.exit}" for entry in busy.history] == [
        "it:busy",
        "note:done",
        "end:",
    ]
    assert (busy.execution.outcome, busy.effects) == ("completed", [])
    up = on(flow, back, PickedUp(LATER, "run.1", {"sid": "CA2"}))
    assert (up.execution.live, up.execution.call) == (True, {"sid": "CA2"})
    kept = on(flow, up, KEY)
    assert (kept.instructions, kept.execution.status) == ((Hangup(),), "ended")
    assert kept.execution.frame.steps["it"] == {"order": "run.1", "up": 1}


def test_news_that_come_too_early_mean_nothing_yet() -> None:
    flow = promising()
    step = started(flow)
    for early in (News(LATER, "run.1", "busy", last=True), PickedUp(LATER, "run.1")):
        assert not on(flow, step, early).moved


def test_the_end_of_the_first_call_does_not_end_the_second() -> None:
    flow = promising()
    step = started(flow, call={"sid": "CA1"})
    up = on(flow, step, KEY, PickedUp(LATER, "run.1", {"sid": "CA2"}))
    assert not on(flow, up, HungUp(LATER, call="CA1")).moved
    for own in ("CA2", ""):
        assert on(flow, up, HungUp(LATER, call=own)).execution.outcome == "hung_up"


def test_a_second_promise_replaces_the_first() -> None:
    flow = promising({"ask": menu({"one": "it", "two": "other"})})
    step = started(flow)
    again = on(flow, step, KEY)
    assert again.effects == [PlaceCall("run.2", "+15550100009", "+15550100001"), Drop("run.1")]
    assert again.execution.later["hears"] == "run.2"
    assert on(flow, again, GONE).execution.hears == "run.2"


def test_a_promise_whose_result_cannot_be_saved_is_none() -> None:
    flow = promising(save={"n": "{{ 1 | divided_by: 0 }}"})
    step = started(flow)
    assert (step.execution.status, step.execution.later) == ("ended", {})
    assert step.errors[0].startswith("it: save: ")
    assert [type(effect) for effect in step.effects] == [PlaceCall, Drop]


def test_a_branch_inside_a_module_ends_outside() -> None:
    module = flow_of({"in": menu()}, slug="m", type="module")
    enter = step_of("run_module", module="m")
    flow = promising({"ask": enter}).with_modules({"m@latest": module})
    step = started(flow)
    assert len(step.execution.frames) == 2
    back = on(flow, step, HungUp(LATER))
    assert [frame.step for frame in back.execution.frames] == ["it"]
    assert on(flow, back, News(LATER, "run.1", "busy", last=True)).execution.outcome == "completed"


def test_what_is_sealed_of_the_flow_stays_and_of_the_branch_goes() -> None:
    pin = step_of("collect_digits", {"collected": "it"}, message="?", max=4, secret=True)
    flow = promising()
    flow = flow_of({"pin": pin, **flow.steps}, variables={"n": "string"})
    back = on(flow, started(flow), Digits(LATER, "1234"), KEY)
    assert back.execution.frame.step == "it"
    assert back.execution.private == {"1": {"pin": {"digits": "1234"}}}
    told = on(flow, back, News(LATER, "run.1", "busy", last=True))
    assert told.execution.private == {}


def test_the_next_call_has_no_recording_and_a_day_of_its_own() -> None:
    flow = promising()
    step = started(flow, recording="on")
    back = on(flow, step, KEY)
    assert back.execution.recording == "off"
    days = timedelta(days=3)
    up = on(flow, back, PickedUp(AT + days, "run.1", {"sid": "CA2"}))
    soon = on(flow, up, Digits(AT + days + timedelta(hours=1), "1"))
    assert soon.execution.outcome == "completed"
    late = on(flow, up, Digits(AT + days + timedelta(hours=25), "1"))
    assert late.execution.outcome == "limit"


def test_a_call_that_came_in_has_its_day_from_the_start() -> None:
    flow = promising()
    late = on(flow, started(flow), Digits(AT + timedelta(hours=25), "1"))
    assert late.execution.outcome == "limit"
