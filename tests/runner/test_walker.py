"""Moving a run inside one transaction: what is packed, what is sealed, what is done at once."""

from dataclasses import replace

import pytest

from flow import effects
from flow.effects import HttpRequest, RunFunction
from flow.events import Digits, HungUp, TimerFired
from flow.instructions import Hangup, Pause
from runner.walker import may_repeat, pack, place_of, unpack
from tests.runner.walks import NOON, Town

PIN = """
linewalk: 1
flow: pin
type: incoming_call
title: Pin
language: en-US
start: ask
steps:
  ask:
    component: collect_digits
    message: "Your number?"
    secret: true
    exits: {collected: look, timeout: end, invalid: end}
  look: {component: lookup_contact, by: number, value: "+15550100042", exits: EXITS}
  end: {component: end}
"""
PIN = PIN.replace("EXITS", "{found: end, not_found: wait, timeout: end}").replace(
    "  end:",
    "  wait: {component: menu, message: '?', options: [{exit: a, keys: '1'}],"
    " exits: {a: end, invalid: end, timeout: end}}\n  end:",
)


def test_secret_digits_are_sealed_and_nowhere_else(town: Town) -> None:
    town.publish_source("pin", PIN)
    town.call(town.process("web-1"))
    assert town.run().sealed is None
    town.move(Digits(NOON, "8264917"))
    run = town.run()
    assert run.sealed is not None
    assert "8264917" not in run.state
    assert b"8264917" not in run.sealed
    assert "8264917" in str(town.walker.read(run).private)


def test_what_needs_the_transaction_alone_is_done_in_the_same_move(town: Town) -> None:
    town.publish_source("pin", PIN)
    town.call(town.process("web-1"))
    assert town.move(Digits(NOON, "8264917")) is None
    assert town.left() == [("ask", "collected"), ("look", "not_found")]
    assert town.run().awaits == ""


def test_an_event_that_means_nothing_changes_nothing(town: Town) -> None:
    town.publish_source("pin", PIN)
    town.call(town.process("web-1"))
    before = town.run()
    assert town.move(TimerFired(NOON, "no-timer")) is None
    assert town.run() == before


def test_an_ended_run_says_when(town: Town) -> None:
    town.publish_source("pin", PIN)
    town.call(town.process("web-1"))
    town.move(HungUp(NOON))
    run = town.run()
    assert (run.status, run.live, run.ended) == ("ended", False, NOON)


@pytest.mark.parametrize(
    ("method", "headers", "expected"),
    [
        ("GET", {}, True),
        ("HEAD", {}, True),
        ("PUT", {}, True),
        ("DELETE", {}, True),
        ("POST", {}, False),
        ("PATCH", {}, False),
        ("POST", {"IDEMPOTENCY-key": ""}, True),
        ("POST", {"X-Idempotency-Key": "1"}, False),
    ],
)
def test_what_may_be_done_twice(method: str, headers: dict[str, str], *, expected: bool) -> None:
    """Design, section 4.2."""
    assert may_repeat(HttpRequest("e", method, "https://x.example", headers)) is expected


def test_what_leaves_no_trace_outside_may_be_done_twice() -> None:
    assert may_repeat(RunFunction("e", "1"))
    assert may_repeat(effects.ControlRecording("e", "pause", "CA1"))


def test_instructions_survive_being_kept() -> None:
    said = (Pause(2), Hangup())
    assert unpack(pack(said)) == said
    assert unpack("[]") == ()


def test_an_error_is_named_by_its_place_and_not_by_its_text() -> None:
    def fail() -> None:
        raise ValueError("what the caller said")

    try:
        fail()
    except ValueError as error:
        found = place_of(error)
    assert found.startswith("ValueError at ")
    assert "test_walker.py:" in found
    assert "caller" not in found


def test_a_sealed_run_of_another_run_does_not_open(town: Town) -> None:
    """Swapping rows in the database gives nobody another caller's digits."""
    town.publish_source("pin", PIN)
    town.call(town.process("web-1"))
    town.move(Digits(NOON, "8264917"))
    with pytest.raises(Exception, match="SECRET_KEY"):
        town.walker.read(replace(town.run(), id="e2"))
