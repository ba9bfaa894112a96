"""A waiting step's private state: sealed, given back, and gone with the step."""

from flow.execution import Execution, Frame


def _run() -> Execution:
    run = Execution("run", "f", "incoming_call", "2026-03-02T10:00:00+00:00")
    run.frames = [Frame("", "outer"), Frame("m@1", "inner")]
    return run


def test_it_belongs_to_the_step_that_waits() -> None:
    run = _run()
    run.keep_private_state({"digits": "8351"})
    assert run.private_state == {"digits": "8351"}
    run.frames.pop()
    assert run.private_state == {}


def test_it_is_in_the_private_part_alone() -> None:
    run = _run()
    run.keep_private_state({"digits": "8351"})
    assert "8351" not in run.to_json()
    again = Execution.from_json(run.to_json(), run.private)
    assert again.private_state == {"digits": "8351"}


def test_it_is_replaced_as_a_whole() -> None:
    run = _run()
    run.keep_private_state({"digits": "8351", "more": 1})
    run.keep_private_state({"digits": "1"})
    assert run.private_state == {"digits": "1"}
    run.keep_private_state({})
    assert (run.private_state, run.private) == ({}, {})


def test_a_copy_forgets_it_alone() -> None:
    run = _run()
    run.keep_private_state({"digits": "8351"})
    run.copy().keep_private_state({})
    assert run.private_state == {"digits": "8351"}
