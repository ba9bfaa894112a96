"""A walk's order becomes a place in the line: kept, scheduled, within hours, after a pause."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from desk.calling_hours import CallingHours
from flow.effects import EnterQueue
from runner.places import DeskRules, kept_of, place_of

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
WHO = {"ring_groups": ["support"]}
MINUTE = timedelta(minutes=1)


def order(max_wait: float | None = None, **callback: Any) -> EnterQueue:
    promise = {"number": "+15550101234", "requested": AT.isoformat(), **callback}
    ringing = {"at_once": 2, "seconds": 15}
    return EnterQueue(
        "e1.1", WHO, "support", "CA1", priority=3, max_wait=max_wait, ringing=ringing,
        callback=promise if callback else {},
    )  # fmt: skip


def test_a_caller_takes_the_place_of_the_moment() -> None:
    place = place_of(order(60), AT, "UTC")
    assert (place.entered, place.deadline, place.priority) == (AT, AT + MINUTE, 3)
    assert (place.kind, place.not_before, place.ringing.at_once) == ("call", None, 2)
    assert kept_of(order())["kind"] == "call"


def test_a_promise_keeps_the_place_and_its_time_counts_from_the_promise() -> None:
    entered = AT - 10 * MINUTE
    place = place_of(order(60, entered=entered.isoformat()), AT, "UTC")
    assert (place.kind, place.entered, place.deadline) == ("callback", entered, AT + MINUTE)
    assert kept_of(order(pause=0))["kind"] == "callback"


@pytest.mark.parametrize(
    ("given", "sleeps_until"),
    [
        ({"pause": 300.0}, AT + 5 * MINUTE),
        ({"at": (AT + 60 * MINUTE).isoformat()}, AT + 60 * MINUTE),
        ({"at": "2026-11-23T11:00:00"}, AT + 120 * MINUTE),
        (
            {"hours": {"from": 600, "to": 1200, "days": [0, 1, 2, 3, 4, 5, 6]}},
            datetime(2026, 11, 23, 10, tzinfo=UTC),
        ),
        ({"pause": 0.0}, None),
    ],
)
def test_a_promise_sleeps_in_its_place(given: Any, sleeps_until: datetime | None) -> None:
    number = "+15550101234"  # of no known zone: the operator's counts
    assert place_of(order(number=number, **given), AT, "UTC").not_before == sleeps_until


EVENING = {"from": 8 * 60, "to": 20 * 60, "days": [0, 1, 2, 3, 4, 5, 6]}


@pytest.mark.parametrize(
    ("own", "at", "opens"),
    [
        ({}, 9, None),
        ({}, 19, 24 + 9),
        (EVENING, 8, 9),
        (EVENING, 19, 24 + 9),
        ({**EVENING, "from": 18 * 60}, 9, 18),
        ({**EVENING, "from": 22 * 60}, 21, 22),
    ],
)
def test_a_callback_keeps_to_the_operators_hours_besides_its_own(
    own: dict[str, Any], at: int, opens: int | None
) -> None:
    """The last two: never within the operator's, and across midnight; the call is then refused."""
    rules = DeskRules(hours=CallingHours(9 * 60, 18 * 60))
    midnight = AT.replace(hour=0)
    given = {"hours": own} if own else {"pause": 0}
    place = rules.place(order(**given), midnight + at * 60 * MINUTE, "UTC")
    expected = None if opens is None else midnight + opens * 60 * MINUTE
    assert place.not_before == expected
    assert rules.place(order(), midnight, "").permitted is None, "who waits on the line"
