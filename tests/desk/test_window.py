"""The hours of one callback: open and shut by the clocks that count, also when they change."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from desk.calling_hours import CallingHours
from desk.values import from_json, to_json
from desk.window import Window, window_for
from tests.desk.test_calling_hours import EDGES, LISBON, MINUTE, NEW_YORK, TOKYO, ZONES, utc

HOURS = CallingHours(9 * 60, 17 * 60, (0, 1, 2, 3, 4))


def test_it_opens_and_closes_by_the_contacts_clock() -> None:
    window = window_for(HOURS, (NEW_YORK,), "UTC", utc("2026-11-23T12:00"))
    assert window == Window(HOURS, ("America/New_York",), "UTC")
    assert window.opens(utc("2026-11-23T12:00")) == utc("2026-11-23T14:00")
    assert window.closes(utc("2026-11-23T14:00")) == utc("2026-11-23T22:00")
    assert window.closes(utc("2026-11-23T22:00")) == utc("2026-11-23T22:00")
    assert window.opens(utc("2026-11-27T22:00")) == utc("2026-11-30T14:00"), "over the week-end"


def test_where_several_zones_count_it_closes_with_the_first() -> None:
    window = window_for(CallingHours(), (LISBON, NEW_YORK), "UTC", utc("2026-11-23T14:00"))
    assert window.closes(utc("2026-11-23T14:00")) == utc("2026-11-23T21:00")


def test_zones_that_are_never_open_together_leave_it_to_the_operators() -> None:
    window = window_for(HOURS, (NEW_YORK, TOKYO), "Europe/Lisbon", utc("2026-11-23T12:00"))
    assert window.zones == ("Europe/Lisbon",)
    assert window_for(HOURS, (), "Europe/Lisbon", utc("2026-11-23T12:00")) == window


def test_hours_of_whole_days_never_close() -> None:
    always = window_for(CallingHours(0, 24 * 60), (LISBON,), "UTC", utc("2026-11-23T12:00"))
    assert always.closes(utc("2026-11-23T12:00")) is None
    workdays = window_for(
        CallingHours(0, 24 * 60, (0, 1)), (LISBON,), "UTC", utc("2026-11-23T12:00")
    )
    assert workdays.closes(utc("2026-11-23T12:00")) == utc("2026-11-25T00:00")


def test_a_window_survives_json() -> None:
    window = Window(HOURS, ("Europe/Lisbon",), "UTC")
    assert from_json(Window, to_json(window)) == window


@settings(max_examples=100, deadline=None)
@given(
    st.integers(0, 1439),
    st.integers(0, 1440),
    st.sets(st.integers(0, 6), min_size=1),
    st.lists(st.sampled_from(ZONES), min_size=1, max_size=2),
    st.sampled_from(EDGES),
    st.integers(-600, 600),
)
def test_the_first_minute_that_is_not_permitted_is_found(
    start: int, end: int, days: set[int], names: list[str], edge: str, offset: int
) -> None:
    if start == end:
        return
    window = Window(CallingHours(start, end, tuple(sorted(days))), tuple(names), names[0])
    at = utc(edge) + offset * MINUTE
    found = window.closes(at)

    def is_open(moment: datetime) -> bool:
        zones = map(ZoneInfo, names)
        return all(window.hours.shows_open(moment.astimezone(zone)) for zone in zones)

    minutes = (at + number * MINUTE for number in range(2 * 24 * 60))
    first = next((m for m in minutes if not is_open(m)), None)
    assert first is None or found == first
    assert found is None or not is_open(found)
    assert found is None or found == at or is_open(found - timedelta(seconds=1))
