"""Two transactions at the same time, on both databases: peers, claims, opt-outs."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from desk.conversations import BULK, Conversation
from store.database import Database
from store.store import SqlStore
from tests.store.builders import MINUTE, NOON, at_once
from tests.store.writing import (
    OTHER,
    OURS,
    PEER,
    SECOND,
    a_message,
    a_thread,
    changed,
    heard,
    keep,
    leaving,
)


class Held:
    """A transaction of another thread, which stays open until it is let go."""

    def __init__(self, store: SqlStore, do: Callable[[Any], object]) -> None:
        self._store, self._do = store, do
        self._inside, self._go = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        assert self._inside.wait(10)

    def _run(self) -> None:
        with self._store.work() as work:
            self._do(work)
            self._inside.set()
            assert self._go.wait(10)

    def let_go(self) -> None:
        self._go.set()
        self._thread.join()


def after(held: Held, do: Callable[[], Any]) -> tuple[bool, Any]:
    """Begin `do` beside a held transaction, let that one go; whether it waited, and its result."""
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(do()))
    thread.start()
    thread.join(0.3)
    waited = thread.is_alive()
    held.let_go()
    thread.join(10)
    return waited, found[0]


def test_the_second_in_a_peer_sees_what_the_first_wrote(database: Database) -> None:
    store = SqlStore(database)

    def first(work: Any) -> None:
        assert work.enter_peer("sms", OURS, PEER) is None
        work.keep_conversation(a_thread())

    def second() -> Conversation | None:
        with store.work() as work:
            return work.enter_peer("sms", OURS, PEER)

    assert after(Held(store, first), second) == (True, a_thread())


@pytest.mark.postgresql
def test_another_peer_does_not_wait(migrated_postgresql_url: str) -> None:
    database = Database(migrated_postgresql_url)
    store = SqlStore(database)

    def other() -> Conversation | None:
        with store.work() as work:
            return work.enter_peer("sms", OURS, OTHER)

    held = Held(store, lambda work: work.enter_peer("sms", OURS, PEER))
    assert after(held, other) == (False, None)
    database.close()


def test_of_many_first_messages_one_opens_the_conversation(database: Database) -> None:
    store = SqlStore(database)

    def arrive(number: int) -> str:
        with store.work() as work:
            known = work.enter_peer("sms", OURS, PEER)
            thread = known and work.conversation(known.id)
            thread = thread or a_thread(f"c{number}")
            count = thread.messages + 1
            work.keep_conversation(replace(thread, messages=count, version=thread.version + 1))
            work.keep_message(heard(f"m{number}", count, conversation=thread.id))
            return thread.id

    found = at_once(8, arrive)
    assert len(set(found)) == 1
    with store.work() as work:
        assert [m.number for m in work.untaken(found[0])] == list(range(1, 9))


def test_two_who_claim_never_have_the_same_and_keep_the_order(database: Database) -> None:
    store = SqlStore(database)
    rows = [
        a_message(f"m{n:02}", conversation=f"c{n}", at=NOON + n * SECOND, priority=BULK - n % 2)
        for n in range(24)
    ]
    keep(store, *rows)
    claimed: list[str] = []

    def claim(_: int) -> list[str]:
        mine: list[str] = []
        while True:
            with store.work() as work:
                work.open_pace("sms")
                found = work.next_to_leave("sms", OURS, NOON, BULK)
                if found is None:
                    return mine
                work.keep_message(replace(found, state="sending", tried=NOON))
                work.keep_pace("sms", NOON)
                claimed.append(found.id)  # inside the lock: the order of claims
                mine.append(found.id)

    taken = at_once(4, claim)
    assert sorted(name for mine in taken for name in mine) == [row.id for row in rows]
    assert claimed == [row.id for row in sorted(rows, key=lambda row: (row.priority, row.at))]


def test_an_opt_out_that_is_first_takes_the_message_from_the_claim(database: Database) -> None:
    store = SqlStore(database)
    keep(store, a_thread(), a_message("m1"), a_message("x1", conversation="c2", at=NOON + SECOND))
    held = Held(store, lambda work: work.cancel_queued("sms", "", PEER, "no"))

    def claim() -> str:
        return leaving(store)

    waited, found = after(held, claim)
    assert waited
    assert found == ""


def test_a_claim_that_is_first_keeps_the_message_from_the_opt_out(database: Database) -> None:
    store = SqlStore(database)
    keep(store, a_thread(), a_message("m1"))

    def claim(work: Any) -> None:
        found = work.next_to_leave("sms", OURS, NOON, BULK)
        work.keep_message(replace(found, state="sending", tried=NOON))

    def stop() -> int:
        with store.work() as work:
            return work.cancel_queued("sms", "", PEER, "no")

    assert after(Held(store, claim), stop) == (True, 0)
    assert changed(store, "m1").state == "sending"


def test_a_claim_waits_for_who_changes_the_message(database: Database) -> None:
    store = SqlStore(database)
    keep(store, a_thread(), a_message("m1"))
    keep(store, a_message("x1", conversation="c2", at=NOON + SECOND))
    later = a_message("m1", not_before=NOON + MINUTE)

    def postpone(work: Any) -> None:
        work.conversation("c1")
        work.keep_message(later)

    assert after(Held(store, postpone), lambda: leaving(store)) == (True, "x1")


def test_two_who_stop_two_addresses_at_once_both_come_through(database: Database) -> None:
    store = SqlStore(database)
    for name, address in (("c1", OURS), ("c2", "+1555")):
        keep(store, a_thread(name, address=address))
        keep(store, *(a_message(f"{name}-{n}", n, conversation=name, address=address)
                      for n in range(5)))  # fmt: skip

    def stop(number: int) -> int:
        with store.work() as work:
            work.enter_peer("sms", (OURS, "+1555")[number % 2], PEER)
            return work.cancel_queued("sms", "", PEER, "no")

    found = at_once(6, stop)
    assert sum(found) == 10
