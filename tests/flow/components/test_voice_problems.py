"""What `problems` says of the voice components' fields, beyond their types."""

from typing import Any

import pytest
from pydantic import ValidationError

from flow.components import PALETTE

_OPTIONS = [{"value": "a", "keys": "1"}, {"value": "b", "phrases": ["b"]}]


def _survey(kind: str, **fields: Any) -> dict[str, Any]:
    return {"survey": "s", "question": "?", "kind": kind, **fields}


_MAIL = {"to": "a@b.example", "subject": "s", "text": "t"}

_GOOD: list[tuple[str, dict[str, Any]]] = [
    ("collect_digits", {"min": 8, "validate": "date"}),
    ("collect_digits", {"validate": "regex", "pattern": "[0-9]{4}"}),
    ("collect_digits", {"secret": True, "save": {"asked": True}}),
    ("record_message", {}),
    ("record_message", {"deliver": {"email": ["{{ contact.email }}", "A <a@b.example>"]}}),
    ("send_email", {**_MAIL, "attachments": [{"step": "voicemail"}]}),
    ("call_recording", {"action": "start", "consent_message": "Recorded."}),
    ("send_digits", {"digits": "w1"}),
    ("send_digits", {"digits": "{{ vars.anything }}"}),
    ("forward_call", {"to": "+1 (555) 010-0001"}),
    ("forward_call", {"to": ["sip:a@b.example", "{{ vars.desk }}"]}),
    ("forward_call", {"to": [f"sip:{n}@b.example" for n in range(11)], "strategy": "sequence"}),
    ("survey", _survey("rating", scale=[1, 10])),
    ("survey", _survey("choice", options=_OPTIONS)),
]

_BAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("collect_digits", {"min": 5, "max": 4}, "min", "at most 4 digits"),
    ("collect_digits", {"min": 9, "validate": "date"}, "min", "at most 8 digits"),
    ("collect_digits", {"max": 6, "validate": "date"}, "max", "more digits than max"),
    ("collect_digits", {"validate": "regex"}, "pattern", "give the pattern"),
    ("collect_digits", {"validate": "regex", "pattern": "("}, "pattern", "not a regular"),
    ("collect_digits", {"pattern": "1"}, "pattern", "only used with"),
    (
        "collect_digits",
        {"secret": True, "save": {"pin": "{{ result.digits }}"}},
        "save",
        "cannot be saved",
    ),
    ("record_message", {"deliver": {}}, "deliver", "say for whom it is"),
    ("record_message", {"deliver": {"match": "any", "email": "a@b.example"}}, "deliver", "exactly"),
    (
        "record_message",
        {"deliver": {"agents": ["a"], "ring_groups": ["b"]}},
        "deliver.agents",
        "only one",
    ),
    ("record_message", {"deliver": {"email": "nobody"}}, "deliver.email.0", "e-mail address"),
    ("send_email", {"to": "nobody", "subject": "s", "text": "t"}, "to", "e-mail address"),
    ("send_email", {"to": "a@b.example", "subject": "s"}, "text", "say something"),
    ("send_email", {**_MAIL, "from": "x"}, "from", "e-mail address"),
    ("send_email", {**_MAIL, "attachments": [{}]}, "attachments.0", "exactly one of"),
    ("send_email", {**_MAIL, "attachments": [{"text": "x"}]}, "attachments.0", "the name"),
    (
        "call_recording",
        {"action": "stop", "consent_message": "x"},
        "consent_message",
        "only said with",
    ),
    ("send_digits", {"digits": "12x"}, "digits", "give 1 to 32"),
    ("send_digits", {"digits": "1" * 33}, "digits", "give 1 to 32"),
    ("forward_call", {"to": "02079460000"}, "to", "neither a number"),
    ("forward_call", {"to": ["+15550100001", "desk"]}, "to", "'desk' is neither"),
    ("forward_call", {"to": [f"sip:{n}@b.example" for n in range(11)]}, "to", "at most 10"),
    ("survey", _survey("open", scale=[1, 5]), "scale", "open has no scale"),
    ("survey", _survey("rating", scale=[5, 1]), "scale", "the lower first"),
    ("survey", _survey("nps", scale=[0, 100]), "scale", "from 0 to 99"),
    ("survey", _survey("nps", options=_OPTIONS), "options", "only kind: choice"),
    ("survey", _survey("choice"), "options", "give the answers"),
    ("survey", _survey("choice", options=[{"value": "a"}]), "options.0", "give keys or phrases"),
    (
        "survey",
        _survey("choice", options=[_OPTIONS[0], _OPTIONS[0]]),
        "options.1.keys",
        "option 0 has the same keys",
    ),
    (
        "menu",
        {"options": [{"exit": "a", "keys": "1"}, {"exit": "b", "keys": "1"}]},
        "options.1.keys",
        "option 0 has the same keys",
    ),
    ("menu", {"options": [{"exit": "timeout", "keys": "1"}]}, "options.0.exit", "fixed exit"),
    ("menu", {"options": [{"exit": "a"}]}, "options.0", "give keys or phrases"),
]

_ASKS = ("collect_digits", "collect_speech", "menu")


def _build(name: str, fields: dict[str, Any]) -> Any:
    asked = {"message": "?"} if name in _ASKS else {}
    return PALETTE[name].model_validate({"component": name, **asked, **fields})


@pytest.mark.parametrize(("name", "fields"), _GOOD)
def test_good_fields_have_no_problem(name: str, fields: dict[str, Any]) -> None:
    assert _build(name, fields).problems() == []


@pytest.mark.parametrize(("name", "fields", "path", "part"), _BAD)
def test_a_problem_names_its_field(name: str, fields: dict[str, Any], path: str, part: str) -> None:
    problems = _build(name, fields).problems()
    assert [(where, part in what) for where, what in problems] == [(path, True)]


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("collect_digits", {"finish_key": "##"}),
        ("collect_digits", {"tries": 0}),
        ("collect_digits", {"validate": "mod10"}),
        ("record_message", {"max_seconds": 0}),
        ("call_recording", {"action": "erase"}),
        ("send_digits", {"digits": ""}),
        ("forward_call", {"to": []}),
        ("forward_call", {"to": "+15550100001", "ring_seconds": 601}),
        ("survey", {"survey": "", "question": "?", "kind": "nps"}),
        ("hang_up", {"reason": "tired"}),
    ],
)
def test_fields_out_of_their_bounds_are_refused(name: str, fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        _build(name, fields)
