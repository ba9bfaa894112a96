"""What turns leave behind: the outbox, facts, calls, recordings."""

from datetime import timedelta
from typing import Any

import pytest

from flow.effects import KeepRecording
from flow.ledger import Call, CallFact, Recording, Saved
from tests.store.builders import MINUTE, NOON, a_run, an_item, at_once, begin
from tests.store.conftest import AnyStore

LATER = NOON + MINUTE


def with_item(store: AnyStore, **changes: Any) -> None:
    begin(store)
    with store.work() as work:
        work.save(Saved(a_run(), outbox=[an_item(**changes)]))


def test_an_item_is_had_when_its_lease_has_passed(store: AnyStore) -> None:
    with_item(store)
    with store.work() as work:
        assert work.claim("e1.1", "w", LATER, NOON - MINUTE) is None
        assert work.claim("e1.9", "w", LATER, NOON) is None
        taken = an_item(owner="w", lease=LATER, attempts=2)
        assert work.claim("e1.1", "w", LATER, NOON) == taken
        assert work.claim("e1.1", "w2", LATER + MINUTE, NOON) is None


@pytest.mark.parametrize("state", ["done", "dead"])
def test_a_finished_item_is_nobodys(store: AnyStore, state: str) -> None:
    with_item(store)
    with store.work() as work:
        work.finish("e1.1", state)
        assert work.claim("e1.1", "w", LATER, NOON) is None
    assert store.overdue(LATER, 10) == []


def test_of_eight_that_claim_one_gets_it(store: AnyStore) -> None:
    with_item(store)

    def claim(number: int) -> bool:
        with store.work() as work:
            return work.claim("e1.1", f"w{number}", LATER, NOON) is not None

    assert sorted(at_once(8, claim)) == [False] * 7 + [True]


def test_overdue_items_are_listed_the_oldest_first(store: AnyStore) -> None:
    begin(store)
    items = [an_item(f"e1.{n}", lease=NOON - n * MINUTE) for n in range(4)]
    with store.work() as work:
        work.save(Saved(a_run(), outbox=items))
    assert store.overdue(NOON - MINUTE, 10) == ["e1.3", "e1.2", "e1.1"]
    assert store.overdue(NOON, 2) == ["e1.3", "e1.2"]


def test_a_call_is_inserted_then_updated(store: AnyStore) -> None:
    first = Call("CA1", "ringing", NOON)
    last = Call("CA1", "completed", LATER, "e1", "CA0", "inbound", "+1", "+2", 7, LATER)
    for call in (first, last):
        with store.work() as work:
            work.keep_call(call)
        with store.work() as work:
            assert work.call("CA1") == call
            assert work.call("CA2") is None


def test_of_many_first_callbacks_none_is_lost(store: AnyStore) -> None:
    def count(_: int) -> None:
        with store.work() as work:
            call = work.call("CA1") or Call("CA1", "ringing", NOON, seconds=0)
            call.seconds = (call.seconds or 0) + 1
            work.keep_call(call)

    assert at_once(8, count) == [None] * 8
    with store.work() as work:
        assert work.call("CA1") == Call("CA1", "ringing", NOON, seconds=8)


def test_callbacks_are_logged_as_they_came(store: AnyStore) -> None:
    fact = CallFact("CA1", "ringing", NOON, 3, raw={"CallSid": "CA1", "Odd": "\x00"})
    for _ in range(2):
        with store.work() as work:
            work.log_call(fact)
    with store.work() as work:
        assert work.call("CA1") is None


def test_silent_calls_are_those_not_heard_of_and_not_over(store: AnyStore) -> None:
    for number in range(5):
        at = NOON - timedelta(minutes=number)
        with store.work() as work:
            ended = at if number == 3 else None
            work.keep_call(Call(f"CA{number}", "in-progress", at, ended=ended))
    assert [call.sid for call in store.silent_calls(NOON, 10)] == ["CA4", "CA2", "CA1"]
    assert [call.sid for call in store.silent_calls(NOON, 1)] == ["CA4"]


def test_a_recording_is_inserted_then_updated(store: AnyStore) -> None:
    first = Recording("RE1", "wanted", NOON)
    last = Recording("RE1", "kept", LATER, "CA1", "e1", "mail", "voicemail", 9, "f", "s", 2, "r")
    for recording in (first, last):
        with store.work() as work:
            work.keep_recording(recording)
        with store.work() as work:
            assert work.recording("RE1") == recording
            assert work.recording("RE2") is None


@pytest.mark.parametrize("known", [False, True], ids=["walk first", "carrier first"])
def test_a_walk_expects_its_recording(store: AnyStore, *, known: bool) -> None:
    begin(store, call="CA1")
    with store.work() as work:
        if known:
            work.keep_recording(Recording("RE1", "ready", LATER, seconds=8))
        fact = KeepRecording("RE1", "voicemail", "mail", 9)
        work.save(Saved(a_run(call="CA1"), facts=[fact]))
    with store.work() as work:
        found = work.recording("RE1")
    state, at, seconds = ("ready", LATER, 8) if known else ("wanted", NOON, 9)
    assert found == Recording("RE1", state, at, "CA1", "e1", "mail", "voicemail", seconds)
