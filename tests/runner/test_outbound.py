"""The rule of every outgoing call, in transactions on real stores."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import structlog

from desk.call_book import Blocked, Dialled, Refusal
from desk.call_limits import PER_KEY, CallLimits
from desk.hours_text import parse_hours
from desk.tariff import parse_tariff
from flow.effects import CheckDial
from flow.ledger import Contact
from runner.dialling import DialCheck
from runner.errors import CarrierError
from runner.legs import TOO_LATE
from runner.orders import EndLeg, Later, Ring
from runner.outbound import PATIENCE
from store.library import Library
from store.memory import MemoryStore
from tests.runner.office import Office
from tests.runner.walks import NOON, Clock, Town
from tests.store.builders import at_once

SECOND = timedelta(seconds=1)
LISBON = "+351213456789"


@pytest.fixture
def office(town: Town) -> Iterator[Office]:
    made = Office(town.store, town.clock)
    made.run("e1")
    yield made
    made.orders.close()


def limited(office: Office, **policy: Any) -> Office:
    """The same installation under other rules: another process of it."""
    return Office(office.store, office.clock, **policy)


def test_a_call_that_nothing_speaks_against_leaves(office: Office) -> None:
    leg = office.leg("a", LISBON)
    assert office.ring(leg) == 0
    assert office.now(leg).state == "placed"
    with office.store.work() as work:
        assert work.dialled(leg.id) == Dialled(
            leg.id, office.clock(), "k1", f"m{LISBON}", fresh=True
        )


def test_the_kill_switch_stops_the_next_call_of_any_process_and_no_call_that_is_up(
    office: Office,
) -> None:
    up, next_ = office.leg("a"), office.leg("b")
    office.ring(up)
    office.switchboard.stop("looks like fraud")
    other = limited(office)
    other.ring(next_)
    assert other.carrier.made == []
    assert (office.now(next_).state, office.now(next_).reason) == ("over", "kill_switch")
    assert office.now(up).state == "placed"
    assert office.switchboard.resume()
    later = office.leg("c")
    other.ring(later)
    assert office.now(later).state == "placed"


def test_the_kill_switch_stops_agents_and_those_put_through_as_well(office: Office) -> None:
    office.switchboard.stop()
    agent = office.leg("a", "client:ann", kind="agent")
    office.ring(agent)
    assert office.now(agent).reason == "kill_switch"
    assert check(office, caller="+15550109999")[0] == "refused"


def check(office: Office, *targets: str, caller: str = "") -> tuple[str, Any]:
    with office.store.work() as work:
        effect = CheckDial("e1.9", targets or ("+15550101234",), caller=caller)
        return DialCheck(office.outbound)(work, effect)


def test_a_refusal_is_in_the_audit_with_the_number_masked(office: Office) -> None:
    leg = office.leg("a", "+442071838750")
    with structlog.testing.capture_logs() as logs:
        office.ring(leg)
    assert office.switchboard.refusals() == [
        Refusal(
            office.clock(), leg.id, "contact", "k1", "dial_rules",
            "calls to GB are not listed", "+44*******750",
        )
    ]  # fmt: skip
    assert office.counted == ["dial_rules"]
    assert [entry["event"] for entry in logs] == ["call refused"]
    assert "2071838" not in str(logs)


def test_nobody_on_the_do_not_call_list_is_called_in_whatever_form(office: Office) -> None:
    office.switchboard.block([LISBON], "asked us")
    assert office.switchboard.blocked() == [Blocked(LISBON, "asked us", office.clock())]
    for target in (LISBON, f"sip:{LISBON}@gateway.example.com"):
        leg = office.leg(target[:4], target)
        office.ring(leg)
        assert office.now(leg).reason == "do_not_call"
        assert check(office, target)[0] == "refused"
    agent = office.leg("agent", LISBON, kind="agent")
    office.ring(agent)
    assert office.now(agent).state == "placed", "an agent's own telephone is not asked for"
    assert office.switchboard.unblock(LISBON)
    assert check(office, LISBON)[0] == "allowed"


def test_a_forward_goes_to_those_who_may_be_called(office: Office) -> None:
    office.switchboard.block([LISBON])
    outcome, result = check(office, LISBON, "+442071838750", "+15550101234", caller="+15550109999")
    assert (outcome, result["targets"]) == ("allowed", ["+15550101234"])


def test_a_call_outside_the_hours_of_its_contact_is_refused(office: Office) -> None:
    office.clock.forward(11 * 3600)  # 23:00 in Lisbon
    night = limited(office, hours=parse_hours("08:00-21:00"))
    leg = night.leg("a", LISBON)
    assert night.ring(leg) == 0
    assert night.now(leg).reason == "outside_hours"
    caller = check(night, LISBON, caller="+15550109999")
    assert caller[0] == "allowed", "whoever is put through is awake"
    agent = night.leg("b", LISBON, kind="agent")
    night.ring(agent)
    assert night.now(agent).state == "placed"


def test_a_call_just_before_the_hours_waits_for_them(office: Office) -> None:
    office.clock.forward(20 * 3600 - 600)  # 7:50 in Lisbon
    early = limited(office, hours=parse_hours("08:00-21:00"))
    leg = early.leg("a", LISBON)
    assert early.ring(leg) == 600
    early.clock.forward(600)
    assert early.ring(leg) == 0
    assert early.now(leg).state == "placed"


class Ticking(Clock):
    """A clock that goes on with every look at it."""

    def __call__(self) -> datetime:
        self.forward(1)
        return self.now


def test_a_callback_whose_hours_end_between_two_looks_at_the_clock_is_too_late(town: Town) -> None:
    """Refused, it would be lost; too late, it waits for the morning."""
    office = Office(town.store, clock := Ticking(), hours=parse_hours("08:00-21:00"))
    office.run("e1")
    leg, end = office.leg("a", LISBON), NOON.replace(hour=21, microsecond=0)
    clock.now = end - 1.5 * SECOND
    office.legs.ring(Ring(leg.id, end.isoformat()))
    assert office.now(leg).reason == TOO_LATE
    assert office.carrier.made == []
    office.orders.close()


def test_the_zone_of_a_known_contact_counts(town: Town) -> None:
    office = Office(town.store, town.clock, hours=parse_hours("08:00-21:00"))
    office.run("e1")
    person = Contact("c1", number=LISBON, fields={"timezone": "Asia/Tokyo"})
    Library(town.database).load_contacts([person])
    leg = office.leg("a", LISBON)  # noon in Lisbon, nine in the evening in Tokyo
    office.ring(leg)
    assert office.now(leg).reason == "outside_hours"


def test_calls_leave_one_per_second_whatever_process_places_them(office: Office) -> None:
    processes = [limited(office, per_second=1) for _ in range(3)]
    legs = [office.leg(f"l{n}") for n in range(6)]
    waits = [processes[n % 3].ring(leg) for n, leg in enumerate(legs)]
    assert waits == [0, 1, 2, 3, 4, 5]
    assert processes[1].ring(legs[1]) == 1, "asked early, it keeps its moment"
    office.clock.forward(1)
    assert processes[2].ring(legs[1]) == 0
    assert [office.now(leg).state for leg in legs[:3]] == ["placed", "placed", "wanted"]


def test_of_calls_asked_for_in_parallel_each_gets_a_second_of_its_own(office: Office) -> None:
    paced = limited(office, per_second=1)
    legs = [office.leg(f"l{n}") for n in range(10)]
    answers = at_once(10, lambda n: paced.ask(legs[n]))
    at = office.clock()
    moments = sorted(answer.may_at or at for answer in answers)
    assert moments == [at + n * SECOND for n in range(10)]


def test_an_agent_is_rung_at_once_and_calls_to_contacts_give_way(office: Office) -> None:
    paced = limited(office, per_second=0.5)
    assert paced.ring(office.leg("a")) == 0
    agents = [office.leg(f"g{n}", "client:ann", kind="agent") for n in range(3)]
    assert [paced.ring(agent) for agent in agents] == [0, 0, 0]
    assert paced.ring(office.leg("b")) == 2


@pytest.mark.parametrize("scope", ["per_key", "in_all"])
def test_calls_at_once_cannot_be_passed_in_a_race(office: Office, scope: str) -> None:
    few = limited(office, **{scope: CallLimits(at_once=5)})
    legs = [office.leg(f"l{n}") for n in range(20)]
    answers = at_once(20, lambda n: few.ask(legs[n]))
    assert [answer.allowed for answer in answers].count(True) == 5
    assert {a.reason for a in answers if not a.allowed} == {f"{scope[-3:]}_limit"}


def test_a_call_that_ends_makes_room_for_one_that_waits(office: Office) -> None:
    one = limited(office, per_key=CallLimits(at_once=1))
    first, second = office.leg("a"), office.leg("b")
    assert one.ring(first) == 0
    assert one.ring(second) == 5
    one.hang_up(first)
    office.clock.forward(5)
    assert one.ring(second) == 0
    assert one.now(second).state == "placed"


def test_who_waits_for_too_long_is_refused(office: Office) -> None:
    none = limited(office, per_key=CallLimits(at_once=1))
    none.ring(office.leg("a"))
    leg, tries = office.leg("b"), 0
    while wait := none.ring(leg):
        office.clock.forward(wait)
        tries += 1
        assert tries < 20, "an order is given up after so many"
    assert office.clock() - NOON <= PATIENCE
    assert none.now(leg).reason == "key_limit"
    assert none.switchboard.refusals()[0].detail == "calls at once: 1 of 1 used"


def test_another_keys_calls_do_not_count(office: Office) -> None:
    few = limited(office, per_key=CallLimits(per_hour=1, per_second=0.1))
    office.run("e2", "k2")
    office.run("e3", "")
    legs = [office.leg("a", execution=name) for name in ("e1", "e2", "e3", "e3")]
    assert [few.ring(leg) for leg in legs] == [0, 0, 0, 0]


def test_one_keys_calls_leave_at_its_own_pace(office: Office) -> None:
    slow = limited(office, per_key=CallLimits(per_second=0.5), per_second=10)
    waits = [slow.ring(office.leg(name)) for name in "abc"]
    assert waits == [0, 2, 4]
    office.run("e2", "k2")
    assert slow.ring(office.leg("a", execution="e2")) < 1


@pytest.mark.parametrize(
    ("limit", "detail"),
    [
        ({"per_hour": 2}, "calls per hour: 2 of 2 used"),
        ({"per_day": 2}, "calls per day: 2 of 2 used"),
        ({"new_numbers_per_hour": 2}, "new numbers per hour: 2 of 2 used"),
        ({"minutes_per_day": 2.5}, "minutes per day: 2 of 2.5 used"),
        ({"spend_per_day": 0.1}, "spend per day: 0.08 of 0.1 used"),
    ],
)
def test_a_full_limit_refuses_and_rings_the_bell(
    office: Office, limit: dict[str, float], detail: str
) -> None:
    prices = parse_tariff("+1,0.04")
    full = limited(office, per_key=CallLimits(**limit), tariff=prices)
    for number in range(2):
        leg = office.leg(f"l{number}", f"+1555010000{number}")
        full.ring(leg)
        full.hang_up(leg, seconds=60)
    refused = office.leg("c", "+15550100009")
    with structlog.testing.capture_logs() as logs:
        assert full.ring(refused) == 0
    assert full.now(refused).reason == "key_limit"
    assert full.switchboard.refusals()[0].detail == detail
    name = detail.partition(":")[0]
    assert {"log_level": "error", "event": "a limit of outgoing calls is reached",
            "api_key": "k1", "limit": name} in logs  # fmt: skip
    assert full.counted == [name, "key_limit"]


def test_a_number_called_before_is_not_new(office: Office) -> None:
    one = limited(office, per_key=CallLimits(new_numbers_per_hour=1))
    assert [one.ring(office.leg(name)) for name in "ab"] == [0, 0]
    assert len(one.carrier.made) == 2


def test_room_that_comes_back_soon_is_waited_for(office: Office) -> None:
    two = limited(office, per_key=CallLimits(per_hour=2))
    two.ring(office.leg("a"))
    office.clock.forward(3_000)
    two.ring(office.leg("b"))
    leg = office.leg("c")
    assert two.ring(leg) == 600
    office.clock.forward(600)
    assert two.ring(leg) == 0


def test_a_call_that_is_taken_back_before_it_left_counts_no_more(office: Office) -> None:
    paced = limited(office, per_second=1, per_key=CallLimits(per_hour=2))
    paced.ring(office.leg("a"))
    waiting = office.leg("b")
    assert paced.ring(waiting) == 1
    paced.legs.end(EndLeg(waiting.id))
    with office.store.work() as work:
        assert work.dialled(waiting.id) is None
        assert work.tally(office.clock(), "k1").hour == 1


def test_the_carriers_own_refusal_is_a_refusal(office: Office) -> None:
    office.carrier.error = CarrierError("no", code=21215)
    leg = office.leg("a")
    office.ring(leg)
    assert office.now(leg).reason == "carrier"
    assert office.switchboard.refusals()[0].detail == "the carrier's rules refused it (code 21215)"
    office.carrier.error = CarrierError("no", code=21211)
    office.ring(wrong := office.leg("b"))
    assert office.now(wrong).reason == "invalid_number"
    with office.store.work() as work:
        assert work.tally(office.clock(), None).open == ()


def test_a_repeated_request_is_one_call_of_the_limits(office: Office) -> None:
    one = limited(office, per_key=CallLimits(per_hour=1))
    one.carrier.error = CarrierError("busy", code=20429, retry=True)
    leg = office.leg("a")
    with pytest.raises(Later):
        one.legs.ring(Ring(leg.id))
    one.carrier.error = None
    assert one.ring(leg) == 0
    assert one.now(leg).state == "placed"


def test_a_forward_of_a_walk_that_the_api_began_is_a_call_of_its_key(office: Office) -> None:
    """Else a leaked key would double what it may do, and at any price."""
    two = limited(office, per_key=CallLimits(per_hour=2))
    two.ring(office.leg("a"))
    assert check(two, LISBON, caller="+15550101234")[0] == "allowed"
    assert check(two, LISBON, caller="+15550101234")[0] == "refused"
    assert two.switchboard.refusals()[0].kind == "forward"
    two.ring(refused := office.leg("b"))
    assert two.now(refused).reason == "key_limit"


def test_a_caller_of_ours_is_put_through_whatever_was_called(office: Office) -> None:
    office.run("e5", "")
    none = limited(office, per_key=CallLimits(per_hour=0), in_all=CallLimits(per_hour=0))
    with none.store.work() as work:
        effect = CheckDial("e5.9", (LISBON,), caller="+15550101234")
        assert none.outbound.check(work, effect)[0].allowed
        assert work.tally(none.clock(), None).hour == 0


def test_ten_thousand_calls_of_a_leaked_key_come_to_its_cap_and_an_alarm_at_once() -> None:
    """Threats-and-faults, threat 26; every call ends at once, so calls at once are no help."""
    clock = Clock()
    office = Office(MemoryStore(), clock, per_key=PER_KEY, per_second=1)
    office.run("e1")
    alarms: list[timedelta] = []
    with structlog.testing.capture_logs() as logs:
        for number in range(10_000):
            leg = office.leg(str(number), f"+1555{number:07}")
            while wait := office.ring(leg):
                clock.forward(wait)
            if office.now(leg).state == "placed":
                office.hang_up(leg, seconds=1)
            elif not alarms:
                alarms.append(clock() - leg.created)
    assert len(office.carrier.made) == PER_KEY.new_numbers_per_hour == 60
    assert len(office.switchboard.refusals(20_000)) == 9_940
    assert alarms == [timedelta()], "the first that was refused rang it"
    assert "a limit of outgoing calls is reached" in {entry["event"] for entry in logs}
    assert office.counted.count("new numbers per hour") == 9_940
