"""Every component of the palette keeps its contract, case by case (see README.md)."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from flow import values
from flow.components import PALETTE
from flow.engine import advance
from flow.events import HungUp
from flow.step import HistoryEntry
from tests.flow.components.case import FOLDER, Case, Turn, read_cases
from tests.flow.components.walk import Walked, flow_of, waiting_points, walk


def _all_cases() -> list[Any]:
    found: list[Any] = []
    for name in PALETTE:
        if (FOLDER / f"{name}.json").is_file():
            cases = read_cases(name).cases
            found += [pytest.param(name, case, id=f"{name}: {case.name}") for case in cases]
    return found


@pytest.mark.parametrize(("name", "case"), _all_cases())
def test_case(name: str, case: Case) -> None:
    walked = walk(case, name)
    for number, (turn, step) in enumerate(zip(case.turns, walked.steps, strict=True)):
        assert step.crash is None, step.crash
        assert step.moved == turn.moved, f"turn {number}"
        assert list(step.instructions) == values.from_json(turn.say), f"turn {number} says"
        assert step.effects == _effects(turn), f"turn {number} asks"
    _check_end(case, name, walked)
    _check_privacy(walked)


def _effects(turn: Turn) -> list[object]:
    found: list[object] = values.from_json(turn.effects)
    return found


def _check_end(case: Case, name: str, walked: Walked) -> None:
    left = [entry for entry in walked.history if entry.component == name]
    assert (left[-1].exit if left else None) == case.exit
    run = walked.execution
    if not case.error:
        assert walked.errors == ""
    assert case.error in walked.errors
    if case.exit is not None and not case.error:
        assert run.frames[0].steps.get("it", {}) == case.stores
    assert run.private.get("1", {}).get("it", {}) == case.private
    assert {key: run.frames[0].vars.get(key) for key in case.vars} == case.vars
    assert {key: getattr(run, key) for key in case.state} == case.state
    if case.history is not None:
        assert [f"{entry.path}:{entry.exit}" for entry in walked.history] == case.history


def _check_privacy(walked: Walked) -> None:
    for step in walked.steps:
        shown = step.execution.to_json() + repr(step.history)
        for steps in step.execution.private.values():
            for held in steps.values():
                hidden = [str(value) for value in held.values()]
                assert not [text for text in hidden if len(text) > 3 and text in shown]


@pytest.mark.parametrize(("name", "case"), _all_cases())
def test_saving_between_events_changes_nothing(name: str, case: Case) -> None:
    saved, kept = walk(case, name), walk(case, name, saved=False)
    assert [step.instructions for step in saved.steps] == [s.instructions for s in kept.steps]
    assert [step.effects for step in saved.steps] == [step.effects for step in kept.steps]
    assert json.loads(saved.execution.to_json()) == json.loads(kept.execution.to_json())
    assert saved.execution.private == kept.execution.private


@pytest.mark.parametrize(("name", "case"), _all_cases())
def test_hanging_up_while_it_waits_is_survived(name: str, case: Case) -> None:
    walked = walk(case, name)
    at = datetime.fromisoformat(case.at) + timedelta(hours=1)
    for execution in waiting_points(walked):
        step = advance(walked.flow, execution, HungUp(at))
        assert step.crash is None, step.crash
        assert step.moved
        assert not step.execution.live


@pytest.mark.parametrize("name", PALETTE)
def test_every_exit_is_taken_by_some_case(name: str) -> None:
    cases = read_cases(name).cases
    taken = {entry.exit for c in cases for e in [walk(c, name)] for entry in _of(e, name)}
    missing = set(PALETTE[name].EXITS) - taken
    assert not missing, f"no case leaves {name} by {sorted(missing)}"
    dynamic = {
        exit_
        for case in cases
        for step in flow_of(case, name).steps.values()
        if step.component == name
        for exit_ in step.exit_names()
        if exit_ not in PALETTE[name].EXITS
    }
    assert not dynamic or dynamic & taken, f"no case leaves {name} by an exit of its own fields"


def _of(walked: Walked, name: str) -> list[HistoryEntry]:
    return [entry for entry in walked.history if entry.component == name]


def test_every_case_file_belongs_to_a_component() -> None:
    strays = {path.stem for path in FOLDER.glob("*.json")} - set(PALETTE)
    assert not strays, f"no component of the palette is called {sorted(strays)}"
