from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.pacing import Pace, next_call

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


@given(st.floats(0.1, 100), st.lists(st.floats(0, 3), min_size=1, max_size=50))
def test_calls_leave_evenly_however_they_come(per_second: float, pauses: list[float]) -> None:
    pace, at, moments = Pace(per_second), AT, []
    for pause in pauses:
        at += timedelta(seconds=pause)
        moment, pace = next_call(pace, at)
        assert moment >= at
        moments.append(moment)
    gaps = [b - a for a, b in pairwise(moments)]
    assert all(gap >= timedelta(seconds=1 / per_second) for gap in gaps)


def test_a_call_waits_no_longer_than_it_must() -> None:
    first, pace = next_call(Pace(2), AT)
    second, pace = next_call(pace, AT)
    third, _ = next_call(pace, AT + timedelta(seconds=9))
    assert [first, second, third] == [
        AT,
        AT + timedelta(seconds=0.5),
        AT + timedelta(seconds=9),
    ]


@pytest.mark.parametrize("rate", [0, -1])
def test_a_rate_at_which_nothing_leaves_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="more than 0"):
        Pace(rate)
