"""Status reports in any order, any number of times: one end, one hang-up; and the watchdog."""

import itertools
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.calls import TERMINAL
from flow.events import HungUp, Recorded
from flow.ledger import Call, CallFact
from jobs.hangup import hangup
from jobs.timer import timer
from runner.errors import CarrierError
from runner.facts import LAST_WORD, CallFacts, Watchdog
from runner.legs import Legs
from runner.numbers import Numbers
from runner.outbound import Outbound
from runner.policy import Policy
from store import migrate
from store.database import Database
from store.memory import MemoryStore
from tests.runner.walks import NOON, Town

if TYPE_CHECKING:
    from runner.ports import CallPlacing

VOICEMAIL = """
linewalk: 1
flow: tape
type: incoming_call
title: Tape
language: en-US
start: leave
steps:
  leave: {component: record_message, exits: {recorded: thanks, empty: nothing}}
  thanks: {component: report, outcome: left, exits: {done: end}}
  nothing: {component: report, outcome: nothing, exits: {done: end}}
  end: {component: end}
"""
MENU = """
linewalk: 1
flow: pick
type: incoming_call
title: Pick
language: en-US
start: pick
steps:
  pick:
    component: menu
    message: "?"
    options: [{exit: a, keys: "1"}]
    exits: {a: end, invalid: end, timeout: end}
  end: {component: end}
"""
NUMBERS = itertools.count()
WORDS = ["queued", "initiated", "ringing", "in-progress", "answered", *sorted(TERMINAL), "other"]


def facts(town: Town) -> CallFacts:
    process = town.process("web-1")
    outbound = Outbound(Numbers(frozenset()), Policy(), str, town.clock)
    unused = (cast("CallPlacing", None), outbound, town.clock, lambda leg, token: leg + token)
    legs = Legs(town.store, process.orders, *unused)
    return CallFacts(town.store, town.walker, process, town.asked, legs)


def fact(status: str, town: Town, **changes: object) -> CallFact:
    return CallFact("CAe1", status, town.clock(), **changes)  # type: ignore[arg-type]  # fields by name


def call(town: Town) -> Call:
    with town.store.work() as work:
        found = work.call("CAe1")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def shared_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One database for many small examples; each has a call of its own."""
    url = f"sqlite:///{tmp_path_factory.mktemp('facts') / 'linewalk.sqlite3'}"
    migrate.upgrade(url)
    with closing(Database(url, 4)) as database:
        town = Town(database)
        town.publish_source("pick", MENU)
        yield town


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=12))
def test_any_reports_in_any_order_end_a_call_once(shared_town: Town, words: list[str]) -> None:
    town, name = shared_town, f"e-{next(NUMBERS)}"
    moved: list[object] = []
    town.call(town.process("web-1"), name)
    taking = facts(town)
    settle = town.walker.move

    def move(work: object, run: object, event: object) -> object:
        moved.append(event)
        return settle(work, run, event)  # type: ignore[arg-type]  # passed on as it came

    town.walker.move = move  # type: ignore[method-assign, assignment]  # to count the hang-ups
    try:
        for word in words:
            taking.take(CallFact(f"CA{name}", word, town.clock()))
    finally:
        town.walker.move = settle  # type: ignore[method-assign]  # as it was
    terminal = [word for word in words if word in TERMINAL]
    assert len(moved) == min(1, len(terminal))
    with town.store.work() as work:
        kept = work.call(f"CA{name}")
    assert kept is not None
    assert (kept.status == terminal[0]) if terminal else kept.ended is None
    run = town.run(name)
    assert (run.status == "ended") == bool(terminal)
    assert run.live != bool(terminal)


def test_a_call_that_nobody_walks_is_kept_too(town: Town) -> None:
    facts(town).take(fact("completed", town, seconds=7, sender="+15550100009"))
    known = call(town)
    assert (known.status, known.seconds, known.execution) == ("completed", 7, "")
    assert known.ended == NOON


def test_reports_add_what_was_not_known_and_change_nothing_else(town: Town) -> None:
    taking = facts(town)
    taking.take(fact("completed", town, seconds=7, direction="inbound"))
    town.clock.forward(5)
    taking.take(fact("ringing", town, seconds=9, parent="CA0", direction="outbound"))
    known = call(town)
    assert (known.status, known.seconds, known.parent) == ("completed", 7, "CA0")
    assert (known.direction, known.ended) == ("inbound", NOON)


def test_a_terminal_report_overtakes_the_recording_that_still_comes(town: Town) -> None:
    town.publish_source("tape", VOICEMAIL)
    effects = town.process("web-1")
    town.call(effects)
    facts(town).take(fact("completed", town))
    job = ("hangup", "hangup-e1", {"execution": "e1", "call": "CAe1"}, LAST_WORD.total_seconds())
    assert town.asked.jobs == [job]
    assert town.run().live
    town.move(HungUp(town.clock(), Recorded(town.clock(), "RE1", 4)))
    assert town.left()[0] == ("leave", "recorded")
    before = town.run()
    town.clock.forward(10)
    hangup(effects, town.clock).work({"execution": "e1", "call": "CAe1"})
    assert town.run() == before
    with town.store.work() as work:
        kept = work.recording("RE1")
    assert kept is not None


def test_without_a_last_word_the_job_ends_the_walk(town: Town) -> None:
    town.publish_source("tape", VOICEMAIL)
    effects = town.process("web-1")
    town.call(effects)
    facts(town).take(fact("completed", town))
    town.clock.forward(10)
    job = hangup(effects, town.clock)
    job.work({"execution": "e1"})
    assert (town.run().status, town.run().live) == ("ended", False)
    before = town.run()
    job.work({"execution": "e1"})
    assert town.run() == before


def test_a_timer_for_a_walk_that_moved_on_is_nothing(town: Town) -> None:
    town.publish_source("pick", MENU)
    effects = town.process("web-1")
    town.call(effects)
    before = town.run()
    timer(effects, town.clock).work({"execution": "e1", "timer": "e1.7"})
    timer(effects, town.clock).work({"execution": "gone", "timer": "e1.7"})
    assert town.run() == before


class Carrier:
    """Says how calls stand, by script, and remembers who asked."""

    def __init__(self, answer: tuple[str, int | None] | CarrierError | None) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def control_recording(self, call: str, action: str) -> None:
        raise AssertionError("nobody asked for that")

    def call_status(self, call: str) -> tuple[str, int | None] | None:
        self.asked.append(call)
        if isinstance(self.answer, CarrierError):
            raise self.answer
        return self.answer


SILENCE = timedelta(hours=4)


def watch(town: Town, carrier: Carrier) -> Watchdog:
    return Watchdog(town.store, facts(town), carrier, town.clock, SILENCE)


@pytest.mark.parametrize(
    ("answer", "status", "closed"),
    [
        (("completed", 61), "completed", 1),
        (("failed", None), "failed", 1),
        (("no-answer", 0), "no-answer", 1),
        (None, "completed", 1),
        (("in-progress", None), "in-progress", 0),
        (CarrierError("down", retry=True), "in-progress", 0),
        (CarrierError("no", code=20003), "in-progress", 0),
    ],
)
def test_a_silent_call_is_asked_after(
    town: Town,
    answer: tuple[str, int | None] | CarrierError | None,
    status: str,
    closed: int,
) -> None:
    town.publish_source("pick", MENU)
    town.call(town.process("web-1"))
    carrier = Carrier(answer)
    dog = watch(town, carrier)
    town.clock.forward(SILENCE.total_seconds() - 1)
    assert (dog.round(), carrier.asked) == (0, [])
    town.clock.forward(2)
    assert dog.round() == closed
    assert carrier.asked == ["CAe1"]
    assert call(town).status == status
    assert (town.run().status == "ended") == bool(closed)


@pytest.mark.parametrize(
    "answer", [("in-progress", None), CarrierError("down", retry=True), ("completed", 1)]
)
def test_a_call_that_was_asked_after_is_left_alone_for_a_while(
    town: Town, answer: tuple[str, int | None] | CarrierError
) -> None:
    town.publish_source("pick", MENU)
    town.call(town.process("web-1"))
    carrier = Carrier(answer)
    dog = watch(town, carrier)
    town.clock.forward(SILENCE.total_seconds() + 1)
    for _ in range(3):
        dog.round()
        town.clock.forward(60)
    assert carrier.asked == ["CAe1"]


def test_a_call_the_carrier_did_not_speak_of_is_asked_after_again(town: Town) -> None:
    town.publish_source("pick", MENU)
    town.call(town.process("web-1"))
    carrier = Carrier(CarrierError("down", retry=True))
    dog = watch(town, carrier)
    town.clock.forward(SILENCE.total_seconds() + 1)
    dog.round()
    town.clock.forward(15 * 60)
    carrier.answer = ("completed", 5)
    assert dog.round() == 1


def test_one_call_that_fails_stops_no_other(tmp_path: Path, town: Town) -> None:
    town.publish_source("pick", MENU)
    for name in ("e1", "e2", "e3"):
        town.call(town.process("web-1"), name)

    class Moody(Carrier):
        def call_status(self, call: str) -> tuple[str, int | None] | None:
            if call == "CAe2":
                raise RuntimeError("a fault of ours")
            return super().call_status(call)

    town.clock.forward(SILENCE.total_seconds() + 1)
    assert watch(town, Moody(("completed", 5))).round() == 2


def test_a_walk_that_is_older_than_a_call_can_be_is_closed(town: Town) -> None:
    """A carrier that says in-progress for more than a day is wrong."""
    town.publish_source("pick", MENU)
    town.call(town.process("web-1"))
    carrier = Carrier(("in-progress", None))
    dog = watch(town, carrier)
    for _ in range(8):
        town.clock.forward(SILENCE.total_seconds() + 1)
        dog.round()
    assert town.run().status == "ended"


def test_the_memory_store_lists_silent_calls_too() -> None:
    store = MemoryStore()
    with store.work() as work:
        work.keep_call(Call("CA1", "ringing", NOON))
    assert [found.sid for found in store.silent_calls(NOON + SILENCE, 10)] == ["CA1"]
