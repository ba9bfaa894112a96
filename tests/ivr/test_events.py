"""Forms to events (provider contract 1.4), and that no form is beyond reading."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.values import from_json, to_json
from ivr.events import FINAL, event, has_input
from ivr.form import FIELD, FIELDS, SPEECH, fields, plain, whole

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CASES = json.loads((Path(__file__).parent / "cases/events.json").read_text())


def timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: timeless(item) for key, item in value.items() if key != "at"}
    return value


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    happened = event(case["form"], case["hint"], AT)
    assert timeless(to_json(happened)) == case["event"]
    assert happened.at == AT


names = st.sampled_from(
    ["Digits", "FinishedOnKey", "SpeechResult", "Confidence", "RecordingSid", "RecordingDuration",
     "DialCallStatus", "DialCallDuration", "DialCallSid", "CallStatus", "RecordingUrl"]
)  # fmt: skip
values = st.one_of(st.text(max_size=30), st.sampled_from([*FINAL, "hangup", "answered", "12"]))


@given(
    st.dictionaries(names, values),
    st.sampled_from(["gather", "record", "dial", "go", "again", "x"]),
)
def test_any_form_is_an_event_that_can_be_stored(form: dict[str, str], hint: str) -> None:
    happened = event(fields(form.items()), hint, AT)
    assert from_json(json.loads(json.dumps(to_json(happened)))) == happened
    if form.get("CallStatus") in FINAL:
        assert type(happened).__name__ == "HungUp"


def test_input_is_what_a_question_brought() -> None:
    assert has_input({"Digits": "1"})
    assert has_input({"DialCallStatus": "busy"})
    assert not has_input({"Digits": "", "CallStatus": "in-progress"})


def test_fields_are_bounded_and_harmless() -> None:
    assert plain("a\x00b\r\nc\x7f\u0085d\udcffe") == "abcde"
    assert len(plain("x" * 5_000)) == FIELD
    assert len(fields([("SpeechResult", "x" * 9_000)])["SpeechResult"]) == SPEECH
    assert len(fields((f"SipHeader_{n}", "x") for n in range(1_000))) == FIELDS
    assert fields([("Digits", "1"), ("Digits", "2")]) == {"Digits": "1"}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("007", 7),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("\u0661", None),
        ("9" * 10, None),
    ],
)
def test_whole_numbers(text: str, number: int | None) -> None:
    assert whole(text) == number
