"""Whose an execution is, and when a thing's time is over."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from desk.keeping import Periods, Person, Proof

NOON = datetime(2030, 1, 7, 12, tzinfo=UTC)
ADA = Person("c1", "+15550177001", "ada@example.org")


@pytest.mark.parametrize(
    "state",
    [
        {"contact": {"id": "c1"}},
        {"contact": {"number": "+15550177001"}},
        {"contact": {"email": "Ada@Example.org "}},
        {"call": {"from": "+15550177001"}},
        {"call": {"to": "+15550177001"}},
        {"channel": {"type": "sms", "address": "+15550177001"}},
        {"frames": [{"inputs": {"number": "+15550177001", "n": 3}}]},
    ],
)
def test_a_state_that_is_theirs(state: dict[str, Any]) -> None:
    assert ADA.is_meant(json.dumps(state))


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"contact": {"id": "c2"}},
        {"call": {"from": "+155501770011"}},
        {"frames": [{"vars": {"friend": "+15550177001"}, "inputs": {}}]},
        {"frames": [{"inputs": {"note": "call +15550177001 back"}}]},
    ],
)
def test_a_state_that_only_mentions_them_or_is_anothers(state: dict[str, Any]) -> None:
    assert not ADA.is_meant(json.dumps(state))


def test_nobody_is_meant_by_empty_ways() -> None:
    assert not Person(number="+15550177001").is_meant(json.dumps({"contact": {"id": ""}}))
    assert not Person().has_any(["", None])


def test_a_period_of_no_days_is_for_ever() -> None:
    periods = Periods(recordings=30)
    assert periods.before("recordings", NOON) == NOON - timedelta(days=30)
    assert periods.before("histories", NOON) is None


def test_a_proof_counts_everything() -> None:
    assert Proof("p", NOON, {"calls": 2, "histories": 3}).total == 5
