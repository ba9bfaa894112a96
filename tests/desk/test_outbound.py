from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from desk.calling_hours import CallingHours
from desk.dial_rules import Decision, DialRules
from desk.outbound import Answer, Facts, Use, decide
from desk.values import from_json, to_json

LISBON = ZoneInfo("Europe/Lisbon")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
NIGHT = datetime(2026, 11, 23, 23, tzinfo=UTC)
MORNING = datetime(2026, 11, 24, 8, tzinfo=UTC)
ALLOWED = DialRules(frozenset({"PT"})).decide(["+351213456789"])
GOOD = Facts(ALLOWED, "key1")
KEY_FULL = Use("calls per hour", "key", 10, 10)
ALL_FULL = Use("spend per day", "all", 50, 49.5, adds=0.75)


def ask(facts: Facts, at: datetime = NOON) -> Answer:
    return decide(facts, CallingHours(), LISBON, at)


def test_a_call_that_nothing_speaks_against_may_leave() -> None:
    assert ask(GOOD) == Answer(allowed=True, target="+351213456789", key="key1")


@pytest.mark.parametrize(
    ("facts", "at", "reason", "detail"),
    [
        (replace(GOOD, is_stopped=True), NOON, "kill_switch", "switched off"),
        (replace(GOOD, is_frozen=True), NOON, "key_frozen", "the API key is frozen"),
        (replace(GOOD, is_frozen=True, is_stopped=True), NOON, "kill_switch", "switched off"),
        (
            replace(GOOD, dial=Decision("invalid_number", reason="no number")),
            NOON,
            "invalid_number",
            "no number",
        ),
        (
            replace(GOOD, dial=DialRules(frozenset()).decide(["+351213456789"])),
            NOON,
            "dial_rules",
            "PT",
        ),
        (replace(GOOD, is_on_do_not_call=True), NOON, "do_not_call", "do-not-call list"),
        (GOOD, NIGHT, "outside_hours", "outside the calling hours"),
        (replace(GOOD, zone="Asia/Tokyo"), NOON, "outside_hours", "outside"),
        (replace(GOOD, uses=(KEY_FULL,)), NOON, "key_limit", "calls per hour: 10 of 10 used"),
        (replace(GOOD, uses=(ALL_FULL,)), NOON, "all_limit", "spend per day: 49.5 of 50 used"),
        (replace(GOOD, uses=(ALL_FULL, KEY_FULL)), NOON, "key_limit", "calls per hour"),
        (
            replace(GOOD, is_stopped=True, is_on_do_not_call=True, uses=(KEY_FULL,)),
            NIGHT,
            "kill_switch",
            "",
        ),
        (replace(GOOD, is_on_do_not_call=True), NIGHT, "do_not_call", ""),
        (replace(GOOD, uses=(KEY_FULL,)), NIGHT, "outside_hours", ""),
    ],
)
def test_the_first_refusal_counts_and_is_named(
    facts: Facts, at: datetime, reason: str, detail: str
) -> None:
    answer = ask(facts, at)
    assert (answer.allowed, answer.reason, answer.key) == (False, reason, "key1")
    assert detail in answer.detail


def test_what_time_alone_changes_says_when_to_ask_again() -> None:
    assert ask(GOOD, NIGHT).may_at == MORNING
    soon, later = NOON + timedelta(seconds=5), NOON + timedelta(hours=1)
    uses = (replace(KEY_FULL, frees_at=soon), replace(ALL_FULL, frees_at=later))
    assert ask(replace(GOOD, uses=uses)).may_at == later
    assert ask(replace(GOOD, uses=(*uses, ALL_FULL))).may_at is None
    assert ask(replace(GOOD, is_stopped=True), NIGHT).may_at is None


def test_the_last_call_within_a_limit_leaves() -> None:
    uses = (replace(KEY_FULL, used=9), replace(ALL_FULL, adds=0.5))
    assert ask(replace(GOOD, uses=uses)).allowed


def test_an_agents_own_leg_knows_no_hours_but_every_limit_and_the_kill_switch() -> None:
    agent = replace(GOOD, purpose="agent", is_on_do_not_call=True)
    assert ask(agent, NIGHT).allowed
    assert ask(replace(agent, uses=(ALL_FULL,)), NIGHT).reason == "all_limit"
    assert ask(replace(agent, is_stopped=True), NIGHT).reason == "kill_switch"


def test_a_refusal_can_be_written_to_the_audit() -> None:
    answer = ask(GOOD, NIGHT)
    assert to_json(answer) == {
        "allowed": False,
        "reason": "outside_hours",
        "detail": "it is outside the calling hours where the number is",
        "target": "+351213456789",
        "key": "key1",
        "may_at": "2026-11-24T08:00:00Z",
    }
    assert from_json(Answer, to_json(answer)) == answer


def test_hours_that_are_off_refuse_nobody() -> None:
    assert decide(GOOD, None, LISBON, NIGHT).allowed
