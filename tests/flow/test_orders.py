"""Orders and their news: who hears them, and that what nobody hears any more is dropped once."""

from datetime import timedelta
from typing import Any, ClassVar, Literal

import pytest

from flow.component import Component, Enter, Finish, Leave, Need, Outcome, Wait
from flow.context import Context
from flow.effects import Drop, PlaceCall, StartTimer
from flow.engine import advance
from flow.errors import StepError
from flow.events import (
    Continued,
    Digits,
    EffectDone,
    Event,
    HungUp,
    News,
    PickedUp,
    Silence,
    Speech,
    TimerFired,
)
from flow.flow import Flow
from flow.instructions import Hangup
from flow.limits import TURNS_PER_EXECUTION
from flow.step import Step
from tests.flow.building import AT, flow_of, menu, started, step_of, through_json

LATER = AT + timedelta(seconds=5)
LAST = News(LATER, "run.1", "busy", last=True)
DROPPED = [Drop("run.1")]


def _said(words: str) -> Outcome:
    match words:
        case "finish":
            return Finish("enough", (Hangup(),))
        case "module":
            return Enter("m@1")
        case "bug":
            raise ZeroDivisionError
        case _:
            raise StepError("not understood")


class Ordering(Component):
    """Orders a call and listens; what it is told decides what it does."""

    EXITS: ClassVar[tuple[str, ...]] = ("done", "busy", "answered")
    OPTIONAL: ClassVar[tuple[str, ...]] = ("busy",)

    component: Literal["ordering"] = "ordering"

    def start(self, context: Context) -> Wait:
        order = PlaceCall(context.effect_id(), "+15550100009", "+15550100001")
        return Wait((), {"order": order.id}, orders=(order,), hears=order.id)

    def resume(self, context: Context, event: Event) -> Outcome:
        order = context.state["order"]
        match event:
            case Digits():
                return Leave("done")
            case Speech(text=said):
                return _said(said)
            case Silence():
                return Wait((), context.state)
            case Continued():
                return Need(StartTimer(context.effect_id(), context.at), context.state, hears=order)
            case TimerFired():
                return Wait((), context.state, hears=order)
            case PickedUp(call=call):
                return Leave("answered", changes={"live": True, "call": dict(call)})
            case News(word="ringing"):
                return Wait((), {**context.state, "rings": True}, hears=order)
            case _:
                return Leave("busy")


def ordering(**exits: str) -> tuple[Flow, Step]:
    """A flow whose first step has ordered a call, and where it stands."""
    flow = flow_of({"it": Ordering(exits={"done": "ask", **exits}), "ask": menu()})
    return flow, started(flow)


def on(flow: Flow, step: Step, event: Event) -> Step:
    """Go on from a saved run."""
    return advance(flow, through_json(step.execution), event)


def test_an_order_goes_out_and_the_step_hears_it() -> None:
    flow, step = ordering()
    assert step.effects == [PlaceCall("run.1", "+15550100009", "+15550100001")]
    run = through_json(step.execution)
    assert (run.hears, run.awaits, run.status) == ("run.1", "", "waiting")
    told = on(flow, step, News(LATER, "run.1", "ringing", {"rings": 1}))
    assert (told.moved, told.effects, told.execution.hears) == (True, [], "run.1")
    assert told.execution.frame.state == {"order": "run.1", "rings": True}


@pytest.mark.parametrize(
    ("event", "ended"),
    [
        (Digits(LATER, "1"), False),
        (Speech(LATER, "finish"), True),
        (Speech(LATER, "mumble"), True),
        (Speech(LATER, "bug"), True),
        (Silence(LATER), False),
        (HungUp(LATER), True),
        (News(LATER, "run.1", "busy"), True),
    ],
    ids=lambda given: str(getattr(given, "text", type(given).__name__)),
)
def test_however_the_step_is_left_the_order_is_dropped_once(event: Event, ended: bool) -> None:  # noqa: FBT001  a parametrized value
    flow, step = ordering()
    left = on(flow, step, event)
    assert left.effects == DROPPED
    assert left.execution.hears == ""
    assert (left.execution.status == "ended") is ended
    for late in (LAST, News(LATER, "run.1", "ringing"), HungUp(LATER), Digits(LATER, "1")):
        assert Drop("run.1") not in on(flow, left, late).effects


def test_by_the_error_exit_too() -> None:
    flow, step = ordering(error="ask")
    left = on(flow, step, Speech(LATER, "mumble"))
    assert (left.effects, left.execution.frame.step) == (DROPPED, "ask")


def test_when_the_run_has_become_too_old() -> None:
    flow, step = ordering()
    step.execution.turns = TURNS_PER_EXECUTION
    left = on(flow, step, Digits(LATER, "1"))
    assert (left.effects, left.execution.outcome) == (DROPPED, "limit")


@pytest.mark.parametrize("exits", [{"busy": "ask"}, {}], ids=["connected", "open"])
def test_after_the_last_news_nothing_is_dropped(exits: dict[str, str]) -> None:
    flow, step = ordering(**exits)
    left = on(flow, step, LAST)
    assert (left.moved, left.effects, left.execution.hears) == (True, [], "")


def test_nor_when_the_last_news_are_not_understood() -> None:
    class Deaf(Ordering):
        """Understands nothing."""

        def resume(self, context: Context, event: Event) -> Outcome:
            raise StepError("what?")

    flow = flow_of({"it": Deaf(exits={"error": "ask"}), "ask": menu()})
    assert on(flow, started(flow), LAST).effects == []


def test_a_late_word_for_a_step_already_left_changes_nothing() -> None:
    flow, step = ordering()
    left = on(flow, step, Digits(LATER, "1"))
    for late in (LAST, News(LATER, "run.1", "ringing"), PickedUp(LATER, "run.1")):
        told = on(flow, left, late)
        assert not told.moved
        assert told.execution.to_json() == left.execution.to_json()


@pytest.mark.parametrize("name", ["", "run.2", "run.0", "other"])
def test_news_of_something_else_change_nothing(name: str) -> None:
    flow, step = ordering()
    assert not on(flow, step, News(LATER, name, "busy", last=True)).moved
    assert not on(flow, step, PickedUp(LATER, name)).moved


def test_nobody_hears_news_who_ordered_nothing() -> None:
    flow = flow_of({"ask": menu()})
    assert not advance(flow, started(flow).execution, News(LATER, "", "busy", last=True)).moved


def test_news_wait_while_an_effect_is_awaited() -> None:
    flow, step = ordering(busy="ask")
    asking = on(flow, step, Continued(LATER))
    assert (asking.execution.awaits, asking.execution.hears) == ("run.2", "run.1")
    early = on(flow, asking, LAST)
    assert (early.moved, early.effects) == (False, [])
    assert not on(flow, asking, PickedUp(LATER, "run.1")).moved
    done = on(flow, early, TimerFired(LATER, "run.2"))
    assert (done.effects, done.execution.hears) == ([], "run.1")
    told = on(flow, done, LAST)
    assert (told.moved, told.effects, told.execution.frame.step) == (True, [], "ask")


def test_hanging_up_while_an_effect_is_awaited_drops_the_order() -> None:
    flow, step = ordering()
    asking = on(flow, step, Continued(LATER))
    assert on(flow, asking, HungUp(LATER)).effects == DROPPED


def test_who_picks_up_is_on_the_line_and_nothing_is_dropped() -> None:
    flow = flow_of({"it": Ordering(exits={"answered": "ask"}), "ask": menu()}, type="api_request")
    step = started(flow, live=False, type="api_request")
    assert step.execution.hears == "run.1"
    up = on(flow, step, PickedUp(LATER, "run.1", {"sid": "CA2", "to": "+15550100009"}))
    assert (up.effects, up.execution.live, up.execution.hears) == ([], True, "")
    assert up.execution.call == {"sid": "CA2", "to": "+15550100009"}
    assert not on(flow, up, PickedUp(LATER, "run.1")).moved


def test_nobody_picks_up_who_is_on_the_line() -> None:
    flow, step = ordering()
    assert step.execution.live
    assert not on(flow, step, PickedUp(LATER, "run.1")).moved


def test_a_walk_again_orders_anew_and_hears_only_the_new_order() -> None:
    flow, step = ordering(done="it")
    again = on(flow, step, Digits(LATER, "1"))
    assert [type(effect) for effect in again.effects] == [Drop, PlaceCall]
    assert again.execution.hears == "run.2"
    assert not on(flow, again, LAST).moved


def test_an_order_inside_a_module_is_dropped_when_the_caller_hangs_up() -> None:
    inner: dict[str, Any] = {
        "it": Ordering(exits={"done": "back"}),
        "back": step_of("return", exit="ok"),
    }
    module = flow_of(inner, slug="m", type="module", exits=("ok",))
    enter = step_of("run_module", {"ok": "ask"}, module="m")
    flow = flow_of({"enter": enter, "ask": menu()}).with_modules({"m@latest": module})
    step = started(flow)
    assert step.execution.hears == "run.1"
    assert on(flow, step, HungUp(LATER)).effects == DROPPED
    assert on(flow, step, Digits(LATER, "1")).effects == DROPPED


def test_an_effect_that_is_done_twice_changes_nothing() -> None:
    flow = flow_of(
        {
            "it": step_of("assign_and_dial", {"no_match": "ask"}, agents=["ann"]),
            "ask": menu(),
        }
    )
    waiting = on(flow, started(flow), EffectDone(LATER, "run.1", "waiting"))
    assert not on(flow, waiting, EffectDone(LATER, "run.1", "no_match")).moved


def test_a_step_that_enters_a_module_hears_its_order_no_more() -> None:
    inner: dict[str, Any] = {"ask": menu({"one": "ask"})}
    module = flow_of(inner, slug="m", type="module")
    flow = flow_of({"it": Ordering()}).with_modules({"m@1": module})
    entered = on(flow, started(flow), Speech(LATER, "module"))
    assert (entered.effects, entered.execution.hears) == (DROPPED, "")
    assert not on(flow, entered, LAST).moved
