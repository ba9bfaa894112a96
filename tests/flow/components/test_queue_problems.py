"""What the fields of the queue's components refuse, and what `problems` says of them."""

from typing import Any

import pytest
from pydantic import ValidationError

from flow.components import PALETTE

WHO: dict[str, Any] = {"ring_groups": ["support"]}
SKILL = {"name": "french", "min_proficiency": 70}


def _build(fields: dict[str, Any], name: str = "assign_and_dial") -> Any:
    return PALETTE[name].model_validate({"component": name, **fields})


@pytest.mark.parametrize(
    "fields",
    [
        WHO,
        {"agents": ["{{ contact.agent }}"]},
        {"attributes": [SKILL, {"name": "law"}], "match": "any"},
        {**WHO, "priority": 10},
        {**WHO, "priority": "3"},
        {**WHO, "priority": "{{ vars.rank }}"},
        {**WHO, "keys": {"0": "a", "9": "a", "*": "b", "#": "c"}},
        {**WHO, "music": "hold", "announce": "estimated_wait"},
        {**WHO, "ring": {"at_once": 10, "seconds": 5, "attempts": "single"}},
    ],
    ids=str,
)
def test_good_fields_have_no_problem(fields: dict[str, Any]) -> None:
    assert _build(fields).problems() == []


@pytest.mark.parametrize(
    ("fields", "path", "part"),
    [
        ({}, "", "give exactly one of ring_groups, agents, attributes"),
        ({"ring_groups": []}, "", "give exactly one"),
        ({**WHO, "agents": ["ann"]}, "agents", "only one of ring_groups and agents"),
        ({**WHO, "attributes": [SKILL]}, "attributes", "only one of"),
        ({"agents": ["ann"], "match": "all"}, "match", "only used with attributes"),
        ({**WHO, "priority": 0}, "priority", "1 (served first) to 10"),
        ({**WHO, "priority": 11}, "priority", "1 (served first) to 10"),
        ({**WHO, "priority": "high"}, "priority", "1 (served first) to 10"),
        ({**WHO, "keys": {"12": "a"}}, "keys.12", "one of 0 to 9, * and #"),
        ({**WHO, "keys": {"A": "a"}}, "keys.A", "one of 0 to 9, * and #"),
        ({**WHO, "keys": {"1": "call_finished"}}, "keys.1", "is a fixed exit"),
        ({**WHO, "keys": {"1": "error"}}, "keys.1", "is a fixed exit"),
        ({**WHO, "keys": {"1": ""}}, "keys.1", "give the key one of its own"),
    ],
    ids=str,
)
def test_a_problem_names_its_field(fields: dict[str, Any], path: str, part: str) -> None:
    problems = _build(fields).problems()
    assert [(where, part in what) for where, what in problems] == [(path, True)]


@pytest.mark.parametrize(
    "fields",
    [
        {"ring_groups": "support"},
        {"attributes": [{"name": ""}]},
        {"attributes": [{"name": "law", "min_proficiency": 101}]},
        {**WHO, "match": "some"},
        {**WHO, "max_wait": "0s"},
        {**WHO, "ring": {"at_once": 11}},
        {**WHO, "ring": {"at_once": 0}},
        {**WHO, "ring": {"seconds": 4}},
        {**WHO, "ring": {"seconds": 121}},
        {**WHO, "ring": {"attempts": "twice"}},
        {**WHO, "status": "busy"},
        {**WHO, "agent_order": "youngest"},
        {**WHO, "announce": "weather"},
        {**WHO, "messages": [{"message": "x", "every": "4s"}]},
        {**WHO, "messages": [{"message": "x"}]},
        {**WHO, "messages": ["x"]},
    ],
    ids=str,
)
def test_fields_out_of_their_bounds_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        _build(fields)


def test_each_waiting_key_has_an_exit_and_twins_share_one() -> None:
    step = _build({**WHO, "keys": {"1": "callback", "2": "mail", "3": "callback"}})
    fixed = ("call_finished", "no_match", "timeout", "no_answer")
    assert step.exit_names() == (*fixed, "callback", "mail")


def test_its_prompts_are_those_of_the_messages_and_its_own_music() -> None:
    messages = [{"message": [{"audio": "jingle"}, "Hold."], "every": "30s"}]
    assert _build({**WHO, "messages": messages, "music": "jazz"}).audio_names() == {
        "jingle",
        "jazz",
    }
    assert _build({**WHO, "music": "{{ vars.music }}"}).audio_names() == set()


def test_an_estimate_is_for_ring_groups() -> None:
    assert _build({"ring_groups": ["support"]}, "estimated_wait").problems() == []
    refused: list[dict[str, Any]] = [{}, {"ring_groups": []}, {**WHO, "agents": ["ann"]}]
    for fields in refused:
        with pytest.raises(ValidationError):
            _build(fields, "estimated_wait")
