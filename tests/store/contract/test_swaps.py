"""Short turns: read without a lock, written whole if nobody was faster, else not at all."""

from typing import Any

import pytest

from flow.ledger import Answer, Call, Contact, Saved
from tests.store.builders import MINUTE, NOON, a_run, a_turn, an_entry, an_item, at_once, begin
from tests.store.conftest import AnyStore

FULL: dict[str, Any] = {
    "state": '{"text":"\u0105\u4f60\U0001f600"}',
    "sealed": b"\x00\x01\xff",
    "undelivered": '["say"]',
    "pins": {"m": "v7"},
    "live": True,
    "contact": "c1",
    "business_hours": "open",
    "ended": NOON + MINUTE,
    "moves": 7,
}


def test_a_glance_sees_what_was_saved(store: AnyStore) -> None:
    run = begin(store, **FULL)
    with store.work() as work:
        work.save(Saved(run, turn=a_turn(body=b"<\xff\x00/>")))
    assert store.glance("e1") == run
    assert store.glance("e2") is None


@pytest.mark.parametrize("steps", [0, 1, 3, 12])
def test_a_swap_writes_the_whole_turn(store: AnyStore, steps: int) -> None:
    begin(store, token="t0", moves=3)
    entries = [an_entry(seq=number, result={"said": "a\x00b"}) for number in range(1, steps + 1)]
    after = a_run(**{**FULL, "token": "t1", "moves": 4})
    saved = Saved(after, turn=a_turn("t0", 4, b"<R\xc3\xa9/>"), history=entries)
    assert store.swap(saved, "t0", 3)
    assert store.glance("e1") == after
    with store.work() as work:
        turn = work.turn("e1", "t0")
    assert turn is not None
    assert turn.answer == Answer(b"<R\xc3\xa9/>")
    assert [entry.seq for entry in store.steps("e1")] == list(range(1, steps + 1))


@pytest.mark.parametrize(("token", "moves"), [("t9", 3), ("t0", 2), ("t0", 4)])
def test_a_run_that_moved_meanwhile_is_left_alone(store: AnyStore, token: str, moves: int) -> None:
    run = begin(store, token="t0", moves=3)
    saved = Saved(a_run(token="t1", moves=4), turn=a_turn("t0", 4), history=[an_entry()])
    assert not store.swap(saved, token, moves)
    assert store.glance("e1") == run
    with store.work() as work:
        assert work.turn("e1", "t0") is None
    assert store.steps("e1") == []


def test_of_many_swaps_at_once_one_is_written(store: AnyStore) -> None:
    begin(store, token="t0", moves=1)

    def swap(number: int) -> bool:
        after = a_run(token=f"n{number}", moves=2)
        return store.swap(Saved(after, turn=a_turn("t0", 2), history=[an_entry()]), "t0", 1)

    assert sorted(at_once(8, swap)) == [False] * 7 + [True]
    assert len(store.steps("e1")) == 1


def test_a_swap_takes_only_turns_without_effects(store: AnyStore) -> None:
    begin(store)
    with pytest.raises(ValueError, match="history"):
        store.swap(Saved(a_run(), turn=a_turn(), outbox=[an_item()]), "t0", 0)


def test_a_new_call_is_welcomed_with_all_that_is_known(store: AnyStore) -> None:
    assert store.welcome("CA1", "+15550100001", "+15550123456")[1].version is None
    version = store.publish("line", "incoming_call", "linewalk: 1", NOON)
    store.bind("+15550100001", "line")
    ann = Contact("c1", "Ann", "+15550123456", "", {"vip": True, "names": ["\u0105"]})
    store.load_contacts([ann])
    known, greeting = store.welcome("CA1", "+15550100001", "+15550123456")
    assert known == ""
    assert greeting.version is not None
    assert (greeting.version.id, greeting.version.type) == (version.id, "incoming_call")
    assert greeting.contact == ann
    assert greeting.call is None


def test_a_call_is_admitted_once(store: AnyStore) -> None:
    def admit(number: int) -> bool:
        run = a_run(id=f"e{number}", call="CA1", moves=1)
        turn = a_turn("start", 1)
        turn = type(turn)(run.id, "start", turn.fingerprint, 1, turn.at, turn.answer)
        leg = Call("CA1", "ringing", NOON, run.id, sender="+1", recipient="+2")
        return store.admit(Saved(run, new=True, turn=turn, history=[an_entry()]), leg)

    assert sorted(at_once(6, admit)) == [False] * 5 + [True]
    known, greeting = store.welcome("CA1", "", "")
    assert greeting.call is not None
    assert greeting.call.execution == known
    assert len(store.steps(known)) == 1
    with store.work() as work:
        assert work.turn(known, "start") is not None


def test_a_call_whose_leg_was_reported_already_is_not_admitted(store: AnyStore) -> None:
    reported = Call("CA1", "completed", NOON, ended=NOON)
    with store.work() as work:
        work.enter_call("CA1")
        work.keep_call(reported)
    run = a_run(call="CA1", moves=1)
    saved = Saved(run, new=True, turn=a_turn("start"))
    assert not store.admit(saved, Call("CA1", "ringing", NOON, run.id))
    known, greeting = store.welcome("CA1", "", "")
    assert (known, greeting.call) == ("", reported)
