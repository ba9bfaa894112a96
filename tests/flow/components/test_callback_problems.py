"""What the fields of the callbacks refuse, and what `problems` says of them."""

from typing import Any

import pytest
from pydantic import ValidationError

from flow.components import PALETTE
from flow.components.request_callback import LONGEST, RequestCallback

WHO: dict[str, Any] = {"ring_groups": ["support"]}
CALL: dict[str, Any] = {**WHO, "to": "+15550100002"}


def _build(name: str, fields: dict[str, Any]) -> Any:
    return PALETTE[name].model_validate({"component": name, **fields})


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("request_callback", WHO),
        ("request_callback", {**WHO, "at": "2026-11-23T15:00"}),
        ("request_callback", {**WHO, "at": "2026-11-23T15:00+01:00"}),
        ("request_callback", {**WHO, "at": "{{ vars.when }}"}),
        ("request_callback", {**WHO, "hours": {}}),
        ("request_callback", {**WHO, "hours": {"from": "22:00", "to": "6:00", "days": ["sun"]}}),
        ("request_callback", {**WHO, "retries": 0, "max_wait": "3d", "message": "Press 1."}),
        ("direct_callback", CALL),
        ("direct_callback", {**CALL, "to": "sip:ada@pbx.example.com", "from": "+15550100001"}),
        ("direct_callback", {**CALL, "to": "{{ inputs.number }}", "priority": "{{ inputs.rank }}"}),
    ],
    ids=str,
)
def test_good_fields_have_no_problem(name: str, fields: dict[str, Any]) -> None:
    assert _build(name, fields).problems() == []


@pytest.mark.parametrize(
    ("name", "fields", "path", "part"),
    [
        ("request_callback", {}, "", "give exactly one of ring_groups, agents, attributes"),
        ("request_callback", {**WHO, "at": "tomorrow"}, "at", "2026-11-23T15:00"),
        ("request_callback", {**WHO, "at": "15:00"}, "at", "must be a time"),
        ("request_callback", {**WHO, "priority": 11}, "priority", "1 (served first) to 10"),
        ("direct_callback", {"to": "+15550100002"}, "", "give exactly one of"),
        ("direct_callback", {**CALL, "to": "5550100002"}, "to", "is neither a number"),
        ("direct_callback", {**CALL, "priority": 0}, "priority", "1 (served first) to 10"),
    ],
    ids=str,
)
def test_a_problem_names_its_field(name: str, fields: dict[str, Any], path: str, part: str) -> None:
    problems = _build(name, fields).problems()
    assert [(where, part in what) for where, what in problems] == [(path, True)]


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("request_callback", {**WHO, "retries": -1}),
        ("request_callback", {**WHO, "retries": 11}),
        ("request_callback", {**WHO, "max_wait": "0s"}),
        ("request_callback", {**WHO, "hours": {"from": "8:00", "to": "08:00"}}),
        ("request_callback", {**WHO, "hours": {"from": "24:00"}}),
        ("request_callback", {**WHO, "hours": {"to": "24:01"}}),
        ("request_callback", {**WHO, "hours": {"days": []}}),
        ("request_callback", {**WHO, "hours": {"days": ["monday"]}}),
        ("request_callback", {**WHO, "hours": "9-17"}),
        ("direct_callback", WHO),
        ("direct_callback", {**CALL, "to": ""}),
        ("direct_callback", {**CALL, "retries": 2}),
    ],
    ids=str,
)
def test_fields_out_of_their_bounds_are_refused(name: str, fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        _build(name, fields)


@pytest.mark.parametrize(
    ("hours", "values"),
    [
        ({}, {"from": 480, "to": 1260, "days": [0, 1, 2, 3, 4, 5, 6]}),
        (
            {"from": "9:30", "to": "24:00", "days": ["sat", "mon"]},
            {"from": 570, "to": 1440, "days": [5, 0]},
        ),
    ],
)
def test_hours_are_minutes_and_weekdays(hours: dict[str, Any], values: dict[str, Any]) -> None:
    step: RequestCallback = _build("request_callback", {**WHO, "hours": hours})
    assert step.hours is not None
    assert step.hours.values() == values


def test_the_longest_number_can_be_keyed_in() -> None:
    assert len("011") + 15 == LONGEST
