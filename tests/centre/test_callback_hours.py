"""Callbacks with hours: nobody is rung or called outside them, and they go on by themselves."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flow.ledger import Contact
from tests.centre.centre import ANN, Centre, centre_on
from tests.centre.test_callbacks import AGENT, FLOWS, accepts, free, promised
from tests.support.carrier import CALLER
from tests.support.installation import NUMBER

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
EVENING = NOON.replace(hour=20)
HOURS = {"max_wait: 2h": 'max_wait: 30h\n    hours: {from: "08:00", to: "20:00"}'}


@pytest.fixture
def queue(centre: Centre) -> Centre:
    """A centre that calls back by day, at noon, with Ann at lunch."""
    centre.clock.ahead = NOON - centre.clock()
    centre.house.publish(FLOWS / "callback.yaml", NUMBER, replacing=HOURS)
    centre.hire({**AGENT, "presence": "away"})
    return centre


def reach(centre: Centre, moment: datetime) -> None:
    """Let the time come, and the worker do what is due."""
    centre.later((moment - centre.clock()).total_seconds())


def test_an_agent_who_is_free_at_night_rings_in_the_morning(queue: Centre) -> None:
    promised(queue)
    reach(queue, EVENING + timedelta(minutes=30))
    queue.staff.choose("ann", "available")
    queue.carrier.settle()
    assert (queue.carrier.legs_to(ANN), queue.state()["waiting"]) == ([], 1)
    caller = queue.call()
    agent = queue.joined(caller, ANN)
    agent.hang_up()
    caller.hang_up()
    free(queue)
    assert queue.carrier.legs_to(CALLER) == [], "who calls by night is served, and nobody called"
    woken = queue.house.jobs("desk")
    assert "desk-20261124080000000000" in woken, "a durable job wakes the desk"
    reach(queue, EVENING + timedelta(hours=12))
    agent = accepts(queue)
    contact = queue.carrier.leg_to(CALLER)
    contact.answer()
    queue.carrier.until(lambda: contact.hears(agent))
    agent.hang_up()
    contact.press("5")
    free(queue)
    assert queue.answers()[-1] == ("after-callback", "5", "ann", "support")


def test_who_is_rung_at_the_last_minute_is_rung_no_more(queue: Centre) -> None:
    promised(queue)
    reach(queue, EVENING - timedelta(seconds=30))
    queue.staff.choose("ann", "available")
    agent = queue.carrier.leg_to(ANN)
    agent.answer()
    queue.carrier.until(lambda: agent.verb == "Gather")
    queue.clock.ahead += EVENING - queue.clock()
    agent.press("1")
    queue.carrier.until(lambda: agent.over)
    assert agent.said().endswith("This call is no longer offered to you.")
    assert (queue.carrier.legs_to(CALLER), queue.state()["waiting"]) == ([], 1)
    reach(queue, EVENING + timedelta(hours=12))
    accepts(queue)
    queue.carrier.leg_to(CALLER).busy()


def test_the_longest_wait_ends_it_by_night(queue: Centre) -> None:
    promised(queue)
    reach(queue, NOON + timedelta(hours=30, minutes=5))  # the promise was made after noon
    queue.carrier.until(lambda: queue.outcomes() == ["completed"])
    assert queue.state()["waiting"] == 0
    assert queue.carrier.legs_to(CALLER) == []


def test_the_contacts_own_clock_counts(queue: Centre) -> None:
    queue.house.house.library.load_contacts(
        [Contact("ada", "Ada", CALLER, fields={"timezone": "Asia/Tokyo"})]
    )
    promised(queue)
    queue.staff.choose("ann", "available")
    queue.carrier.settle()
    assert queue.carrier.legs_to(ANN) == [], "in Tokyo it is nine in the evening"
    reach(queue, datetime(2026, 11, 23, 23, tzinfo=UTC))
    accepts(queue)
    queue.carrier.leg_to(CALLER).busy()


def test_where_the_flow_has_no_hours_the_operators_count(ready_url: str, tmp_path: Path) -> None:
    """Else an agent would be rung by night, and the callback refused and lost."""
    hours = "08:00-20:00"
    with centre_on(ready_url, tmp_path, calling_hours=hours, timezone="UTC") as centre:
        centre.clock.ahead = NOON - centre.clock()
        longer = {"max_wait: 2h": "max_wait: 30h"}
        centre.house.publish(FLOWS / "callback.yaml", NUMBER, replacing=longer)
        centre.hire({**AGENT, "presence": "away"})
        promised(centre)
        reach(centre, EVENING + timedelta(minutes=30))
        centre.staff.choose("ann", "available")
        centre.carrier.settle()
        assert (centre.carrier.legs_to(ANN), centre.state()["waiting"]) == ([], 1)
        reach(centre, EVENING + timedelta(hours=12))
        accepts(centre)
        centre.carrier.leg_to(CALLER).busy()


def test_a_call_that_waits_for_its_second_until_the_hours_are_over_does_not_leave(
    queue: Centre,
) -> None:
    promised(queue)
    reach(queue, EVENING - timedelta(seconds=60))
    queue.staff.choose("ann", "available")
    with queue.house.house.store.work() as work:
        gate = work.open_gate()
        work.keep_gate(
            gate.__class__(gate.stopped, gate.reason, gate.since, EVENING + timedelta(seconds=60))
        )
    agent = accepts(queue)
    queue.carrier.settle()
    reach(queue, EVENING + timedelta(seconds=90))
    free(queue)
    assert agent.said().endswith("It is too late to call now.")
    assert (queue.carrier.legs_to(CALLER), queue.state()["waiting"]) == ([], 1)
    reach(queue, EVENING + timedelta(hours=12))
    accepts(queue)
    queue.carrier.leg_to(CALLER).busy()
