"""What becomes of a message as SMS, and what can never be one."""

from typing import Any

import pytest

from digital.sms.render import refusal, render
from tests.digital.carrier.letters import a_message

CHOICES = ({"label": "Sales", "value": "s"}, {"label": "Support", "value": "t"})
PICTURE = "https://a.example/1.jpg"


def test_quick_replies_are_numbered_text() -> None:
    content = render(a_message("Which one?", choices=CHOICES))
    assert content.fields == {"body": "Which one?\n\n1. Sales\n2. Support"}


def test_a_file_makes_it_an_mms() -> None:
    content = render(a_message("x" * 500), [PICTURE])
    assert content.fields == {"body": "x" * 500, "media_url": [PICTURE]}
    assert content.segments == 1
    assert render(a_message(""), [PICTURE]).fields == {"media_url": [PICTURE]}


def test_a_service_is_named_where_there_is_one() -> None:
    assert render(a_message(), service="MG1").fields["messaging_service_sid"] == "MG1"


@pytest.mark.parametrize(("text", "segments"), [("a" * 160, 1), ("a" * 161, 2), ("ã" * 71, 2)])
def test_segments_are_counted(text: str, segments: int) -> None:
    assert render(a_message(text)).segments == segments


@pytest.mark.parametrize(
    ("fields", "files", "reason"),
    [
        ({"text": "x" * 1600}, [], ""),
        ({"text": "x" * 1601}, [], "the text has 1601 characters, one message at most 1600"),
        ({"text": "\U0001f600" * 801}, [], "1602 characters"),
        ({"text": "x" * 1590, "choices": CHOICES}, [], "characters, one message at most 1600"),
        ({"text": ""}, [], "nothing to send"),
        ({"text": ""}, [PICTURE], ""),
        ({}, [PICTURE] * 10, ""),
        ({}, [PICTURE] * 11, "11 files"),
        ({}, [PICTURE, ""], "no address"),
        ({"peer": "12345"}, [], ""),
        ({"peer": "ACME Shop"}, [], "cannot be answered"),
        ({"peer": ""}, [], "cannot be answered"),
    ],
)
def test_what_can_never_be_sent_is_said_at_once(fields: Any, files: Any, reason: str) -> None:
    found = refusal(a_message(**fields), files)
    assert reason in found
    assert bool(found) is bool(reason)
