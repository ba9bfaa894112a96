"""A run is saved as one line of JSON, without what is private, and read back as it was."""

import json

import pytest

from flow.execution import FORMAT, Execution, Frame, UnreadableExecution


def _run() -> Execution:
    frame = Frame("m@1", "ask", {"tries_left": 1}, "2026-03-02T10:00:00+00:00", {"a": ["é"]}, {})
    frame.steps = {"pin": {"kept": True}}
    return Execution(
        id="run",
        flow="small",
        type="incoming_call",
        started="2026-03-02T10:00:00+00:00",
        status="waiting",
        frames=[Frame("", "enter"), frame],
        contact={"name": "Ann"},
        call={"from": "+1"},
        channel={"type": "voice"},
        private={"2": {"pin": {"digits": "987654321"}}},
        live=True,
        counter=4,
        turns=3,
        seq=9,
        hears="run.4",
        whisper="A gold customer",
        agent="ann",
        queue="support",
    )


def test_a_run_comes_back_as_it_was() -> None:
    run = _run()
    assert Execution.from_json(run.to_json(), run.private) == run


def test_the_private_part_is_not_written() -> None:
    run = _run()
    assert "987654321" not in run.to_json()
    assert Execution.from_json(run.to_json()).private == {}


def test_it_is_one_line_that_names_its_format() -> None:
    text = _run().to_json()
    assert "\n" not in text
    assert json.loads(text)["format"] == FORMAT


@pytest.mark.parametrize("found", [0, FORMAT + 1, None, "1"])
def test_another_format_is_refused_by_name(found: object) -> None:
    packed = json.loads(_run().to_json())
    packed["format"] = found
    with pytest.raises(UnreadableExecution, match=f"format {FORMAT} only"):
        Execution.from_json(json.dumps(packed))


def test_a_copy_may_be_changed() -> None:
    run = _run()
    saved = run.to_json()
    copy = run.copy()
    copy.frame.vars["a"] = 1
    copy.frame.steps["x"] = {}
    copy.frame.step = "other"
    copy.contact["name"] = "Bea"
    copy.call["to"] = "+2"
    copy.private.clear()
    copy.frames.pop()
    assert run.to_json() == saved
    assert run.private == {"2": {"pin": {"digits": "987654321"}}}


def test_a_waiting_step_s_private_state_is_kept_apart_from_its_result() -> None:
    run = _run()
    run.keep_private_state({"half": "98"})
    assert run.private_state == {"half": "98"}
    assert run.private["2"] == {"pin": {"digits": "987654321"}}
    run.keep_private_state({})
    assert run.private_state == {}
