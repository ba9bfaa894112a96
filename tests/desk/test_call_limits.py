from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from desk.call_book import Tally, called_number, masked
from desk.call_limits import IN_ALL, PER_KEY, Added, CallLimits, cost, longest, used
from desk.hours_text import parse_hours
from desk.limits_text import parse_limits
from desk.tariff import Tariff, parse_tariff

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_what_is_not_named_stays() -> None:
    read = parse_limits(" at_once = 20, per_day=none ,", PER_KEY)
    assert read == replace(PER_KEY, at_once=20, per_day=None)
    assert parse_limits("", IN_ALL) == IN_ALL


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("calls=5", "'calls' is no limit; there are per_second, at_once"),
        ("at_once", "at_once is a number or none"),
        ("at_once=-1", "at_once is a number or none"),
        ("at_once=nan", "at_once is a number or none"),
        ("per_day=inf", "per_day is a number or none"),
        ("per_second=0", "per_second is a number or none"),
    ],
)
def test_a_wrong_limit_is_named(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_limits(text, PER_KEY)


def test_the_pace_of_all_is_the_accounts() -> None:
    with pytest.raises(ValueError, match="'per_second' is no limit"):
        parse_limits("per_second=5", IN_ALL)


def test_each_limit_is_held_against_what_is_used() -> None:
    limits = CallLimits(None, 3, 10, 20, 30, 5, 4.0)
    lasting = ((NOON - 3 * MINUTE, 0.5), (NOON + MINUTE, 0.25))
    tally = Tally(hour=9, fresh=5, day=20, seconds=600, cost=1.0, open=lasting)
    found = used(limits, tally, Added(1, 1, 0.5), "key", NOON)
    assert {name: (use.used, use.adds, use.is_full) for name, use in found.items()} == {
        "at_once": (2, 1, False),
        "per_hour": (9, 1, False),
        "per_day": (20, 1, True),
        "minutes_per_day": (14, 1, False),  # ten that ended, three, and one that has yet to begin
        "new_numbers_per_hour": (5, 1, True),
        "spend_per_day": (2.75, 0.5, False),
    }


def test_a_known_number_and_a_forward_meet_fewer_limits() -> None:
    found = used(PER_KEY, Tally(fresh=99), Added(1, 0, 0.0, stays=False), "key", NOON)
    assert sorted(found) == ["minutes_per_day", "per_day", "per_hour"]


def test_a_call_ends_by_the_shorter_of_its_limits() -> None:
    assert longest(IN_ALL) == 4 * 3600
    assert longest(PER_KEY, IN_ALL) == 3600
    assert longest(replace(PER_KEY, minutes_per_call=None), IN_ALL) == 4 * 3600
    assert longest(CallLimits(minutes_per_call=1.5)) == 90
    assert longest(CallLimits(), CallLimits()) is None


@pytest.mark.parametrize("minutes", ["0", "0.5", "1441", "-1"])
def test_carriers_end_calls_after_a_minute_to_a_day(minutes: str) -> None:
    with pytest.raises(ValueError, match="minutes_per_call is"):
        parse_limits(f"minutes_per_call={minutes}", IN_ALL)
    assert parse_limits("minutes_per_call=none", IN_ALL).minutes_per_call is None


def test_minutes_that_have_begun_are_paid_whole() -> None:
    assert [cost(seconds, 0.5) for seconds in (0, 1, 60, 61)] == [0, 0.5, 0.5, 1.0]


def test_the_longest_prefix_has_the_price() -> None:
    tariff = parse_tariff("prefix,price\n+351,0.02\n\n+3519, 0.06\nsip:,0.01\n")
    assert tariff.price("+351210000000") == 0.02
    assert tariff.price("+351910000000") == 0.06
    assert tariff.price("SIP:ann@example.com") == 0.01
    assert tariff.price("+49301234567") == 0.06, "nobody knows: the dearest"
    assert parse_tariff("+351,0.02").price("sip:ann@example.com") == 0
    assert Tariff().price("+351210000000") == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no price in it"),
        ("+351,0.02\n+351,0.03", "line 2: .351 stands there twice"),
        ("+351", "line 1: write a prefix and a price"),
        ("+351,cheap", "line 1: write a prefix"),
        ("+351,-1", "line 1: write a prefix"),
        ("+351,nan", "line 1: write a prefix"),
        ("351,0.02", "line 1: write a prefix"),
        ("+351,0.02,EUR", "line 1: write a prefix"),
    ],
)
def test_a_wrong_tariff_says_which_line(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_tariff(text)


def test_hours_are_read() -> None:
    assert parse_hours("") is None
    read = parse_hours(" Mon-Fri,sun 9:00 - 18:30")
    assert read is not None
    assert (read.start, read.end, read.days) == (540, 1110, (0, 1, 2, 3, 4, 6))
    over_the_week = parse_hours("sat-mon 08:00-24:00")
    assert over_the_week is not None
    assert over_the_week.days == (0, 5, 6)


@pytest.mark.parametrize(
    "text", ["nine to five", "8-21", "08:60-21:00", "08:00-25:00", "workdays 08:00-21:00",
             "mon- 08:00-21:00", "08:00-08:00"]
)  # fmt: skip
def test_wrong_hours_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"calling hours|no days"):
        parse_hours(text)


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("+351912345678", "+35*******678"),
        ("sip:+351912345678@pbx.example.com", "sip:+35*******678@pbx.example.com"),
        ("sip:ann@pbx.example.com", "sip:ann@pbx.example.com"),
        ("5512", "****"),
        ("", ""),
    ],
)
def test_a_masked_number_shows_its_ends_and_no_more(target: str, shown: str) -> None:
    assert masked(target) == shown


@pytest.mark.parametrize(
    ("target", "number"),
    [
        ("+351 912 345-678", "+351912345678"),
        ("SIP:+351912345678@gateway.example.com;transport=tls", "+351912345678"),
        ("sip:+351912345678;phone-context=x@gateway.example.com", "+351912345678"),
        ("sip:Ann@Example.com", "sip:ann@example.com"),
        ("411", "411"),
    ],
)
def test_a_number_is_the_same_in_whatever_form_it_is_called(target: str, number: str) -> None:
    assert called_number(target) == number
