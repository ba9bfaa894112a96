"""The dial rules: nothing is called that no rule allows."""

import json
from pathlib import Path

import pytest

from desk.dial_rules import DialRules

_TABLE = json.loads((Path(__file__).parent / "dial_rules.json").read_text(encoding="utf-8"))


def _rows() -> list[object]:
    return [
        pytest.param(group["countries"], target, outcome, id=f"{target!r} in {group['about']}")
        for group in _TABLE
        for outcome in ("allowed", "refused", "invalid_number")
        for target in group[outcome]
    ]


@pytest.mark.parametrize(("countries", "target", "outcome"), _rows())
def test_verdict(countries: list[str], target: str, outcome: str) -> None:
    verdict = DialRules(frozenset(countries)).check(target)
    assert (verdict.outcome, bool(verdict.target)) == (outcome, outcome == "allowed")
    assert bool(verdict.reason) == (outcome != "allowed")


def test_the_table_is_as_large_as_it_claims() -> None:
    assert len(_rows()) >= 120


@pytest.mark.parametrize(
    ("given", "normalised"),
    [
        ("+44 20 7946 0000", "+442079460000"),
        (" +44 (20) 7946-0000 ", "+442079460000"),
        ("+44.20.7946.0000", "+442079460000"),
        ("sip:desk@pbx.example.com", "sip:desk@pbx.example.com"),
    ],
)
def test_allowed_targets_are_given_back_in_one_form(given: str, normalised: str) -> None:
    assert DialRules(frozenset({"GB"})).check(given).target == normalised


@pytest.mark.parametrize("entry", ["UK", "England", "", "+", "44 20", "+0", "1234567", "*"])
def test_entries_that_would_never_match_are_refused(entry: str) -> None:
    with pytest.raises(ValueError, match="is no country"):
        DialRules(frozenset({entry}))


def test_emergency_numbers_cannot_be_listed() -> None:
    rules = DialRules(frozenset({"112", "911", "999", "+1911", "+44999"}))
    for number in ("112", "911", "999", "+1911", "+44999", "9 1 1"):
        verdict = rules.check(number)
        assert (verdict.outcome, "emergency" in verdict.reason) == ("refused", True)


def test_owned_numbers_may_be_called_wherever_they_are() -> None:
    rules = DialRules(frozenset(), owned=frozenset({"+351213456789"}))
    assert rules.check("+351 213 456 789").outcome == "allowed"
    assert rules.check("+351213456780").outcome == "refused"


_RULES = DialRules(frozenset({"GB"}), owned=frozenset({"+442079460000"}))


@pytest.mark.parametrize(
    ("targets", "outcome", "left"),
    [
        (["+447400123456"], "allowed", ["+447400123456"]),
        (["+19005551234", "+44 7400 123456", "x"], "allowed", ["+447400123456"]),
        (["+447400123456", "+44 7400 123 456"], "allowed", ["+447400123456"]),
        (["+12", "+19005551234"], "refused", []),
        (["+12", "x"], "invalid_number", []),
        ([], "invalid_number", []),
        (["sip:a@b.example", "+15550100001"], "allowed", ["sip:a@b.example", "+15550100001"]),
    ],
)
def test_a_call_rings_those_that_may_be_rung(
    targets: list[str], outcome: str, left: list[str]
) -> None:
    decision = _RULES.decide(targets)
    assert (decision.outcome, list(decision.targets)) == (outcome, left)
    assert bool(decision.reason) == (outcome != "allowed")


@pytest.mark.parametrize(
    ("caller_id", "outcome", "shown"),
    [
        ("", "allowed", ""),
        ("+44 20 7946 0000", "allowed", "+442079460000"),
        ("+15550100002", "allowed", "+15550100002"),
        ("+447400123456", "refused", ""),
        ("anonymous", "refused", ""),
    ],
)
def test_only_numbers_of_ours_or_of_the_caller_are_shown(
    caller_id: str, outcome: str, shown: str
) -> None:
    decision = _RULES.decide(["+447400123456"], caller_id, caller="+15550100002")
    assert (decision.outcome, decision.caller_id) == (outcome, shown)


def test_reasons_name_no_number() -> None:
    for target in ("+19005551234", "+12", "411", "911", "sip:", "+351213456789"):
        assert not any(digit in _RULES.check(target).reason for digit in "0123456789")
