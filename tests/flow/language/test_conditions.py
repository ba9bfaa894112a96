"""Every operator with its negation, by a table; and what cannot be compared."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from flow import limits
from flow.context import Context
from flow.errors import StepError
from flow.language.conditions import NAMES, Test, holds, matches_pattern, pattern_problem

Make = Callable[..., Context]

CASES = json.loads((Path(__file__).parent / "cases" / "conditions.json").read_text())
VARS = {"n": 10, "list": [1, "two"], "empty": []}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[1]!r} {case[0]} {case[2]!r}")
def test_operator_and_its_negation(case: list[Any], make_context: Make) -> None:
    op, value, to, expected = case
    context = make_context(**VARS)
    assert holds(Test(value=value, op=op, to=to), context) is expected
    assert holds(Test(value=value, op=f"not_{op}", to=to), context) is not expected


def test_every_operator_has_cases_of_both_kinds() -> None:
    seen = {(case[0], case[3]) for case in CASES}
    operators = [name for name in NAMES if not name.startswith("not_")]
    assert seen == {(name, expected) for name in operators for expected in (True, False)}


@pytest.mark.parametrize(
    ("op", "value", "to"),
    [
        ("equals", "Yes", "yes"),
        ("contains", "Good Morning", "morning"),
        ("starts_with", "Order", "order"),
        ("ends_with", "Order", "DER"),
        ("matches_any_of", "Faro", "porto,faro"),
        ("regex", "Order", "^order"),
    ],
)
def test_exact_case_counts(op: str, value: str, to: str, make_context: Make) -> None:
    assert holds(Test(value=value, op=op, to=to), make_context())
    assert not holds(Test(value=value, op=op, to=to, case="exact"), make_context())


def test_times_and_dates_without_a_value_are_now_in_the_flows_zone(make_context: Make) -> None:
    context = make_context()
    assert holds(Test(op="after_time", to="09:29"), context)
    assert holds(Test(op="before_time", to="09:31"), context)
    assert holds(Test(op="not_before_date", to="2026-06-01"), context)
    assert holds(Test(op="not_after_date", to="2026-06-01"), context)


@pytest.mark.parametrize(
    ("op", "value", "to"),
    [
        ("less_than", "many", "10"),
        ("at_least", "{{ vars.nothing }}", "10"),
        ("at_most", True, 1),
        ("greater_than", "10", "1e3"),
        ("not_less_than", "many", "10"),
        ("before_time", "noon", "10:00"),
        ("before_time", "25:00", "10:00"),
        ("before_time", "13 pm", "10:00"),
        ("after_time", "10:00", "2026-06-01"),
        ("before_date", "tomorrow", "2026-06-01"),
        ("after_date", "2026-06-01", "{{ vars.nothing }}"),
        ("regex", "x", "{{ '(' }}"),
        ("regex", "x", "{{ 'x' | append: vars.long }}"),
        ("equals", "{{ vars.n | divided_by: 0 }}", "1"),
    ],
)
def test_nonsense_is_the_authors_mistake(op: str, value: Any, to: Any, make_context: Make) -> None:
    context = make_context(n=1, long="a" * limits.PATTERN_LENGTH)
    with pytest.raises(StepError):
        holds(Test(value=value, op=op, to=to), context)


def test_only_the_first_characters_of_a_value_count(make_context: Make) -> None:
    context = make_context(long="a" * limits.MATCHED_INPUT + "needle")
    assert not holds(Test(value="{{ vars.long }}", op="contains", to="needle"), context)
    assert not holds(Test(value="{{ vars.long }}", op="regex", to="needle"), context)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"value": "x", "op": "equal", "to": "x"}, "did you mean 'equals'"),
        ({"value": "x", "op": "resembles", "to": "x"}, "use one of equals"),
        ({"value": "x", "op": "equals"}, "needs `to`"),
        ({"op": "equals", "to": "x"}, "needs a `value`"),
        ({"value": "x", "op": "regex", "to": "(?=x)"}, "no look-around"),
        ({"value": "x", "op": "regex", "to": "a" * 501}, "at most 500"),
        ({"value": "x", "op": "equals", "to": "x", "case": "upper"}, "'ignore' or 'exact'"),
        ({"value": "x", "op": "equals", "to": "x", "than": 1}, "Extra inputs"),
    ],
)
def test_a_malformed_test_is_refused(fields: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Test(**fields)


def test_a_pattern_matches_the_whole_text() -> None:
    assert matches_pattern("123", "[0-9]{3}")
    assert not matches_pattern("1234", "[0-9]{3}")
    assert not matches_pattern("123\n", "[0-9]{3}")
    assert matches_pattern("ABC", "abc", exact=False)


@pytest.mark.parametrize("pattern", ["(", r"(a)\1", "a{1001}", "(?!x)", "x" * 501, "\\"])
def test_what_is_wrong_with_a_pattern_is_said(pattern: str) -> None:
    assert pattern_problem(pattern)
    with pytest.raises(StepError):
        matches_pattern("x", pattern)


def test_nothing_is_wrong_with_a_good_pattern() -> None:
    assert pattern_problem(r"^\d{3}-?[A-Z]+$") == ""
