"""What `check` says of fields of the steps that write."""

from typing import Any

import pytest
from pydantic import ValidationError

from flow.components import PALETTE

TEMPLATE = {"template": {"content": "HX1"}}
NOBODY = "say who is meant"

PROBLEMS: list[tuple[str, dict[str, Any], tuple[str, str]]] = [
    ("send_message", {}, ("message", "nothing is said by sms, whatsapp, chat, email")),
    ("send_message", {"sms": "a", "chat": "b"}, ("message", "nothing is said by whatsapp, email")),
    ("send_message", {"to": "+1", "sms": "a"}, ("message", "nothing is said by whatsapp, email")),
    ("send_message", {"to": "+1", "channel": "sms", "chat": "a"}, ("message", "by sms")),
    ("send_message", {"to": "+1", "channel": "fax", "message": "a"}, ("channel", "'fax' is none")),
    ("send_message", {"to": "+1", "channel": "chat", "message": "a"}, ("channel", "its visitor")),
    ("send_message", {"channel": "sms", "message": "a"}, ("channel", "only used with to")),
    ("send_message", {"from": "+1", "message": "a"}, ("from", "only used with to")),
    ("send_message", {"message": "a", "sms": {"subject": "b"}}, ("sms.subject", "an e-mail")),
    ("send_message", {"message": "a", "chat": TEMPLATE}, ("chat.template", "only WhatsApp")),
    ("send_sms", {"to": "ann", "text": "a"}, ("to", "'ann' is no number")),
    ("send_sms", {"to": "sip:ann@example.com", "text": "a"}, ("to", "is no number")),
    ("ask", {"validate": "regex"}, ("pattern", "give the pattern")),
    ("ask", {"validate": "regex", "pattern": "("}, ("pattern", "not a regular expression")),
    ("ask", {"pattern": "a"}, ("pattern", "only used with validate: regex")),
    ("assign_agents", {}, ("", NOBODY)),
    ("assign_agents", {"agents": ["a"], "ring_groups": ["b"]}, ("agents", "give only one")),
    ("assign_agents", {"agents": ["a"], "priority": 0}, ("priority", "1 (served first) to 10")),
]


@pytest.mark.parametrize(("name", "given", "found"), PROBLEMS)
def test_a_problem_names_its_field(
    name: str, given: dict[str, Any], found: tuple[str, str]
) -> None:
    step = PALETTE[name].model_validate({"component": name, **given})
    ((path, message),) = step.problems()
    assert path == found[0]
    assert found[1] in message


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("send_message", {"message": "a", "whatsapp": TEMPLATE}),
        ("send_message", {"sms": "a", "whatsapp": TEMPLATE, "chat": ["b"], "email": {"text": "c"}}),
        ("send_message", {"to": "{{ inputs.to }}", "channel": "{{ inputs.by }}", "message": "a"}),
        ("send_message", {"to": "+15550100002", "channel": "sms", "sms": "a"}),
        ("send_sms", {"to": "{{ contact.number }}", "text": "a"}),
        ("ask", {}),
        ("assign_agents", {"agents": ["a"], "priority": "{{ vars.p }}"}),
        ("close_conversation", {}),
    ],
)
def test_what_is_right_has_no_problem(name: str, given: dict[str, Any]) -> None:
    assert PALETTE[name].model_validate({"component": name, **given}).problems() == []


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("send_message", {"message": "a", "quick_replies": [{"value": "b"}]}, "Field required"),
        ("send_message", {"message": "a", "quick_replies": [{"label": "b"}] * 11}, "at most 10"),
        ("send_message", {"message": "a", "fax": "b"}, "Extra inputs"),
        ("send_message", {"message": "a", "sms": {"mesage": "b"}}, "Extra inputs"),
        ("send_sms", {"text": "a"}, "Field required"),
        ("send_sms", {"to": "+15550100002", "text": ""}, "at least 1"),
        ("ask", {"validate": "iban"}, "'any', 'email', 'number', 'date' or 'regex'"),
        ("ask", {"timeout": "soon"}, "is no duration"),
        ("ask", {"tries": 0}, "greater than or equal to 1"),
        ("assign_agents", {"agents": ["a"], "offer": "ring"}, "'direct' or 'inbox'"),
        ("assign_agents", {"agents": ["a"], "max_wait": 0}, "greater than 0"),
        ("close_conversation", {"message": "Bye."}, "Extra inputs"),
    ],
)
def test_a_field_is_refused_in_words(name: str, given: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError) as refused:
        PALETTE[name].model_validate({"component": name, **given})
    assert told in str(refused.value)
