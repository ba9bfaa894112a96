"""Whose turn it is to leave: by priority and age, and in a conversation one by one."""

from dataclasses import replace

from desk.conversations import BULK, URGENT
from tests.store.builders import MINUTE, NOON
from tests.store.conftest import AnyStore
from tests.store.writing import OURS, SECOND, a_message, changed, heard, keep, leaving


def test_the_most_urgent_leaves_first_then_the_oldest(store: AnyStore) -> None:
    keep(
        store,
        a_message("bulk", conversation="c1", priority=BULK, at=NOON - MINUTE),
        a_message("late", conversation="c2", at=NOON + SECOND),
        a_message("early", conversation="c3"),
        a_message("other", conversation="c4", address="+1555", at=NOON - MINUTE),
        a_message("chat", conversation="c5", channel="chat", at=NOON - MINUTE),
    )
    order = []
    while found := leaving(store):
        order.append(found)
        keep(store, changed(store, found, state="sent"))
    assert order == ["early", "late", "bulk"]


def test_bulk_is_left_to_those_who_want_it(store: AnyStore) -> None:
    keep(store, a_message("bulk", priority=BULK))
    assert leaving(store, most=URGENT) == ""
    assert leaving(store) == "bulk"


def test_in_a_conversation_they_leave_one_by_one_in_their_order(store: AnyStore) -> None:
    first = a_message("m1", 1, priority=BULK, at=NOON + MINUTE)
    keep(store, first, a_message("m2", 2), a_message("m3", 3), heard("m4", 4))
    assert leaving(store) == "m1", "an urgent one does not overtake in its own conversation"
    for under_way in ("sending", "unknown"):
        keep(store, replace(first, state=under_way))
        assert leaving(store) == ""
    keep(store, replace(first, state="failed"))
    assert leaving(store) == "m2"
    keep(store, a_message("m2", 2, state="delivered"), a_message("m3", 3, state="sending"))
    keep(store, a_message("m5", 5))
    assert leaving(store) == ""


def test_a_later_one_under_way_holds_back_an_earlier_one(store: AnyStore) -> None:
    keep(store, a_message("m1", 1), a_message("m2", 2, state="unknown"))
    assert leaving(store) == ""


def test_what_is_not_due_holds_back_its_own_conversation_only(store: AnyStore) -> None:
    keep(store, a_message("m1", 1, not_before=NOON + MINUTE), a_message("m2", 2))
    keep(store, a_message("x1", conversation="c2", at=NOON + SECOND))
    assert leaving(store) == "x1"
    keep(store, a_message("x1", conversation="c2", state="sent"))
    assert leaving(store) == ""
    assert leaving(store, NOON + MINUTE - SECOND) == ""
    assert leaving(store, NOON + MINUTE) == "m1"


def test_senders_are_listed_whose_messages_are_due(store: AnyStore) -> None:
    keep(
        store,
        *(a_message(f"a{n}", n, conversation=f"a{n}") for n in range(3)),
        a_message("b1", address="+1555", not_before=NOON + MINUTE),
        a_message("c1", channel="chat", address="shop", conversation="c2"),
        a_message("d1", address="+1556", state="sending"),
        heard("d2", address="+1557"),
    )
    assert list(store.senders_due(NOON)) == [("chat", "shop"), ("sms", OURS)]
    everyone = [("chat", "shop"), ("sms", OURS), ("sms", "+1555")]
    assert sorted(store.senders_due(NOON + MINUTE)) == sorted(everyone)


def test_what_hangs_is_listed_the_longest_first(store: AnyStore) -> None:
    keep(
        store,
        a_message("m1", state="sending", tried=NOON),
        a_message("m2", 2, state="unknown", tried=NOON - MINUTE),
        a_message("m3", 3, tried=NOON - MINUTE),
        a_message("m4", 4, state="sent", tried=NOON - MINUTE),
    )
    with store.work() as work:
        assert list(work.left_hanging(NOON + SECOND, 10)) == ["m2", "m1"]
        assert list(work.left_hanging(NOON + SECOND, 1)) == ["m2"]
        assert list(work.left_hanging(NOON, 10)) == ["m2"]
