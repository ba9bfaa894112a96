from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from desk import callbacks, queue
from desk.callbacks import RETRY_AFTER, Callback
from desk.calling_hours import CallingHours
from desk.queue import Waiting
from desk.values import from_json, to_json
from desk.who import Who

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
NIGHT = AT.replace(hour=23)
MORNING = datetime(2026, 11, 24, 8, tzinfo=UTC)
SUPPORT = Who(ring_groups=("support",))
CALLER = Waiting("c", SUPPORT, AT - timedelta(minutes=5), priority=3, tried=("ann",))
ASKED = Callback("+351213456789", AT, "UTC", hours=CallingHours())


def test_a_callback_keeps_the_callers_place_in_the_queue() -> None:
    line = queue.ordered([CALLER, Waiting("d", SUPPORT, AT, priority=3)])
    waiting = callbacks.enter(CALLER, ASKED, AT)
    assert (waiting.kind, waiting.entered, waiting.priority) == ("callback", CALLER.entered, 3)
    assert (waiting.not_before, waiting.tried, waiting.deadline) == (None, (), None)
    assert [w.id for w in queue.with_contact(line, waiting)] == ["c", "d"]


def test_outside_the_contacts_hours_it_sleeps_in_its_place() -> None:
    waiting = callbacks.enter(CALLER, ASKED, NIGHT)
    assert waiting.not_before == MORNING
    assert waiting.sleeps(NIGHT)
    assert not waiting.sleeps(MORNING)


def test_a_scheduled_one_wakes_at_its_time_and_is_as_old_as_that() -> None:
    scheduled = replace(ASKED, at=AT + timedelta(hours=2), max_wait=600.0)
    waiting = callbacks.enter(CALLER, scheduled, AT)
    assert waiting.not_before == waiting.entered == AT + timedelta(hours=2)
    assert waiting.deadline == AT + timedelta(hours=2, seconds=600)
    by_night = replace(ASKED, at=NIGHT)
    assert callbacks.next_moment(by_night, AT) == MORNING


def test_a_scheduled_time_in_the_past_is_now() -> None:
    assert callbacks.next_moment(replace(ASKED, at=AT - timedelta(days=1)), AT) == AT


def test_the_contacts_own_zone_counts_before_the_numbers() -> None:
    tokyo = replace(ASKED, zone="Asia/Tokyo")
    assert callbacks.next_moment(tokyo, AT) == datetime(2026, 11, 23, 23, tzinfo=UTC)


def test_an_unanswered_try_is_repeated_later_until_none_is_left() -> None:
    once, first = callbacks.unanswered(ASKED, AT)
    assert first == AT + timedelta(seconds=RETRY_AFTER[0])
    twice, second = callbacks.unanswered(once, AT)
    assert second == AT + timedelta(seconds=RETRY_AFTER[1])
    assert callbacks.unanswered(twice, AT) == (replace(ASKED, tries=3), None)
    waiting = callbacks.again(callbacks.enter(CALLER, ASKED, AT), first)
    assert (waiting.not_before, waiting.entered) == (first, CALLER.entered)


def test_a_repetition_respects_the_hours_and_the_longest_wait() -> None:
    late = AT.replace(hour=20, minute=58)
    assert callbacks.unanswered(ASKED, late)[1] == MORNING
    hurried = replace(ASKED, max_wait=3_600.0)
    assert callbacks.unanswered(hurried, AT)[1] == AT + timedelta(seconds=300)
    assert callbacks.unanswered(hurried, AT + timedelta(seconds=3_300))[1] is None


@given(st.integers(0, 8), st.integers(0, 5_000))
def test_there_are_never_more_tries_than_promised(retries: int, minutes: int) -> None:
    callback = replace(ASKED, retries=retries)
    moment: datetime | None = AT + timedelta(minutes=minutes)
    tries = 0
    while moment is not None:
        tries += 1
        assert callbacks.next_moment(callback, moment) >= moment
        callback, following = callbacks.unanswered(callback, moment)
        assert following is None or following > moment
        moment = following
    assert tries == retries + 1


def test_a_callback_survives_json() -> None:
    callback = replace(ASKED, at=NIGHT, tries=1, max_wait=60.0)
    assert from_json(Callback, to_json(callback)) == callback
