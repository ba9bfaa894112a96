"""Each case is the shape of a real program's answer (habit 7); `…` alone is what must go."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digital.email.answers import answer
from digital.email.html_text import text_of

CASES = json.loads((Path(__file__).parent / "answers.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[each["program"] for each in CASES])
def test_only_what_was_written_now_is_left(case: dict[str, str]) -> None:
    text = text_of(case["html"]) if "html" in case else case["text"]
    assert answer(text, replies=True) == case["answer"]


def test_what_answers_nothing_is_never_cut_to_nothing() -> None:
    text = "---------- Forwarded message ---------\nFrom: Bob <bob@example.org>\n\nPlease help."
    assert answer(text, replies=False) == text
    assert answer(text, replies=True) == ""


@given(st.text(max_size=400))
def test_an_answer_is_made_of_lines_of_the_text(text: str) -> None:
    lines = {line.strip() for line in text.split("\n")}
    assert {line.strip() for line in answer(text, replies=True).split("\n")} <= lines | {""}


@pytest.mark.parametrize(
    "line", ["On 1 wrote", "Am 1 schrieb " + "x " * 50, "From: a", "> " * 200, "-" * 400, "_" * 32]
)
def test_time_grows_with_the_length_alone(line: str) -> None:
    text = "\n".join([line] * (100_000 // len(line)))
    begun = time.process_time()
    answer(text, replies=True)
    assert time.process_time() - begun < 5
