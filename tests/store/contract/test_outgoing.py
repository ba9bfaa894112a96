"""Outgoing calls: the gate and its lock, what was let go, refusals, the do-not-call list."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from desk.access import Interaction
from desk.call_book import Blocked, Dialled, Gate, Refusal, Tally
from desk.outreach import Begun, Outreach
from flow.ledger import Call
from tests.store.builders import MINUTE, NOON, at_once, begin
from tests.store.conftest import AnyStore
from tests.store.contract.test_desk import a_leg

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def a_call(name: str, at: datetime = NOON, **changes: Any) -> Dialled:
    return replace(Dialled(name, at, "k1", f"mark-{name}", fresh=False), **changes)


def keep(store: AnyStore, *calls: Dialled) -> None:
    with store.work() as work:
        for call in calls:
            work.keep_dialled(call)


def test_the_gate_is_open_until_somebody_stops_it(store: AnyStore) -> None:
    stopped = Gate(stopped=True, reason="fraud ö", since=NOON, free_from=NOON + MINUTE)
    with store.work() as work:
        assert work.open_gate() == work.gate() == Gate()
        work.keep_gate(stopped)
        assert work.gate() == stopped
    with store.work() as work:
        assert work.open_gate() == stopped


def test_the_switch_of_messages_is_one_of_its_own(store: AnyStore) -> None:
    with store.work() as work:
        assert work.message_switch() == Gate()
        work.keep_message_switch(Gate(stopped=True, reason="spam", since=NOON))
        assert work.gate() == Gate()
    with store.work() as work:
        assert work.message_switch() == Gate(stopped=True, reason="spam", since=NOON)
        work.keep_gate(Gate(stopped=True))
        work.keep_message_switch(Gate())
        assert work.gate() == Gate(stopped=True)
        assert work.message_switch() == Gate()


def test_messages_that_were_begun_are_counted_by_key_in_all_and_to_one(store: AnyStore) -> None:
    with store.work() as work:
        work.enter_outreach()
        assert work.begun(NOON, None, "p1") == Begun()
        for entry in (
            Outreach("e1.1", NOON - MINUTE, "k1", "p1"),
            Outreach("e1.2", NOON - HOUR, "k1", "p1"),
            Outreach("e1.3", NOON - MINUTE, "k1", "p2"),
            Outreach("e2.1", NOON - MINUTE, "", "p1"),
            Outreach("e2.2", NOON - DAY, "", "p1"),
            Outreach("e1.1", NOON, "k1", "p9"),  # known
        ):
            work.keep_outreach(entry)
    with store.work() as work:
        work.enter_outreach()
        assert work.begun(NOON, "k1", "p1") == Begun(hour=2, day=3, to_one=1)
        assert work.begun(NOON, None, "p1") == Begun(hour=3, day=4, to_one=2)
        assert work.begun(NOON, "k2", "p1") == Begun()


def test_what_a_broken_transaction_did_is_undone(store: AnyStore) -> None:
    def broken() -> None:
        with store.work() as work:
            work.keep_gate(Gate(stopped=True))
            work.keep_dialled(a_call("a"))
            work.block(Blocked("+15550101234", "", NOON))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    with store.work() as work:
        assert (work.gate(), work.dialled("a")) == (Gate(), None)
        assert work.blocked(["+15550101234"]) == set()


def test_the_key_of_an_interaction_is_that_of_its_executions(store: AnyStore) -> None:
    begin(store, interaction="i1")
    with store.work() as work:
        assert work.api_key_of("e1") == ""
        work.keep_interaction(Interaction("i1", "support", "e0", "k1", NOON))
        assert work.api_key_of("e1") == "k1"
        assert work.api_key_of("e9") == ""


def test_a_call_is_let_go_then_ends(store: AnyStore) -> None:
    call = a_call("a", fresh=True, per_minute=0.125)
    keep(store, call)
    ended = replace(call, seconds=61, cost=0.25, ended=NOON + MINUTE)
    with store.work() as work:
        assert work.dialled("a") == call
        assert work.was_dialled("mark-a")
        assert not work.was_dialled("mark-b")
        work.keep_dialled(ended)
        assert work.dialled("a") == ended
        work.forget_dialled("a")
        work.forget_dialled("a")
        assert work.dialled("a") is None
        assert not work.was_dialled("mark-a")


def test_calls_are_counted_by_key_and_in_all(store: AnyStore) -> None:
    keep(
        store,
        a_call("old", NOON - DAY, ended=NOON, seconds=999, cost=9.5),
        a_call("early", NOON - HOUR, fresh=True, ended=NOON, seconds=60, cost=0.5),
        a_call("late", NOON - HOUR + MINUTE, fresh=True, per_minute=0.25),
        a_call("ahead", NOON + MINUTE),
        a_call("other", api_key="k2", ended=NOON, seconds=30, cost=0.25),
        a_call("nobody's", api_key=""),
    )
    with store.work() as work:
        mine, all_ = work.tally(NOON, "k1"), work.tally(NOON, None)
    lasting = {(NOON - HOUR + MINUTE, 0.25), (NOON + MINUTE, 0.0)}
    assert replace(mine, open=()) == Tally(hour=2, fresh=1, day=3, seconds=60, cost=0.5)
    assert set(mine.open) == lasting
    assert replace(all_, open=()) == Tally(hour=4, fresh=1, day=5, seconds=90, cost=0.75)
    assert set(all_.open) == lasting | {(NOON, 0.0)}


def test_a_call_that_the_watchdog_closed_is_not_open(store: AnyStore) -> None:
    keep(store, a_call("o1"), a_call("o2"))
    with store.work() as work:
        work.keep_leg(a_leg(sid="CA1", state="placed"))
        work.keep_leg(a_leg(id="o2"))
        work.keep_call(Call("CA1", "ringing", NOON))
        assert len(work.tally(NOON, None).open) == 2
        work.keep_call(Call("CA1", "completed", NOON, ended=NOON))
        assert len(work.tally(NOON, None).open) == 1


def test_who_was_put_through_is_found_by_the_callers_call(store: AnyStore) -> None:
    begin(store, interaction="i1")
    keep(store, a_call("e1.1", number="m1"), a_call("e1.2.0", number="m1"))
    keep(store, a_call("e1.3.0", NOON + MINUTE, number="m2"), a_call("e10.4.0", number="m1"))
    with store.work() as work:
        work.keep_leg(a_leg(id="e1.1"))
        work.keep_call(Call("CA1", "in-progress", NOON, "e1"))
        assert work.put_through("CA1", "m1", NOON - MINUTE) is None, "no key began it"
        work.keep_interaction(Interaction("i1", "support", "e1", "k1", NOON))
        through = work.put_through("CA1", "m1", NOON - MINUTE)
        assert through == a_call("e1.2.0", number="m1")
        assert work.put_through("CA9", "m1", NOON - MINUTE) is None
        assert work.put_through("CA1", "m1", NOON + MINUTE) is None, "too long ago"
        work.keep_dialled(replace(through, seconds=61))
        newest = work.put_through("CA1", "m1", NOON - MINUTE)
        assert newest == a_call("e1.3.0", NOON + MINUTE, number="m2"), "by the walk alone"


def test_the_moments_of_calls_are_found_from_the_newest_back(store: AnyStore) -> None:
    moments = [NOON + n * MINUTE for n in range(4)]
    keep(store, *(a_call(f"c{n}", at, fresh=n == 1) for n, at in enumerate(moments)))
    keep(store, a_call("other", NOON + HOUR, api_key="k2"))
    with store.work() as work:
        assert work.let_go_at(NOON, 1, "k1") == moments[3]
        assert work.let_go_at(NOON, 3, "k1") == moments[1]
        assert work.let_go_at(NOON, 4, "k1") is None, "the first is not after NOON"
        assert work.let_go_at(NOON, 1, None) == NOON + HOUR
        assert work.let_go_at(NOON, 1, "k1", fresh=True) == moments[1]
        assert work.let_go_at(NOON, 2, "k1", fresh=True) is None


def test_refusals_are_listed_the_newest_first(store: AnyStore) -> None:
    first = Refusal(NOON, "e1.1", "contact", "k1", "key_limit", "ö", "+35*******678")
    second = Refusal(NOON, "o1", "agent", "", "kill_switch", "off", "client:ann")
    with store.work() as work:
        work.keep_refusal(first)
        work.keep_refusal(second)
        assert work.refusals(5) == [second, first]
        assert work.refusals(1) == [second]


def test_numbers_are_blocked_listed_and_freed(store: AnyStore) -> None:
    one, two = (Blocked(f"+1555010000{n}", "asked us", NOON) for n in (1, 2))
    with store.work() as work:
        work.block(two)
        work.block(one)
        work.block(replace(one, reason="again"))
        assert work.blocked([one.number, "+15550109999"]) == {one.number}
        assert work.blocked([]) == set()
        assert work.do_not_call("", 5) == [replace(one, reason="again"), two]
        assert work.do_not_call(one.number, 5) == [two]
        assert work.unblock(one.number)
        assert not work.unblock(one.number)
        assert work.do_not_call("", 5) == [two]


def test_whoever_holds_the_gate_sees_what_the_one_before_wrote(store: AnyStore) -> None:
    """Twenty who count and write at once: each sees all before it, so a limit of five holds."""

    def call(number: int) -> bool:
        with store.work() as work:
            work.open_gate()
            allowed = work.tally(NOON, None).hour < 5
            if allowed:
                work.keep_dialled(a_call(f"c{number}"))
            return allowed

    assert sorted(at_once(20, call)) == [False] * 15 + [True] * 5


def test_the_gate_is_read_without_waiting_for_its_holder(store: AnyStore, request: Any) -> None:
    if "postgresql" not in request.node.name:
        return  # one writer at a time: SQLite and memory have no other lock
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with store.work() as work:
            work.open_gate()
            held.set()
            assert done.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(10)
    with store.work() as work:
        assert work.gate() == Gate()
    done.set()
    holder.join()
