"""How a conversation ended, from what the carrier says of the agent's leg."""

from datetime import UTC, datetime, timedelta

import pytest

from desk.assignments import Assignment, end, how_left

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "sip", "how"),
    [
        ("completed", None, "finished"),
        ("completed", 200, "finished"),
        ("completed", 399, "finished"),
        ("completed", 400, "accident"),
        ("completed", 503, "accident"),
        ("failed", None, "accident"),
        ("no-answer", 487, "finished"),
        ("busy", 486, "finished"),
        ("canceled", 487, "finished"),
    ],
)
def test_only_a_line_that_broke_is_an_accident(status: str, sip: int | None, how: str) -> None:
    assert how_left(status, sip) == how


def test_the_first_end_is_final_and_counts_the_seconds() -> None:
    open_ = Assignment("o1", "c1", "ann", AT)
    assert open_.seconds == 0
    ended = end(open_, "finished", AT + timedelta(seconds=61))
    assert (ended.how, ended.seconds) == ("finished", 61)
    assert end(ended, "accident", AT + timedelta(seconds=99)) == ended
