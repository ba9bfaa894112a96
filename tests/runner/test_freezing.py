"""Keys whose limits go on refusing calls are frozen, in the transaction of the last refusal."""

from collections.abc import Iterator

import pytest
import structlog

from desk.access import ApiKey
from desk.call_limits import CallLimits
from store.audit import Audit
from store.keys import ApiKeys
from tests.runner.office import Office
from tests.runner.test_outbound import check, limited
from tests.runner.walks import NOON, Town
from tests.store.builders import at_once


@pytest.fixture
def office(town: Town) -> Iterator[Office]:
    made = Office(town.store, town.clock)
    made.run("e1")
    yield made
    made.orders.close()


def freezing(office: Office, town: Town, after: int) -> Office:
    """One call an hour, and a key that is frozen after so many more."""
    keep_key(town)
    return limited(office, per_key=CallLimits(per_hour=1), freeze_after=after)


def keep_key(town: Town) -> None:
    ApiKeys(town.database).add(ApiKey("k1", "crm", "lwk_1", "d", ["flows:start"], NOON))


def test_a_key_that_goes_on_past_its_limits_is_frozen(office: Office, town: Town) -> None:
    once = freezing(office, town, 2)
    with structlog.testing.capture_logs() as logs:
        legs = [office.leg(name) for name in "abcd"]
        for leg in legs:
            once.ring(leg)
    reasons = [once.now(leg).reason for leg in legs]
    assert reasons == ["", "key_limit", "key_limit", "key_frozen"]
    why = "2 calls refused within the hour, at last by calls per hour: 1 of 1 used"
    frozen = {"log_level": "error", "event": "an API key is frozen", "api_key": "k1", "why": why}
    assert logs.count(frozen) == 1
    office.run("e2", "k2")
    other = office.leg("a", execution="e2")
    assert once.ring(other) == 0
    assert once.now(other).state == "placed", "other keys go on"
    office.run("e3", "")
    own = office.leg("a", execution="e3")
    once.ring(own)
    assert once.now(own).state == "placed"


def test_nobody_is_put_through_for_a_frozen_key(office: Office, town: Town) -> None:
    once = freezing(office, town, 1)
    once.ring(office.leg("a"))
    assert check(once, caller="+15550109999")[0] == "refused"
    assert check(once, caller="+15550109999")[1]["reason"] == "the API key is frozen"


def test_a_frozen_key_that_is_revoked_calls_nobody_and_one_that_was_not_ends_what_it_began(
    office: Office, town: Town
) -> None:
    once = freezing(office, town, 1)
    keys = ApiKeys(town.database)
    keys.revoke("k1", once.clock())
    assert once.ring(first := office.leg("a")) == 0
    assert once.now(first).state == "placed"
    keys.add(ApiKey("k2", "crm", "lwk_2", "d", ["flows:start"], NOON))
    office.run("e2", "k2")
    legs = [office.leg(name, execution="e2") for name in "abc"]
    for leg in legs[:2]:
        once.ring(leg)
    keys.revoke("k2", once.clock())
    once.ring(legs[2])
    assert [once.now(leg).reason for leg in legs] == ["", "key_limit", "key_frozen"]


def test_breaches_of_an_hour_ago_are_forgotten(office: Office, town: Town) -> None:
    twice = freezing(office, town, 2)
    for name in "ab":
        twice.ring(office.leg(name))
    office.clock.forward(3_601)
    for name in "cd":
        twice.ring(office.leg(name))
    office.clock.forward(3_601)
    last = office.leg("e")
    twice.ring(last)
    assert twice.now(last).state == "placed"


def test_nothing_is_frozen_where_that_is_off(office: Office, town: Town) -> None:
    never = freezing(office, town, 0)
    legs = [office.leg(f"l{number}") for number in range(40)]
    for leg in legs:
        never.ring(leg)
    assert {never.now(leg).reason for leg in legs[1:]} == {"key_limit"}


def test_of_calls_refused_in_parallel_none_is_counted_twice(office: Office, town: Town) -> None:
    once = freezing(office, town, 3)
    legs = [office.leg(f"l{number}") for number in range(10)]
    answers = at_once(10, lambda number: once.ask(legs[number]))
    reasons = sorted(answer.reason for answer in answers)
    assert reasons == ["", *["key_frozen"] * 6, *["key_limit"] * 3]
    entries = Audit(town.database).newest(20)
    assert [entry.action for entry in entries] == ["keys.freeze"]
