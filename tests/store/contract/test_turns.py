"""The turn: locked, deduplicated, written whole or not at all."""

from datetime import timedelta, timezone

import pytest

from flow.ledger import Answer, Run, Saved
from store.errors import Conflict, Missing, StoreError
from tests.store.builders import MINUTE, NOON, a_run, a_turn, an_entry, an_item, at_once, begin
from tests.store.conftest import AnyStore


def full_run() -> Run:
    return a_run(
        call="CA1",
        state='{"text":"\u0105\u4f60\U0001f600"}',
        sealed=b"\x00\x01\xff",
        undelivered='["say"]',
        pins={"m": "v7"},
        awaits="e1.1",
        live=True,
        outcome="done",
        contact="c1",
        business_hours="open",
        ended=NOON + MINUTE,
    )


def test_a_run_comes_back_as_it_was_saved(store: AnyStore) -> None:
    for run in (a_run(), full_run()):
        with store.work() as work:
            work.save(Saved(run, new=work.lock("e1") is None))
        with store.work() as work:
            assert work.lock("e1") == run


def test_what_never_changes_stays_and_the_rest_follows(store: AnyStore) -> None:
    begin(store)
    changed = a_run(flow="x", version="x", started=NOON + MINUTE, token="t2", status="ended")
    with store.work() as work:
        work.save(Saved(changed))
        assert work.lock("e1") == a_run(token="t2", status="ended")


def test_moments_of_any_zone_come_back_in_utc(store: AnyStore) -> None:
    west = timezone(timedelta(hours=-5))
    begin(store, started=NOON.astimezone(west))
    with store.work() as work:
        run = work.lock("e1")
    assert run is not None
    assert run.started == NOON
    assert run.started.utcoffset() == timedelta(0)


def test_a_moment_without_a_zone_is_refused(store: AnyStore) -> None:
    with pytest.raises(ValueError, match="zone"):
        begin(store, started=NOON.replace(tzinfo=None))


def test_unknown_runs_and_tokens_are_none(store: AnyStore) -> None:
    with store.work() as work:
        assert work.lock("e9") is None
        assert work.open_turn("e9", "t1") == (None, None)
        assert work.turn("e9", "t1") is None
        assert work.latest_answer("e9") is None


@pytest.mark.parametrize("rows", [0, 1, 2, 8, 9, 30])
def test_a_turn_is_saved_whole(store: AnyStore, rows: int) -> None:
    begin(store)
    history = [an_entry(n, result={"n": [n, None, "\x00"]}) for n in range(1, rows + 1)]
    with store.work() as work:
        work.save(Saved(a_run(token="t2"), turn=a_turn(), history=history))
    with store.work() as work:
        assert work.open_turn("e1", "t1") == (a_run(token="t2"), a_turn())
        assert work.open_turn("e1", "t2") == (a_run(token="t2"), None)
        assert work.turn("e1", "t1") == a_turn()
    assert store.steps("e1") == history


def test_a_first_turn_is_saved_with_its_run(store: AnyStore) -> None:
    with store.work() as work:
        work.save(Saved(a_run(), new=True, turn=a_turn(), history=[an_entry()]))
    with store.work() as work:
        assert work.turn("e1", "t1") == a_turn()
    assert store.steps("e1") == [an_entry()]


def test_an_answer_can_follow(store: AnyStore) -> None:
    begin(store)
    with store.work() as work:
        work.save(Saved(a_run(), turn=a_turn(body=None)))
    with store.work() as work:
        assert work.turn("e1", "t1") == a_turn(body=None)
        assert work.latest_answer("e1") is None
        work.answer("e1", "t1", Answer(b"<a/>", "text/plain", 503))
    with store.work() as work:
        turn = work.turn("e1", "t1")
        assert turn is not None
        assert turn.answer == Answer(b"<a/>", "text/plain", 503) == work.latest_answer("e1")


def test_the_latest_answer_is_of_the_newest_turn_that_has_one(store: AnyStore) -> None:
    begin(store)
    for number, body in enumerate([b"1", b"2", b"3", None], 1):
        with store.work() as work:
            work.save(Saved(a_run(), turn=a_turn(f"t{number}", number, body)))
    with store.work() as work:
        assert work.latest_answer("e1") == Answer(b"3")


def test_a_token_is_used_once(store: AnyStore) -> None:
    begin(store)
    with store.work() as work:
        work.save(Saved(a_run(token="t2"), turn=a_turn()))
    with pytest.raises(Conflict), store.work() as work:
        work.save(Saved(a_run(token="t3"), turn=a_turn(number=2), history=[an_entry()]))
    with store.work() as work:
        assert work.open_turn("e1", "t1") == (a_run(token="t2"), a_turn())
    assert store.steps("e1") == []


@pytest.mark.parametrize(
    "again",
    [
        Saved(a_run(), new=True),
        Saved(a_run(id="e2", call="CA1"), new=True),
        Saved(a_run(call="CA1"), history=[an_entry()]),
        Saved(a_run(call="CA1"), outbox=[an_item()]),
    ],
    ids=["execution", "call", "history", "outbox"],
)
def test_what_is_written_is_not_written_again(store: AnyStore, again: Saved) -> None:
    begin(store, call="CA1")
    with store.work() as work:
        work.save(Saved(a_run(call="CA1"), history=[an_entry()], outbox=[an_item()]))
    with pytest.raises(Conflict), store.work() as work:
        work.save(again)


def test_what_is_not_there_cannot_be_changed(store: AnyStore) -> None:
    with pytest.raises(Missing), store.work() as work:
        work.save(Saved(a_run(), turn=a_turn(), history=[an_entry()]))
    with pytest.raises(Missing), store.work() as work:
        work.answer("e1", "t1", Answer(b""))
    with pytest.raises(Missing), store.work() as work:
        work.finish("e1.1", "done")
    with store.work() as work:
        assert work.turn("e1", "t1") is None
    assert store.steps("e1") == []


def test_an_error_undoes_everything(store: AnyStore) -> None:
    begin(store)
    saved = Saved(a_run(token="t2"), turn=a_turn(), history=[an_entry()], outbox=[an_item()])

    def fail() -> None:
        with store.work() as work:
            work.save(saved)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with store.work() as work:
        assert work.open_turn("e1", "t1") == (a_run(), None)
        assert work.claim("e1.1", "x", NOON, NOON) is None
    assert store.steps("e1") == []


def test_a_swallowed_error_undoes_everything_too(store: AnyStore) -> None:
    begin(store)

    def careless() -> None:
        with store.work() as work:
            work.save(Saved(a_run(token="t2"), turn=a_turn()))
            try:
                work.save(Saved(a_run(), new=True))
            except StoreError:
                return

    with pytest.raises(Conflict):
        careless()
    with store.work() as work:
        assert work.open_turn("e1", "t1") == (a_run(), None)


def test_big_values_are_kept(store: AnyStore) -> None:
    state, body = "\u20ac" * 400_000, b"\x00<" * 500_000
    begin(store)
    with store.work() as work:
        work.save(Saved(a_run(state=state, sealed=body), turn=a_turn(body=body)))
    with store.work() as work:
        run, turn = work.open_turn("e1", "t1")
    assert run == a_run(state=state, sealed=body)
    assert turn == a_turn(body=body)


@pytest.mark.parametrize(
    ("given", "kept"),
    [("a\x00b", "a\ufffdb"), ("\ud83d", "\ufffd"), ("\U0001f600 e\u0301", "\U0001f600 e\u0301")],
    ids=["NUL", "unpaired surrogate", "any other"],
)
def test_text_no_database_keeps_is_replaced(store: AnyStore, given: str, kept: str) -> None:
    begin(store, call=given, outcome=given)
    with store.work() as work:
        assert work.enter_call(given) == "e1"
        assert work.lock("e1") == a_run(call=kept, outcome=kept)
        work.save(Saved(a_run(), history=[an_entry(error=given, result={"text": given})]))
    assert store.steps("e1") == [an_entry(error=kept, result={"text": given})]


def test_a_locked_run_is_nobody_elses(store: AnyStore) -> None:
    begin(store, state="0")

    def add(_: int) -> None:
        for _ in range(5):
            with store.work() as work:
                run = work.lock("e1")
                assert run is not None
                run.state = str(int(run.state) + 1)
                work.save(Saved(run))

    assert at_once(8, add) == [None] * 8
    with store.work() as work:
        assert work.lock("e1") == a_run(state="40")


def test_of_equal_requests_one_moves_the_walk(store: AnyStore) -> None:
    begin(store)

    def request(number: int) -> bytes:
        with store.work() as work:
            run, turn = work.open_turn("e1", "t1")
            assert run is not None
            if turn is not None:
                assert turn.answer is not None
                return turn.answer.body
            assert run.token == "t1"
            run.token = "t2"
            body = str(number).encode()
            work.save(Saved(run, turn=a_turn(body=body), history=[an_entry()]))
            return body

    assert len(set(at_once(12, request))) == 1
    assert store.steps("e1") == [an_entry()]


def test_of_two_first_requests_one_makes_the_run(store: AnyStore) -> None:
    def request(number: int) -> str:
        with store.work() as work:
            found = work.enter_call("CA1")
            if not found:
                work.save(Saved(a_run(id=f"e{number}", call="CA1"), new=True))
            return found or f"e{number}"

    assert len(set(at_once(8, request))) == 1


def test_no_call_has_no_run(store: AnyStore) -> None:
    begin(store)
    begin(store, id="e2")
    with store.work() as work:
        assert work.enter_call("") == ""
        assert work.enter_call("CA1") == ""
