"""An agent who waits for the contact: who hears of it, and that nobody waits for ever."""

from datetime import timedelta
from typing import Any, ClassVar, Literal

import pytest

from flow.component import Component, Leave, Need, Outcome, Wait
from flow.context import Context
from flow.effects import CheckDial, Drop
from flow.engine import advance, prepare
from flow.errors import StepError
from flow.events import Continued, Digits, EffectDone, Event, HungUp, News, PickedUp, Started
from flow.execution import Execution
from flow.flow import Flow
from flow.instructions import Hangup
from flow.step import Step
from tests.flow.building import AT, flow_of, menu, new_run, started, step_of, through_json

LATER = AT + timedelta(seconds=5)
LEFT = News(LATER, "run.agent", "agent_left", {"how": "finished"}, last=True)
PLACE = {"place": "run.agent", "room": "room-1"}


class Holding(Component):
    """Decides itself what becomes of the agent; keys say how it is left."""

    EXITS: ClassVar[tuple[str, ...]] = ("done",)
    HEARS_PLACE: ClassVar[bool] = True
    WAITS: ClassVar[bool] = True

    component: Literal["holding"] = "holding"

    def start(self, context: Context) -> Wait:
        return Wait((), changes=PLACE)

    def resume(self, context: Context, event: Event) -> Outcome:
        match event:
            case Digits(digits="1"):
                return Leave("done", orders=(Drop("run.agent", "busy"),), changes={"place": ""})
            case Digits(digits="2"):
                check = CheckDial(context.effect_id(), ())
                told = (Drop("run.agent", "busy"),)
                return Need(check, orders=told, changes={"place": ""})
            case Digits(digits="3"):
                return Leave("done")
            case News():
                return Leave("done", {"heard": event.word})
            case _:
                raise StepError("what?")


def holding() -> Flow:
    """A flow whose first step has found an agent."""
    return flow_of({"it": Holding(exits={"done": "ask", "error": "ask"}), "ask": menu()})


def on(flow: Flow, step: Step, event: Event) -> Step:
    """Go on from a saved run."""
    return advance(flow, through_json(step.execution), event)


def test_a_step_that_hears_the_place_is_told_that_the_agent_left() -> None:
    flow = holding()
    left = on(flow, started(flow), LEFT)
    assert left.execution.frame.steps["it"] == {"heard": "agent_left"}
    assert (left.effects, left.execution.place, left.execution.frame.step) == ([], "", "ask")


@pytest.mark.parametrize(
    ("event", "word"),
    [
        (Digits(LATER, "1"), "busy"),
        (Digits(LATER, "2"), "busy"),
        (Digits(LATER, "3"), ""),
        (Continued(LATER), ""),
        (HungUp(LATER), "hung_up"),
    ],
    ids=["dropped by the step", "while it needs more", "forgotten", "failed", "hung up"],
)
def test_however_such_a_step_is_left_the_agent_is_let_go_once(event: Event, word: str) -> None:
    flow = holding()
    left = on(flow, started(flow), event)
    assert [e for e in left.effects if isinstance(e, Drop)] == [Drop("run.agent", word)]
    assert left.execution.place == ""
    for late in (LEFT, HungUp(LATER), EffectDone(LATER, "run.1", "allowed")):
        assert not [e for e in on(flow, left, late).effects if isinstance(e, Drop)]


def test_any_other_step_ends_with_the_agent_who_waits() -> None:
    flow = flow_of({"ask": menu({"one": "end"}), "end": step_of("end")})
    step = started(flow, **PLACE)
    left = on(flow, step, LEFT)
    assert (left.execution.outcome, left.instructions, left.effects) == (
        "agent_left",
        (Hangup(),),
        [],
    )


@pytest.mark.parametrize("end", ["hang_up", "lost"])
def test_the_agent_goes_when_the_contact_is_hung_up(end: str) -> None:
    exits = {"one": "off"} if end == "hang_up" else {}
    flow = flow_of({"ask": menu(exits), "off": step_of("hang_up", {"done": "n"}), "n": menu()})
    left = on(flow, started(flow, **PLACE), Digits(LATER, "1"))
    assert [e.order for e in left.effects if isinstance(e, Drop)] == ["run.agent"]
    assert left.execution.place == ""


def outgoing(**given: Any) -> tuple[Flow, Execution]:
    """The flow of an agent's call before the contact has answered."""
    flow = flow_of(
        {"ask": menu({"one": "join"}), "join": step_of("connect_agent")}, type="outgoing_call"
    )
    fields = {"type": "outgoing_call", "live": False, "hears": "run.call", **PLACE, **given}
    return flow, prepare(flow, new_run(**fields), {}, AT)


def test_an_outgoing_run_has_not_begun_before_the_answer() -> None:
    _, run = outgoing()
    assert (run.turns, run.status, run.frame.step, run.frame.entered) == (0, "running", "ask", "")
    assert through_json(run).to_json() == run.to_json()


def test_the_contacts_answer_begins_it() -> None:
    flow, run = outgoing()
    up = advance(flow, through_json(run), PickedUp(LATER, "run.call", {"sid": "CA7"}))
    assert (up.execution.live, up.execution.call) == (True, {"sid": "CA7"})
    assert (up.execution.hears, up.execution.place) == ("", "run.agent")
    assert up.execution.picked_up == LATER.isoformat()
    assert (up.execution.frame.entered, len(up.instructions)) == (LATER.isoformat(), 1)
    assert not on(flow, up, Started(LATER)).moved
    assert not on(flow, up, PickedUp(LATER, "run.call")).moved


@pytest.mark.parametrize("word", ["busy", "no_answer", "failed", "invalid_number", "refused"])
def test_news_that_nobody_was_reached_end_it_and_the_agent_hears_why(word: str) -> None:
    flow, run = outgoing()
    over = advance(flow, through_json(run), News(LATER, "run.call", word, last=True))
    assert (over.execution.status, over.execution.outcome) == ("ended", word)
    assert (over.effects, over.instructions, over.history) == ([Drop("run.agent", word)], (), [])


def test_an_agent_who_leaves_before_the_answer_ends_it_and_the_call() -> None:
    flow, run = outgoing()
    over = advance(flow, through_json(run), LEFT)
    assert (over.execution.outcome, over.effects) == ("agent_left", [Drop("run.call")])


@pytest.mark.parametrize(
    "event",
    [
        HungUp(LATER),
        Digits(LATER, "1"),
        Continued(LATER),
        News(LATER, "", "busy", last=True),
        News(LATER, "run.9", "busy", last=True),
        PickedUp(LATER, "run.agent"),
        PickedUp(LATER, ""),
        EffectDone(LATER, "", "done"),
    ],
    ids=str,
)
def test_nothing_else_moves_a_run_that_has_not_begun(event: Event) -> None:
    flow, run = outgoing()
    still = advance(flow, run, event)
    assert (still.moved, still.execution.to_json()) == (False, run.to_json())


def test_nobody_presses_or_says_anything_who_is_not_on_the_line() -> None:
    flow = flow_of({"it": step_of("make_call", to="+15550100009")}, type="api_request")
    step = started(flow, live=False, type="api_request")
    allowed = {"targets": ["+15550100009"], "caller_id": ""}
    rings = on(flow, step, EffectDone(LATER, "run.1", "allowed", allowed))
    for event in (Digits(LATER, "1"), Continued(LATER), HungUp(LATER)):
        assert not on(flow, rings, event).moved
