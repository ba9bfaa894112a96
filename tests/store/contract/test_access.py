"""API keys, what they started, and what they were answered."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from desk.access import ApiKey, Interaction, KeptAnswer, forgotten
from desk.call_book import Refusal
from store.errors import Conflict
from tests.store.builders import MINUTE, NOON, at_once, begin
from tests.store.conftest import AnyStore

KEY = ApiKey("k1", "crm ö", "lwk_01", "ab" * 32, ["flows:start", "read"], NOON)
OTHER = ApiKey("k2", "old", "lwk_02", "cd" * 32, ["admin"], NOON - MINUTE, NOON + MINUTE, NOON)
ANSWER = KeptAnswer("k1", "order-7", "f" * 64, 202, b'{"a":"\xc3\xa9"}', NOON)


@pytest.fixture
def keyed(store: AnyStore) -> AnyStore:
    for key in (KEY, OTHER):
        store.keys.add(key)
    return store


def started(store: AnyStore, name: str, at: datetime = NOON, **run: Any) -> None:
    begin(store, id=name, interaction=name, token=name, **run)
    with store.work() as work:
        work.keep_interaction(Interaction(name, "hello", name, "k1", at))


def test_a_key_is_found_by_its_prefix_alone(keyed: AnyStore) -> None:
    assert keyed.keys.find("lwk_01") == KEY
    assert keyed.keys.find("lwk_02") == OTHER
    for other in ("k1", "lwk_0", "", "lwk_01\x00"):
        assert keyed.keys.find(other) is None
    assert keyed.keys.all() == [OTHER, KEY]


@pytest.mark.parametrize("twin", [replace(KEY, id="k9"), replace(KEY, prefix="lwk_09")])
def test_no_two_keys_share_id_or_prefix(keyed: AnyStore, twin: ApiKey) -> None:
    with pytest.raises(Conflict):
        keyed.keys.add(twin)
    assert len(keyed.keys.all()) == 2


def test_a_key_is_revoked_once_and_its_use_is_noted(keyed: AnyStore) -> None:
    keyed.keys.used("k1", NOON + MINUTE)
    assert keyed.keys.revoke("k1", NOON)
    assert not keyed.keys.revoke("k1", NOON + MINUTE)
    assert not keyed.keys.revoke("k9", NOON)
    assert keyed.keys.find("lwk_01") == replace(KEY, revoked=NOON, last_used=NOON + MINUTE)


def test_a_key_is_frozen_once_and_thawed_once(keyed: AnyStore) -> None:
    with keyed.work() as work:
        assert not work.is_frozen("k1")
        assert work.freeze_key("k1", NOON, "too much ö")
        assert not work.freeze_key("k1", NOON + MINUTE, "again")
        assert not work.freeze_key("k9", NOON, "nobody")
        assert work.is_frozen("k1")
        assert not work.is_frozen("k9")
    assert keyed.keys.find("lwk_01") == replace(KEY, frozen=NOON, frozen_why="too much ö")
    assert keyed.keys.thaw("k1", NOON + MINUTE)
    assert not keyed.keys.thaw("k1", NOON + MINUTE)
    assert not keyed.keys.thaw("k9", NOON)
    assert keyed.keys.find("lwk_01") == replace(KEY, thawed=NOON + MINUTE)


def test_breaches_are_a_keys_own_and_count_from_when_it_was_thawed(keyed: AnyStore) -> None:
    def refuse(at: datetime, key: str = "k1", reason: str = "key_limit") -> None:
        with keyed.work() as work:
            work.keep_refusal(Refusal(at, "l1", "contact", key, reason, "", "+1"))

    def breaches() -> int:
        with keyed.work() as work:
            return work.breaches("k1", NOON)

    refuse(NOON)
    refuse(NOON + MINUTE)
    refuse(NOON + MINUTE, key="k2")
    refuse(NOON + MINUTE, reason="dial_rules")
    assert breaches() == 1
    with keyed.work() as work:
        work.freeze_key("k1", NOON + MINUTE, "")
    keyed.keys.thaw("k1", NOON + 2 * MINUTE)
    assert breaches() == 0
    refuse(NOON + 3 * MINUTE)
    assert breaches() == 1


def test_only_a_key_that_counts_is_entered(keyed: AnyStore) -> None:
    with keyed.work() as work:
        assert work.enter_key("k1")
        assert not work.enter_key("k2")
        assert not work.enter_key("k9")


def test_an_answer_is_kept_for_its_key_and_replaced_when_forgotten(keyed: AnyStore) -> None:
    with keyed.work() as work:
        assert work.kept_answer("k1", "order-7") is None
        work.keep_answer(ANSWER)
    later = replace(ANSWER, fingerprint="0" * 64, at=NOON + timedelta(days=7))
    with keyed.work() as work:
        assert work.kept_answer("k1", "order-7") == ANSWER
        assert work.kept_answer("k2", "order-7") is None
        assert work.kept_answer("k1", "order-8") is None
        work.keep_answer(later)
    with keyed.work() as work:
        assert work.kept_answer("k1", "order-7") == later


def test_forgotten_answers_of_a_key_go_with_its_next(keyed: AnyStore) -> None:
    week = timedelta(days=7)
    others = replace(ANSWER, api_key="k2")
    fresh = replace(ANSWER, name="order-8", at=NOON + MINUTE)
    with keyed.work() as work:
        for answer in (ANSWER, others, fresh):
            work.keep_answer(answer)
    with keyed.work() as work:
        work.keep_answer(replace(ANSWER, name="order-9", at=NOON + week))
        assert work.kept_answer("k1", "order-7") is None
        assert work.kept_answer("k2", "order-7") == others
        assert work.kept_answer("k1", "order-8") == fresh


def test_an_answer_is_forgotten_after_seven_days() -> None:
    assert not forgotten(ANSWER, NOON + timedelta(days=7) - MINUTE)
    assert forgotten(ANSWER, NOON + timedelta(days=7))


def test_nothing_of_a_failed_start_is_kept(keyed: AnyStore) -> None:
    def fail() -> None:
        with keyed.work() as work:
            work.keep_answer(ANSWER)
            work.keep_interaction(Interaction("i1", "hello", "i1", "k1", NOON))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with keyed.work() as work:
        assert work.kept_answer("k1", "order-7") is None
        assert work.started_since("k1", NOON - MINUTE) == 0


def test_starts_are_counted_by_key_and_moment(keyed: AnyStore) -> None:
    for number in range(3):
        started(keyed, f"e{number}", NOON + number * MINUTE)
    with keyed.work() as work:
        assert work.started_since("k1", NOON) == 2
        assert work.started_since("k1", NOON - MINUTE) == 3
        assert work.started_since("k2", NOON - MINUTE) == 0


def test_what_has_ended_runs_no_more(keyed: AnyStore) -> None:
    started(keyed, "e1")
    started(keyed, "e2", ended=NOON)
    started(keyed, "e3", status="waiting")
    for _ in range(2):
        with keyed.work() as work:
            assert work.running_of("k1") == 2
            assert work.running_of("k2") == 0


def test_starts_by_one_key_queue_up(keyed: AnyStore) -> None:
    def start(number: int) -> int:
        with keyed.work() as work:
            assert work.enter_key("k1")
            before = work.started_since("k1", NOON - MINUTE)
            work.keep_interaction(Interaction(f"i{number}", "hello", f"i{number}", "k1", NOON))
            return before

    assert sorted(at_once(8, start)) == list(range(8))
