"""Events, instructions and effects are the same after a way through JSON."""

import json
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow import effects, events, instructions, values

AT = datetime(2026, 3, 2, 10, 0, 0, 123, tzinfo=timezone(timedelta(hours=-5)))
KINDS = [
    kind
    for family in (events.Event, instructions.Instruction, effects.Effect)
    for kind in get_args(family)
]
SAMPLES: dict[str, Any] = {
    "at": AT,
    "due": AT.astimezone(UTC),
    "last": events.Recorded(AT, "RE1", 3),
    "result": {"a": [1, {"$kind": "Say"}], "$time": "x", "b": None},
    "prompts": (instructions.Say("a", "en"), instructions.Play(url="u"), instructions.Pause(2)),
    "hints": ("one", "two"),
    "targets": ("+1", "sip:a@b.c"),
    "headers": {"$x": "1"},
    "fields": {"$$x": {"$kind": 1}},
    "args": {"n": [1.5, True]},
}


def _through_json(value: Any) -> Any:
    return values.from_json(json.loads(json.dumps(values.to_json(value))))


def _sample(kind: type[Any]) -> Any:
    hints = get_type_hints(kind)
    plain: dict[Any, Any] = {str: "x", int: 7, bool: True, float: 1.5}
    return kind(
        **{
            field.name: SAMPLES.get(field.name, plain.get(hints[field.name], "x"))
            for field in fields(kind)
        }
    )


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_comes_back_as_it_was(kind: type[Any]) -> None:
    value = _sample(kind)
    assert _through_json(value) == value
    assert type(_through_json(value)) is kind


def test_no_two_kinds_share_a_name() -> None:
    names = [kind.__name__ for kind in KINDS]
    shared = {name for name in names if names.count(name) > 1}
    assert not shared


def test_lists_of_values_come_back_as_lists() -> None:
    said = [instructions.Say("a", "en"), instructions.Hangup()]
    assert _through_json(said) == said


def test_a_person_s_json_cannot_pass_for_one_of_ours() -> None:
    forged = {"$kind": "Hangup", "$time": "2026-01-01", "$$kind": "Say", "n": {"$kind": "Reject"}}
    event = events.EffectDone(AT, "run.1", "success", forged)
    assert _through_json(event) == event


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["$kind", "$time", "$", "$$", "a"]), inner)
        ),
        max_leaves=8,
    )
)
def test_any_json_inside_a_value_survives(inside: Any) -> None:
    assert _through_json({"x": inside}) == {"x": inside}


def test_what_is_no_value_is_refused() -> None:
    with pytest.raises(TypeError, match="object is no value of the rules"):
        values.to_json({"a": object()})


def test_a_kind_of_a_later_version_is_refused() -> None:
    with pytest.raises(KeyError, match="Teleport"):
        values.from_json({"$kind": "Teleport"})
