"""A turn always comes back: loops, chains of failures, modules, long runs."""

from datetime import timedelta
from typing import Any

import pytest

from flow import limits
from flow.engine import advance
from flow.events import Digits, HungUp
from flow.instructions import Apologise, Collect, Say
from tests.flow.building import AT, flow_of, menu, new_run, started, step_of

SET: dict[str, Any] = {"values": {"n": 1}}


def test_a_hundred_steps_without_a_question_are_walked() -> None:
    count = limits.STEPS_PER_TURN - 1
    steps: dict[str, Any] = {
        f"s{i}": step_of("set_variables", {"done": f"s{i + 1}"}, **SET) for i in range(count)
    }
    step = started(flow_of({**steps, f"s{count}": menu()}))
    assert step.errors == []
    assert step.execution.status == "waiting"


def test_a_loop_that_never_waits_takes_the_error_exit() -> None:
    flow = flow_of(
        {
            "a": step_of("set_variables", {"done": "b", "error": "sorry"}, **SET),
            "b": step_of("set_variables", {"done": "a", "error": "sorry"}, **SET),
            "sorry": step_of("play", {"done": "end"}, message="Sorry."),
            "end": step_of("end"),
        }
    )
    step = started(flow)
    assert [type(part).__name__ for part in step.instructions] == ["Say", "Hangup"]
    assert step.errors == ["a: 100 steps without waiting: the flow loops"]
    assert step.execution.outcome == "completed"


def test_a_loop_whose_failures_lead_back_into_it_ends_in_the_apology() -> None:
    flow = flow_of({"a": step_of("set_variables", {"done": "a"}, **SET)})
    step = started(flow)
    assert step.instructions == (Apologise("en-US"),)
    assert (step.execution.status, step.execution.outcome) == ("ended", "loop")
    assert len(step.history) == limits.STEPS_PER_TURN + limits.ERROR_STEPS + 1


def test_a_loop_without_any_way_out_ends_in_the_apology() -> None:
    module = flow_of(
        {"again": step_of("run_module", {"never": "again"}, module="m")}, slug="m", type="module"
    )
    flow = flow_of({"in": step_of("run_module", module="m")}).with_modules({"m@latest": module})
    step = started(flow)
    assert step.instructions == (Apologise("en-US"),)
    assert f"more than {limits.MODULE_DEPTH} deep" in step.errors[0]
    assert len(step.execution.frames) == limits.MODULE_DEPTH + 1


def test_ten_modules_deep_is_allowed() -> None:
    modules = {}
    for depth in range(1, limits.MODULE_DEPTH + 1):
        inner = step_of("run_module", {"up": "back"}, module=f"m{depth + 1}")
        last = depth == limits.MODULE_DEPTH
        steps = {"back": step_of("return", exit="up")}
        steps = steps if last else {"in": inner, **steps}
        modules[f"m{depth}@latest"] = flow_of(steps, slug=f"m{depth}", type="module")
    enter = step_of("run_module", {"up": "ask"}, module="m1")
    flow = flow_of({"in": enter, "ask": menu()}).with_modules(modules)
    step = started(flow)
    assert step.errors == []
    assert step.execution.frame.step == "ask"


@pytest.mark.parametrize("exit_", ["error", "done"])
def test_a_chain_of_failing_steps_neither_overflows_nor_hangs(exit_: str) -> None:
    bad = {"message": "{{ 1 | divided_by: 0 }}"}
    count = limits.STEPS_PER_TURN - 1
    steps: dict[str, Any] = {
        f"s{i}": step_of("play", {exit_: f"s{i + 1}"}, **bad) for i in range(count)
    }
    step = started(flow_of({**steps, f"s{count}": menu()}))
    assert len(step.errors) == count
    assert isinstance(step.instructions[-1], Collect)


def test_a_failing_step_whose_error_exit_is_itself_ends() -> None:
    bad = step_of("play", {"error": "it", "done": "it"}, message="{{ 1 | divided_by: 0 }}")
    step = started(flow_of({"it": bad}))
    assert step.instructions == (Apologise("en-US"),)
    assert step.execution.outcome == "loop"


def test_a_thousand_turns_are_enough() -> None:
    flow = flow_of({"ask": menu({"one": "ask"})})
    run = started(flow).execution
    for _ in range(limits.TURNS_PER_EXECUTION - 1):
        run = advance(flow, run, Digits(AT, "1")).execution
    assert run.status == "waiting"
    step = advance(flow, run, Digits(AT, "1"))
    assert step.instructions == (Apologise("en-US"),)
    assert step.execution.outcome == "limit"
    assert advance(flow, run, HungUp(AT)).execution.outcome == "hung_up"


@pytest.mark.parametrize(
    ("type_", "age"),
    [("incoming_call", limits.VOICE_LIFETIME), ("incoming_message", limits.MESSAGE_LIFETIME)],
)
def test_a_run_has_its_lifetime(type_: str, age: timedelta) -> None:
    flow = flow_of({"ask": menu({"one": "ask"})}, type=type_)
    run = started(flow, type=type_).execution
    assert advance(flow, run, Digits(AT + age, "1")).execution.status == "waiting"
    late = advance(flow, run, Digits(AT + age + timedelta(seconds=1), "1"))
    assert (late.execution.status, late.execution.outcome) == ("ended", "limit")


def test_a_template_that_renders_too_much_fails_its_step_only() -> None:
    endless = "{% for i in (1..30000) %}xx{% endfor %}"
    flow = flow_of({"say": step_of("play", {"done": "ask"}, message=endless), "ask": menu()})
    step = started(flow)
    assert len(step.errors) == 1
    assert not [part for part in step.instructions if isinstance(part, Say)]
    assert step.execution.frame.step == "ask"


def test_what_a_run_was_when_it_began_is_not_touched() -> None:
    run = new_run()
    before = run.to_json()
    started(flow_of({"ask": menu()}))
    assert run.to_json() == before
