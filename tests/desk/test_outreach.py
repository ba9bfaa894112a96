"""Limits of messages that are begun: the one that would be passed is named."""

import pytest

from desk.limits_text import parse_limits
from desk.outreach import IN_ALL, PER_KEY, Begun, MessageLimits, is_near, reached


@pytest.mark.parametrize(
    ("begun", "named"),
    [
        (Begun(), ""),
        (Begun(hour=2, day=4, to_one=1), ""),
        (Begun(hour=3), "messages per hour"),
        (Begun(day=5), "messages per day"),
        (Begun(to_one=2), "messages to one contact per hour"),
        (Begun(hour=9, day=9, to_one=9), "messages per hour"),
    ],
)
def test_the_limit_that_one_more_would_pass_is_named(begun: Begun, named: str) -> None:
    assert reached(MessageLimits(3, 5, 2), begun) == named
    assert reached(MessageLimits(), begun) == ""


def test_close_to_a_limit_is_as_many_as_may_come_at_one_moment() -> None:
    limits = MessageLimits(per_hour=1_000, per_day=5_000, to_one_per_hour=1)
    assert not is_near(limits, Begun(hour=800, day=4_800))
    assert is_near(limits, Begun(hour=801))
    assert is_near(limits, Begun(day=4_801))
    assert not is_near(MessageLimits(), Begun(hour=9_999_999))


def test_limits_are_read_as_those_of_calls() -> None:
    assert parse_limits("per_hour=20, to_one_per_hour=none", PER_KEY) == MessageLimits(20, 5_000)
    assert parse_limits("", IN_ALL) == IN_ALL
    for text in ("per_second=2", "per_day=-1", "per_day=many", "to_one_per_hour"):
        with pytest.raises(ValueError, match=r"limit|number"):
            parse_limits(text, PER_KEY)
