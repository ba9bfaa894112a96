"""The engine's contract: what moves a run, what an exit brings, how failures are met."""

from datetime import timedelta
from typing import Literal

import pytest

from flow.component import Component, Finish, Leave, Need, Wait
from flow.context import Context
from flow.effects import StartTimer
from flow.engine import advance, begin
from flow.errors import StepError
from flow.events import (
    Continued,
    Digits,
    EffectDone,
    Event,
    HungUp,
    Silence,
    Speech,
    Started,
    TimerFired,
)
from flow.flow import Field, Flow
from flow.instructions import Apologise, Collect, Hangup, Say
from tests.flow.building import AT, flow_of, menu, new_run, started, step_of, through_json

LATER = AT + timedelta(seconds=5)


class Broken(Component):
    """A component with a bug, in whatever it is asked to do."""

    component: Literal["broken"] = "broken"
    where: str = "start"

    def start(self, context: Context) -> Wait:
        if self.where == "start":
            raise ZeroDivisionError
        return Wait(())

    def resume(self, context: Context, event: Event) -> Leave:
        raise KeyError("what the caller said")

    def hang_up(self, context: Context, event: HungUp) -> Leave | None:
        raise IndexError


class Keeper(Component):
    """Keeps a private value, while it waits and when it is left."""

    component: Literal["keeper"] = "keeper"
    EXITS = ("done",)

    def start(self, context: Context) -> Wait:
        return Wait((), {"seen": 1}, private={"half": "98"})

    def resume(self, context: Context, event: Event) -> Leave:
        whole = context.private_state["half"] + "7654321"
        return Leave("done", {"kept": True}, private={"digits": whole})


def test_a_walk_goes_on_to_the_first_question() -> None:
    flow = flow_of({"hello": step_of("play", {"done": "ask"}, message="Hello."), "ask": menu()})
    step = started(flow)
    assert [type(part) for part in step.instructions] == [Say, Collect]
    assert step.execution.status == "waiting"
    assert [(entry.path, entry.exit) for entry in step.history] == [("hello", "done")]


def test_the_execution_that_was_given_stays_as_it_was() -> None:
    flow = flow_of(
        {
            "ask": menu({"one": "set"}),
            "set": step_of("set_variables", {"done": "ask"}, values={"n": "{{ steps.ask.exit }}"}),
        },
        variables={"n": "string"},
    )
    before = started(flow).execution
    saved = before.to_json()
    after = advance(flow, before, Digits(LATER, "1")).execution
    assert before.to_json() == saved
    assert after.frame.vars == {"n": "one"}


def test_history_says_when_a_step_was_entered_and_left() -> None:
    flow = flow_of({"ask": menu({"one": "end"}), "end": step_of("end")})
    step = advance(flow, through_json(started(flow).execution), Digits(LATER, "1"))
    ask, end = step.history
    assert (ask.seq, ask.path, ask.component, ask.exit) == (1, "ask", "menu", "one")
    assert (ask.entered, ask.left) == (AT, LATER)
    assert (end.seq, end.exit, end.entered, end.left) == (2, "", LATER, LATER)


def test_begin_refuses_inputs_that_do_not_fit() -> None:
    flow = flow_of({"end": step_of("end")}, inputs={"n": Field("integer", required=True)})
    with pytest.raises(StepError, match=r"inputs\.n is required"):
        begin(flow, new_run(), {}, AT)
    with pytest.raises(StepError, match="has no input 'm'"):
        begin(flow, new_run(), {"n": 1, "m": 2}, AT)
    with pytest.raises(StepError, match=r"inputs\.n must be an integer"):
        begin(flow, new_run(), {"n": "x"}, AT)


@pytest.mark.parametrize(
    "event",
    [
        Started(LATER),
        EffectDone(LATER, "run.1", "success"),
        EffectDone(LATER, "", "success"),
        TimerFired(LATER, "run.1"),
        TimerFired(LATER, ""),
    ],
    ids=str,
)
def test_what_a_waiting_question_does_not_concern_changes_nothing(event: Event) -> None:
    flow = flow_of({"ask": menu({"one": "ask"})})
    before = started(flow).execution
    step = advance(flow, before, event)
    assert not step.moved
    assert step.execution is before
    assert step.instructions == ()


@pytest.mark.parametrize(
    "event",
    [
        EffectDone(LATER, "run.0", "success"),
        EffectDone(LATER, "", "success"),
        TimerFired(LATER, "run.2"),
        Digits(LATER, "1"),
        Continued(LATER),
    ],
    ids=str,
)
def test_a_walk_that_awaits_an_effect_is_moved_by_that_effect_alone(event: Event) -> None:
    flow = flow_of({"ask": step_of("http_request", url="https://example.com/")})
    assert not advance(flow, started(flow).execution, event).moved


def test_the_answer_of_an_effect_counts_once() -> None:
    flow = flow_of(
        {"ask": step_of("http_request", {"success": "menu"}, url="https://a.bc/"), "menu": menu()}
    )
    done = EffectDone(LATER, "run.1", "success")
    moved = advance(flow, started(flow).execution, done)
    assert moved.moved
    assert not advance(flow, moved.execution, done).moved


def test_nothing_moves_a_run_that_has_ended_or_not_begun() -> None:
    flow = flow_of({"end": step_of("end")})
    ended = started(flow).execution
    for event in (Digits(LATER, "1"), HungUp(LATER), Started(LATER)):
        assert not advance(flow, ended, event).moved
    assert not advance(flow, new_run(), Digits(LATER, "1")).moved


def test_hanging_up_ends_the_run_and_says_where() -> None:
    flow = flow_of({"ask": menu()})
    step = advance(flow, started(flow).execution, HungUp(LATER))
    run = step.execution
    assert (run.status, run.outcome, run.live) == ("ended", "hung_up", False)
    assert [(entry.path, entry.exit) for entry in step.history] == [("ask", "")]


@pytest.mark.parametrize(
    "waiting",
    [
        menu(),
        step_of("http_request", url="https://example.com/"),
        step_of("lookup_contact", value="+1"),
        step_of("run_function", source="1"),
        step_of("wait", duration="10s"),
    ],
    ids=lambda component: component.component,
)
def test_a_caller_may_hang_up_wherever_the_walk_waits(waiting: Component) -> None:
    flow = flow_of({"it": waiting})
    step = advance(flow, through_json(started(flow).execution), HungUp(LATER))
    assert (step.execution.status, step.execution.awaits) == ("ended", "")
    assert not advance(flow, step.execution, EffectDone(LATER, "run.1", "success")).moved


def test_after_a_hang_up_a_second_one_means_nothing() -> None:
    flow = flow_of({"ask": step_of("wait", duration="1d")})
    run = started(flow, live=False).execution
    assert not advance(flow, run, HungUp(LATER)).moved


@pytest.mark.parametrize("where", ["start", "resume"])
def test_a_bug_in_a_component_leaves_by_the_error_exit(where: str) -> None:
    flow = flow_of({"bad": Broken(where=where, exits={"error": "ask"}), "ask": menu()})
    step = started(flow)
    if where == "resume":
        step = advance(flow, step.execution, Digits(LATER, "1"))
    assert step.crash is not None
    assert step.execution.frame.step == "ask"
    assert "what the caller said" not in "".join(step.errors)
    assert "inside the server" in step.errors[0]


def test_a_bug_while_hanging_up_still_ends_the_run() -> None:
    flow = flow_of({"bad": Broken(where="hang_up")})
    step = advance(flow, started(flow).execution, HungUp(LATER))
    assert isinstance(step.crash, IndexError)
    assert step.execution.status == "ended"
    assert step.instructions == ()


def test_without_an_error_exit_the_caller_hears_the_apology_in_the_flows_language() -> None:
    flow = flow_of({"bad": Broken()}, language="{{ vars.lang | default: 'fr-FR' }}", variables={})
    step = started(flow)
    assert step.instructions == (Apologise("fr-FR"),)
    assert (step.execution.status, step.execution.outcome) == ("ended", "error")


def test_the_apology_survives_a_language_that_does_not_render() -> None:
    flow = flow_of({"bad": Broken()}, language="{{ 1 | divided_by: 0 }}")
    assert started(flow).instructions == (Apologise("en-US"),)


def test_nobody_hears_an_apology_without_a_call() -> None:
    assert started(flow_of({"bad": Broken()}), live=False).instructions == ()


def test_save_sets_variables_of_the_declared_type() -> None:
    ask = menu({"one": "ask"}, save={"n": "{{ result.selection }}", "loose": "{{ result.exit }}"})
    flow = flow_of({"ask": ask}, variables={"n": "integer"})
    step = advance(flow, started(flow).execution, Digits(LATER, "1"))
    assert step.execution.frame.vars == {"n": 1, "loose": "one"}


def test_a_saved_value_that_does_not_fit_fails_the_step() -> None:
    ask = menu({"one": "end", "error": "ask"}, save={"n": "{{ result.exit }}"})
    flow = flow_of({"ask": ask, "end": step_of("end")}, variables={"n": "integer"})
    step = advance(flow, started(flow).execution, Digits(LATER, "1"))
    assert step.errors == ["ask: save: vars.n must be an integer"]
    assert [(entry.exit, entry.error) for entry in step.history] == [
        ("error", "save: vars.n must be an integer")
    ]
    assert step.execution.frame.vars == {"n": None}


def test_an_optional_exit_ends_the_flow_and_hangs_up() -> None:
    class Optional(Component):
        """Leaves by an exit that may stay unconnected."""

        component: Literal["optional"] = "optional"
        OPTIONAL = ("done",)

        def start(self, context: Context) -> Leave:
            return Leave("done")

    step = started(flow_of({"it": Optional()}))
    assert step.instructions == (Hangup(),)
    assert (step.execution.outcome, step.errors) == ("completed", [])


def test_an_exit_that_leads_nowhere_is_recorded() -> None:
    flow = flow_of({"ask": menu()})
    step = advance(flow, started(flow).execution, Digits(LATER, "2"))
    assert step.errors == ["ask: its exit 'two' leads nowhere"]
    assert step.instructions == (Apologise("en-US"),)


def test_a_voice_step_without_a_call_ends_the_run() -> None:
    flow = flow_of({"hello": step_of("play", message="Hello.")})
    run = started(flow, live=False).execution
    assert (run.status, run.outcome) == ("ended", "hung_up")


def test_private_values_are_for_templates_alone() -> None:
    flow = flow_of(
        {
            "pin": Keeper(exits={"done": "check"}),
            "check": step_of(
                "condition",
                {"right": "ask", "no_match": "pin"},
                branches=[
                    {
                        "exit": "right",
                        "when": [
                            {"value": "{{ steps.pin.digits }}", "op": "equals", "to": "987654321"}
                        ],
                    }
                ],
            ),
            "ask": menu(),
        }
    )
    waiting = started(flow).execution
    assert "98" not in waiting.to_json()
    step = advance(flow, through_json(waiting), Digits(LATER, "1"))
    assert step.execution.frame.step == "ask"
    assert step.execution.private == {"1": {"pin": {"digits": "987654321"}}}
    assert "987654321" not in step.execution.to_json() + repr(step.history)
    ended = advance(flow, through_json(step.execution), HungUp(LATER)).execution
    assert ended.private == {}


def test_a_secret_does_not_leave_its_module() -> None:
    steps = {"pin": Keeper(exits={"done": "back"}), "back": step_of("return", exit="ok")}
    outputs = {"pin": "{{ steps.pin.digits }}", "kept": "{{ steps.pin.kept }}"}
    module = flow_of(steps, slug="m", type="module", outputs=outputs, exits=("ok",))
    enter = step_of("run_module", {"ok": "ask"}, module="m", outputs={"pin": "pin", "kept": "kept"})
    flow = flow_of({"enter": enter, "ask": menu()}).with_modules({"m@latest": module})
    step = advance(flow, through_json(started(flow).execution), Silence(LATER))
    assert step.execution.frame.steps["enter"] == {"pin": None, "kept": True}
    assert step.execution.private == {}
    assert "987654321" not in repr(step)


def test_a_module_sees_its_own_names_only() -> None:
    module = flow_of(
        {
            "say": step_of(
                "play", {"done": "back"}, message="[{{ vars.a }}{{ steps.ask.exit }}{{ inputs.a }}]"
            ),
            "back": step_of("return", exit="ok"),
        },
        slug="m",
        type="module",
        inputs={"a": Field()},
        exits=("ok",),
    )
    enter = step_of("run_module", {"ok": "ask"}, module="m", inputs={"a": "{{ vars.a }}"})
    flow = flow_of(
        {
            "set": step_of("set_variables", {"done": "enter"}, values={"a": "x"}),
            "enter": enter,
            "ask": menu({"one": "set"}),
        }
    ).with_modules({"m@latest": module})
    step = started(flow)
    said = [part for part in step.instructions if isinstance(part, Say)]
    assert [part.text for part in said] == ["[x]"]


def test_time_of_the_operator_counts_where_the_flow_names_no_zone() -> None:
    rules = [{"exit": "open", "from": "19:00", "to": "19:01"}]
    flow = flow_of(
        {
            "it": step_of("time_rules", {"open": "ask", "no_match": "it"}, rules=rules),
            "ask": menu(),
        },
        timezone="",
    )
    step = begin(flow, new_run(), {}, AT, "Asia/Tokyo")
    assert step.execution.frame.step == "ask"


def test_speech_and_silence_move_a_question() -> None:
    flow = flow_of({"ask": menu({"one": "ask", "timeout": "ask"}, tries=1)})
    run = started(flow).execution
    assert advance(flow, run, Speech(LATER, "number ONE!", 0.8)).history[0].exit == "one"
    assert advance(flow, run, Silence(LATER)).history[0].exit == "timeout"


def test_effects_are_numbered_through_the_run() -> None:
    class Timer(Component):
        """Starts a timer and ends."""

        component: Literal["timer"] = "timer"

        def start(self, context: Context) -> Need:
            return Need(StartTimer(context.effect_id(), context.at))

        def resume(self, context: Context, event: Event) -> Leave | Finish:
            return Leave("done") if self.exits else Finish("completed")

    flow: Flow = flow_of({"a": Timer(exits={"done": "b"}), "b": Timer()})
    first = started(flow, live=False)
    second = advance(flow, first.execution, TimerFired(LATER, "run.1"))
    assert [step.execution.awaits for step in (first, second)] == ["run.1", "run.2"]
    last = advance(flow, second.execution, TimerFired(LATER, "run.2"))
    assert last.execution.outcome == "completed"
