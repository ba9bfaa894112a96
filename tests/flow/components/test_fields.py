"""Fields that a component refuses, and what it tells the author."""

from typing import Any

import pytest
from pydantic import ValidationError

from flow.components import PALETTE

RULE = {"exit": "open"}
TEST = {"value": "1", "op": "equals", "to": "1"}

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("condition", {"branches": []}, "at least 1 item"),
    ("condition", {"branches": [{"exit": "a", "when": []}]}, "at least 1 item"),
    ("condition", {"branches": [{"exit": "a", "when": [TEST], "match": "none"}]}, "'all' or 'any'"),
    ("time_rules", {"rules": [{**RULE, "from": "9am"}]}, "'9am' is no time of day"),
    ("time_rules", {"rules": [{**RULE, "to": "24:01"}]}, "no time of day"),
    ("time_rules", {"rules": [{**RULE, "from": 9}]}, "write 09:00"),
    ("time_rules", {"rules": [{**RULE, "days": "mon-foo"}]}, "'foo' is no day"),
    ("time_rules", {"rules": [{**RULE, "days": []}]}, "give days"),
    ("time_rules", {"rules": [{**RULE, "business_hours": "maybe"}]}, "'in' or 'out'"),
    ("calendar_rules", {}, "give rules, holidays or both"),
    ("calendar_rules", {"rules": [RULE]}, "give dates or ranges"),
    ("calendar_rules", {"rules": [{**RULE, "dates": ["2026-02-30"]}]}, "is no date"),
    ("calendar_rules", {"rules": [{**RULE, "dates": ["13-01"]}]}, "is no date"),
    (
        "calendar_rules",
        {"rules": [{**RULE, "ranges": [{"from": "2026-01-02", "to": "2026-01-01"}]}]},
        "ends before it begins",
    ),
    (
        "calendar_rules",
        {"rules": [{**RULE, "ranges": [{"from": "01-02", "to": "2026-01-05"}]}]},
        "both ends with a year",
    ),
    ("split", {"branches": [{"exit": "a", "weight": 0}]}, "greater than or equal to 1"),
    ("split", {"branches": [{"exit": "a", "weight": 1_000_001}]}, "less than or equal"),
    ("set_variables", {"values": {}}, "at least 1 item"),
    ("lookup_contact", {"by": "name"}, "'number', 'email' or 'id'"),
    ("update_contact", {"fields": {}}, "at least 1 item"),
    ("run_function", {"source": "x" * 32_769}, "at most 32768"),
    ("run_function", {"source": "1", "timeout": "1m"}, "less than or equal to"),
    ("run_module", {"module": "m", "version": "newest"}, "'latest'"),
    ("return", {}, "Field required"),
    ("wait", {}, "exactly one of for, until"),
    ("wait", {"for": "1s", "until": "17:30"}, "exactly one of for, until"),
    ("wait", {"for": "0s"}, "greater than 0"),
    ("report", {}, "give ring_group, outcome or kpis"),
    ("end", {"message": "Bye."}, "Extra inputs are not permitted"),
]


@pytest.mark.parametrize(("name", "given", "told"), REFUSED)
def test_a_field_is_refused_in_words(name: str, given: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError) as refused:
        PALETTE[name].model_validate({"component": name, **given})
    assert told in str(refused.value)


PROBLEMS: list[tuple[str, dict[str, Any], tuple[str, str]]] = [
    (
        "condition",
        {"branches": [{"exit": "a", "when": [TEST]}, {"exit": "no_match", "when": [TEST]}]},
        ("branches.1.exit", "fixed exit"),
    ),
    ("time_rules", {"rules": [{"exit": "error"}]}, ("rules.0.exit", "fixed exit")),
    ("time_rules", {"rules": [RULE], "timezone": "Mars/Base"}, ("timezone", "Europe/Lisbon")),
    (
        "time_rules",
        {"rules": [{**RULE, "from": "09:00", "to": "9:00"}]},
        ("rules.0", "leave both out"),
    ),
    (
        "calendar_rules",
        {"rules": [{"exit": "no_match", "dates": ["12-24"]}]},
        ("rules.0.exit", "fixed exit"),
    ),
    ("calendar_rules", {"holidays": {"country": "Portugal"}}, ("holidays.country", "PT or US")),
    (
        "calendar_rules",
        {"holidays": {"country": "PT", "region": "99"}},
        ("holidays.region", "11"),
    ),
    (
        "calendar_rules",
        {"holidays": {"country": "PT", "exit": "no_match"}},
        ("holidays.exit", "fixed exit"),
    ),
    ("split", {"branches": [{"exit": "error"}]}, ("branches.0.exit", "fixed exit")),
    ("split", {"branches": [{"exit": "a", "enabled": False}]}, ("branches", "enable at least one")),
    ("wait", {"until": "tomorrow"}, ("until", "17:30")),
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
    ("name", "given", "exits"),
    [
        (
            "condition",
            {"branches": [{"exit": e, "when": [TEST]} for e in ("b", "a", "b")]},
            ("b", "a", "no_match"),
        ),
        ("time_rules", {"rules": [{"exit": "open"}]}, ("open", "no_match")),
        (
            "calendar_rules",
            {"rules": [{"exit": "closed", "dates": ["12-24"]}], "holidays": {"country": "US"}},
            ("closed", "holiday", "no_match"),
        ),
        ("split", {"branches": [{"exit": "a"}, {"exit": "b"}]}, ("a", "b")),
        ("run_module", {"module": "m", "exits": {"error": "x", "ok": "x"}}, ("ok",)),
    ],
)
def test_exits_come_from_the_fields(
    name: str, given: dict[str, Any], exits: tuple[str, ...]
) -> None:
    step = PALETTE[name].model_validate({"component": name, **given})
    assert step.exit_names() == exits
