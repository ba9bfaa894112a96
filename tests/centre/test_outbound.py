"""Outgoing calls that the rules keep back: from the API and the command line to the telephone."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from store.types import from_sqlite
from tests.centre.centre import ANN, Centre, centre_on
from tests.centre.test_api_flows import NOTICE, called, stands, start
from tests.centre.test_api_flows import key as _key

ADA, BEA = "+15550101234", "+15550101235"
FROZEN = "linewalk_keys_frozen_total "
key = _key


def flask(centre: Centre, *words: str) -> str:
    """Run a command, as another process does."""
    result = centre.house.app.test_cli_runner().invoke(args=["calls", *words])
    assert result.exit_code == 0, result.output
    return str(result.output)


def asked(centre: Centre, key: str, number: str = ADA) -> str:
    """Ask for a call to a number; the interaction."""
    answer = start(centre, key, "delivery-notice", {**NOTICE, "number": number})
    assert answer.status_code == 202, answer.data
    return str(answer.json["interaction_id"])


def exits(centre: Centre, key: str, interaction: str) -> list[str]:
    """How the steps of a walk ended, once it has."""
    centre.carrier.until(lambda: stands(centre, key, interaction)["status"] == "ended")
    return [step["exit"] for step in stands(centre, key, interaction)["history"]]


def refusals(centre: Centre, least: int = 1) -> list[list[str]]:
    """The audit, the newest first, without the times and the legs' ids; waits for so many."""

    def found() -> list[str]:
        lines = flask(centre, "refusals").splitlines()
        return lines if len(lines) >= least else []

    lines = centre.carrier.until(found) if least else flask(centre, "refusals").splitlines()
    return [line.split("\t")[1:6] for line in lines]


def key_id(centre: Centre) -> str:
    """The id of the one key."""
    return str(centre.house.rows("SELECT id FROM lw_api_keys")[0][0])


def test_the_kill_switch_stops_the_next_call_and_leaves_those_that_are_up(
    centre: Centre, key: str
) -> None:
    leg, first = called(centre, key)
    leg.answer()
    centre.carrier.until(lambda: leg.verb == "Gather")
    assert "calls resume" in flask(centre, "stop", "--reason", "looks like fraud")
    assert exits(centre, key, asked(centre, key, BEA)) == ["refused", "done", ""]
    assert centre.carrier.legs_to(BEA) == []
    leg.press("1")
    assert exits(centre, key, first)[:2] == ["answered", "at-home"]
    centre.carrier.until(lambda: leg.over)
    centre.carrier.settle()
    assert flask(centre, "status").endswith(
        ": looks like fraud\ncalls to contacts: 0 now, 1 within the last hour "
        "(1 to new numbers), 1 within 24 hours\n"
    )
    assert refusals(centre)[0][:2] == ["contact", "+15******235"]
    flask(centre, "resume")
    asked(centre, key, BEA)
    centre.carrier.leg_to(BEA).busy()


def test_a_call_that_was_ordered_before_the_switch_does_not_leave_after_it(
    centre: Centre, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order is written, and carried out in another process once the switch is thrown."""
    monkeypatch.setattr("runner.orders.Orders.begin", lambda self, noted: None)
    interaction = asked(centre, key)
    flask(centre, "stop")
    monkeypatch.undo()
    worker = centre.house.telephony  # as a worker process has it
    with centre.house.house.store.work() as work:
        (item,) = centre.house.rows("SELECT id FROM lw_outbox WHERE kind = 'PlaceCall'")[0]
        taken = work.claim(item, "worker", centre.clock(), centre.clock().replace(year=2100))
    assert taken is not None
    order = worker.orders._unpack(taken)
    worker.contacts.place(order)
    assert exits(centre, key, interaction) == ["refused", "done", ""]
    assert centre.carrier.requests == []


def test_the_kill_switch_rings_no_agent(centre: Centre) -> None:
    centre.hire({"id": "ann", "address": ANN})
    flask(centre, "stop")
    caller = centre.call()
    centre.carrier.until(lambda: caller.over)
    assert caller.said().endswith("Nobody is here.")
    assert centre.carrier.legs_to(ANN) == []
    assert centre.state()["agents"] == [("ann", "available", "")]
    assert refusals(centre)[0][0] == "agent"


def test_nobody_on_the_do_not_call_list_is_called(centre: Centre, key: str) -> None:
    assert flask(centre, "block", "+1 555 010-1234", BEA, "--reason", "asked us") == (
        "2 on the do-not-call list\n"
    )
    assert [line.split("\t")[::2] for line in flask(centre, "blocked").splitlines()] == [
        [ADA, "asked us"],
        [BEA, "asked us"],
    ]
    assert exits(centre, key, asked(centre, key)) == ["refused", "done", ""]
    assert refusals(centre) == [
        ["contact", "+15******234", "-", "do_not_call", "the number is on the do-not-call list"]
    ]
    assert flask(centre, "unblock", ADA) == "it may be called again\n"
    asked(centre, key)
    centre.carrier.leg_to(ADA).busy()


def test_nobody_is_put_through_to_a_number_on_the_list(centre: Centre, key: str) -> None:
    flask(centre, "block", BEA)
    inputs = {"number": ADA, "forward_to": BEA}
    answer = start(centre, key, "dial-and-forward", inputs)
    leg = centre.carrier.leg_to(ADA)
    leg.answer()
    leg.press("1")
    found = exits(centre, key, answer.json["interaction_id"])
    assert found[:3] == ["answered", "yes", "refused"]
    assert centre.carrier.legs_to(BEA) == []
    assert refusals(centre)[0][:4] == ["forward", "+15******235", key_id(centre), "do_not_call"]


def test_a_keys_limit_holds_and_is_said(ready_url: str, tmp_path: Path) -> None:
    limits = "per_hour=2,per_second=none"
    with centre_on(ready_url, tmp_path, call_limits_per_key=limits, calls_per_second=100) as centre:
        name = make_key(centre)
        for _ in range(2):
            asked(centre, name)
            centre.carrier.leg_to(ADA).busy()
        third = asked(centre, name)
        assert exits(centre, name, third) == ["refused", "done", ""]
        assert len(centre.carrier.legs_to(ADA)) == 2
        assert refusals(centre) == [
            [
                "contact",
                "+15******234",
                key_id(centre),
                "key_limit",
                "calls per hour: 2 of 2 used",
            ]
        ]
        metrics = centre.house.app.test_client().get("/metrics", base_url="http://localhost")
        assert b'linewalk_calls_refused_total{reason="key_limit"}' in metrics.data
        assert b'linewalk_call_limits_reached_total{limit="calls per hour"}' in metrics.data


def make_key(centre: Centre) -> str:
    """Publish the notice, and make a key."""
    made: str = _key.__wrapped__(centre)  # type: ignore[attr-defined]  # the function behind the fixture
    return made


def test_one_call_at_a_time_and_the_next_when_it_ends(ready_url: str, tmp_path: Path) -> None:
    given = {"call_limits_per_key": "at_once=1,per_second=none", "calls_per_second": 100}
    with centre_on(ready_url, tmp_path, **given) as centre:
        name = make_key(centre)
        asked(centre, name)
        first = centre.carrier.leg_to(ADA)
        waiting = asked(centre, name, BEA)
        centre.carrier.until(lambda: postponed(centre) == 1)
        assert centre.carrier.legs_to(BEA) == []
        first.busy()
        centre.carrier.until(lambda: first.over)
        centre.carrier.settle()  # the one that waits may go at once, or when it asks again
        centre.later(20)
        leg = centre.carrier.leg_to(BEA)
        leg.answer()
        leg.press("1")
        assert exits(centre, name, waiting)[:2] == ["answered", "at-home"]
        assert refusals(centre, 0) == []


def postponed(centre: Centre) -> int:
    """How many orders to call wait for their turn."""
    found = centre.house.rows(
        "SELECT lease FROM lw_outbox WHERE kind = 'PlaceCall' AND state = 'ready'"
    )
    legs = centre.house.rows("SELECT 1 FROM lw_legs WHERE state = 'wanted'")
    return min(len(found), len(legs))


def test_calls_leave_a_second_apart(centre: Centre, key: str) -> None:
    numbers = [f"+1555010200{n}" for n in range(3)]
    interactions = [asked(centre, key, number) for number in numbers]
    for number in numbers:
        centre.carrier.leg_to(number).busy()
    for interaction in interactions:
        exits(centre, key, interaction)
    query = "SELECT at, tried FROM lw_dialled JOIN lw_legs USING (id) ORDER BY at"
    rows = [(as_seconds(at), as_seconds(tried)) for at, tried in centre.house.rows(query)]
    gaps = [later[0] - earlier[0] for earlier, later in pairwise(rows)]
    assert len(gaps) == 2
    assert all(gap > 0.999 for gap in gaps), gaps
    assert all(tried > at - 0.05 for at, tried in rows), "nobody left before its moment"


def as_seconds(moment: Any) -> float:
    """A moment as either database gives it."""
    read = from_sqlite(moment) if isinstance(moment, str) else moment
    return float(read.timestamp())


def test_outside_the_calling_hours_nobody_is_called_but_callers_are_served(
    ready_url: str, tmp_path: Path
) -> None:
    with centre_on(ready_url, tmp_path, calling_hours="00:00-00:01", timezone="UTC") as centre:
        centre.clock.fixed = centre.clock().replace(hour=12)
        name = make_key(centre)
        assert exits(centre, name, asked(centre, name)) == ["refused", "done", ""]
        assert refusals(centre)[0][3] == "outside_hours"
        centre.hire({"id": "ann", "address": ANN})
        caller = centre.call()
        centre.joined(caller, ANN)


def test_a_number_that_is_not_ours_is_never_shown(centre: Centre, key: str) -> None:
    leg, _ = called(centre, key)
    assert leg.sender in {row[0] for row in centre.house.rows("SELECT address FROM lw_bindings")}
    leg.busy()


def test_a_key_that_floods_is_frozen_until_somebody_looks(ready_url: str, tmp_path: Path) -> None:
    given = {"call_limits_per_key": "per_hour=1,per_second=none", "freeze_keys_after": 2}
    with centre_on(ready_url, tmp_path, calls_per_second=100, **given) as centre:
        name, before = make_key(centre), counted_frozen(centre)
        asked(centre, name)
        centre.carrier.leg_to(ADA).busy()
        for number in (BEA, ADA):
            asked(centre, name, number)
        centre.carrier.until(lambda: refused(centre) == 2)
        told = start(centre, name, "delivery-notice", {**NOTICE, "number": BEA})
        assert told.status_code == 403
        assert told.content_type == "application/problem+json"
        assert "2 calls refused within the hour" in told.json["detail"]
        centre.carrier.until(lambda: counted_frozen(centre) == before + 1)
        unfreeze = ["keys", "unfreeze", "_".join(name.split("_")[:2])]
        assert centre.house.app.test_cli_runner().invoke(args=unfreeze).exit_code == 0
        asked(centre, name, BEA)
        centre.carrier.until(lambda: refused(centre) == 3)
        asked(centre, name)  # counting has begun anew


def counted_frozen(centre: Centre) -> float:
    """How many keys `/metrics` says were frozen; it counts once a freeze is committed."""
    metrics = centre.house.app.test_client().get("/metrics", base_url="http://localhost")
    (line,) = (line for line in metrics.text.splitlines() if line.startswith(FROZEN))
    return float(line.removeprefix(FROZEN))


def refused(centre: Centre) -> int:
    """How many calls the limits of keys refused: the command's output may have log lines in it."""
    query = "SELECT count(*) FROM lw_refusals WHERE reason = 'key_limit'"
    return int(centre.house.rows(query)[0][0])
