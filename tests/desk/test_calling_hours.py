from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.calling_hours import DAY, CallingHours, common, next_permitted
from desk.values import from_json, to_json
from desk.zones import zones_for, zones_of

LISBON, NEW_YORK, HONOLULU = map(
    ZoneInfo, ("Europe/Lisbon", "America/New_York", "Pacific/Honolulu")
)
TOKYO = ZoneInfo("Asia/Tokyo")
MINUTE = timedelta(minutes=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "at", "first"),
    [
        ("Europe/Lisbon", "2026-11-23T12:00", "2026-11-23T12:00"),
        ("Europe/Lisbon", "2026-11-23T07:59", "2026-11-23T08:00"),
        ("Europe/Lisbon", "2026-11-23T21:00", "2026-11-24T08:00"),
        ("America/New_York", "2026-11-23T12:00", "2026-11-23T13:00"),
        ("America/New_York", "2026-03-07T14:00", "2026-03-07T14:00"),
        ("America/New_York", "2026-03-08T02:00", "2026-03-08T12:00"),
        ("America/New_York", "2026-11-01T02:00", "2026-11-01T13:00"),
    ],
)
def test_the_next_moment_is_eight_o_clock_on_the_contacts_own_wall(
    zone: str, at: str, first: str
) -> None:
    assert next_permitted(CallingHours(), (ZoneInfo(zone),), LISBON, utc(at)) == utc(first)


def test_a_window_across_midnight_belongs_to_the_day_it_starts_on() -> None:
    nights = CallingHours(22 * 60, 2 * 60, days=(4,))  # Friday night
    assert next_permitted(nights, (LISBON,), LISBON, utc("2026-11-27T12:00")) == utc(
        "2026-11-27T22:00"
    )
    saturday = utc("2026-11-28T01:59")
    assert next_permitted(nights, (LISBON,), LISBON, saturday) == saturday
    assert next_permitted(nights, (LISBON,), LISBON, saturday + MINUTE) == utc("2026-12-04T22:00")


def test_where_the_clock_jumps_over_the_opening_the_jump_opens() -> None:
    early = CallingHours(2 * 60 + 30, 5 * 60)
    assert next_permitted(early, (NEW_YORK,), LISBON, utc("2026-03-08T05:00")) == utc(
        "2026-03-08T07:00"
    )


def test_where_the_clock_is_set_back_into_the_window_it_opens_again() -> None:
    night = CallingHours(30, 90)  # 00:30 to 01:30; at 02:00 the clock goes back to 01:00
    assert next_permitted(night, (NEW_YORK,), LISBON, utc("2026-11-01T05:40")) == utc(
        "2026-11-01T06:00"
    )


def test_every_zone_the_number_may_be_in_must_be_awake() -> None:
    at = utc("2026-11-23T12:00")  # 02:00 in Honolulu, 07:00 in New York
    both = next_permitted(CallingHours(), (NEW_YORK, HONOLULU), LISBON, at)
    assert both == utc("2026-11-23T18:00")


def test_zones_never_awake_together_and_unknown_ones_leave_it_to_the_operators() -> None:
    at = utc("2026-11-23T12:00")
    short = CallingHours(9 * 60, 12 * 60)
    for zones in ((), (NEW_YORK, TOKYO)):
        assert next_permitted(short, zones, LISBON, at) == utc("2026-11-24T09:00")


def test_hours_that_are_off_permit_always() -> None:
    assert next_permitted(None, (LISBON,), LISBON, utc("2026-11-23T03:00")) == utc(
        "2026-11-23T03:00"
    )


def test_a_window_that_the_clock_leaves_out_is_found_in_the_week_after() -> None:
    gap = CallingHours(2 * 60, 3 * 60, days=(6,))
    at = utc("2026-03-01T09:00")
    assert next_permitted(gap, (NEW_YORK,), NEW_YORK, at) == utc("2026-03-15T06:00")


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [(60, 60, (0,)), (1440, 60, (0,)), (0, 1441, (0,)), (0, 60, (7,)), (0, 9, ())],
)
def test_hours_that_never_open_are_refused(start: int, end: int, days: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="calling hours"):
        CallingHours(start, end, days)


def test_hours_survive_json() -> None:
    hours = CallingHours(60, 120, (0, 3))
    assert from_json(CallingHours, to_json(hours)) == hours


ZONES = (
    "America/New_York",
    "Europe/Lisbon",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Africa/Casablanca",
)
EDGES = (
    "2026-03-08T05:00",
    "2026-11-01T04:00",
    "2026-04-04T13:00",
    "2026-10-03T14:00",
    "2011-12-30T08:00",
    "2026-03-29T00:00",
    "2026-10-25T00:00",
    "2026-02-15T01:00",
)


@settings(max_examples=100, deadline=None)
@given(
    st.integers(0, 1439),
    st.integers(0, 1440),
    st.sets(st.integers(0, 6), min_size=1),
    st.lists(st.sampled_from(ZONES), min_size=1, max_size=2),
    st.sampled_from(EDGES),
    st.integers(-600, 600),
)
def test_no_permitted_minute_is_passed_over(
    start: int, end: int, days: set[int], names: list[str], edge: str, offset: int
) -> None:
    if start == end:
        return
    hours = CallingHours(start, end, tuple(sorted(days)))
    zones = tuple(map(ZoneInfo, names))
    at = utc(edge) + offset * MINUTE
    found = next_permitted(hours, zones, zones[0], at)

    def is_open(moment: datetime) -> bool:
        return all(hours.shows_open(moment.astimezone(zone)) for zone in zones)

    minutes = (at + number * MINUTE for number in range(2 * 24 * 60))
    assert next((m for m in minutes if is_open(m)), found) == found
    assert found == at or not is_open(at)


@pytest.mark.parametrize(
    ("number", "own", "zones"),
    [
        ("+351213456789", "", ["Europe/Lisbon"]),
        ("+12125551234", "", ["America/New_York"]),
        ("+351912345678", "", ["Atlantic/Azores", "Europe/Lisbon"]),
        ("+351912345678", "Asia/Tokyo", ["Asia/Tokyo"]),
        ("+12125551234", "../etc", ["America/New_York"]),
        ("+12125551234", "Mars/Base", ["America/New_York"]),
        ("+15550100001", "", []),
        ("sip:ann@example.com", "", []),
        ("", "", []),
    ],
)
def test_the_zones_of_a_number(number: str, own: str, zones: list[str]) -> None:
    assert [zone.key for zone in zones_for(number, own)] == zones


def test_a_toll_free_number_is_called_when_all_its_zones_are_awake_if_they_ever_are() -> None:
    at, zones = utc("2026-11-23T03:00"), zones_of("+18005551234")
    assert len(zones) > 20
    # From eight in Guam until nine in the evening in Newfoundland.
    assert next_permitted(CallingHours(), zones, LISBON, at) == utc("2026-11-23T22:00")
    office = CallingHours(9 * 60, 17 * 60)
    assert next_permitted(office, zones, LISBON, at) == utc("2026-11-23T09:00")


_MINUTES = st.integers(0, DAY - 1)
_DAYS = st.sets(st.integers(0, 6), min_size=1).map(tuple)


@given(st.lists(st.tuples(_MINUTES, _MINUTES, _DAYS), min_size=2, max_size=2), _MINUTES)
def test_hours_in_common_are_those_at_which_both_are_open(
    windows: list[tuple[int, int, tuple[int, ...]]], minutes: int
) -> None:
    if any(start == end for start, end, _ in windows):
        return
    one, other = (CallingHours(start, end, days) for start, end, days in windows)
    both = common(one, other)
    at = utc("2026-11-23T00:00") + minutes * MINUTE
    if both is not None:
        assert both.shows_open(at) == (one.shows_open(at) and other.shows_open(at))
    elif one.start < one.end and other.start < other.end:
        assert not (one.shows_open(at) and other.shows_open(at))


def test_hours_that_cross_midnight_have_none_in_common_that_one_window_says() -> None:
    night, day = CallingHours(20 * 60, 8 * 60), CallingHours(7 * 60, 21 * 60)
    assert common(night, day) is None
    assert common(day, CallingHours(9 * 60, 22 * 60, (5, 6))) == CallingHours(540, 1260, (5, 6))
