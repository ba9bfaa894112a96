"""Conversations by messages: rows, repeats, what was had, opt-outs, files."""

from dataclasses import replace
from typing import Any

import pytest

from desk.conversations import BULK, URGENT, Conversation, Media, Message, OptOut
from store.database import Database
from store.errors import Conflict
from store.store import SqlStore
from tests.store.builders import MINUTE, NOON
from tests.store.conftest import AnyStore
from tests.store.writing import OTHER, OURS, PEER, a_message, a_thread, heard, keep


def test_a_conversation_is_kept_and_changed(store: AnyStore) -> None:
    full = a_thread(
        contact="c-7",
        execution="e1",
        state="agent",
        agent="ann",
        assignment="a1",
        subject="Ünö \0",
        messages=3,
        version=9,
        heard=NOON + MINUTE,
        details={"name": "Änn", "references": ["a", "b"]},
    )
    with store.work() as work:
        assert work.conversation("c1") is None
        assert work.open_with("sms", OURS, PEER) is None
        work.keep_conversation(a_thread())
        work.keep_conversation(full)
    kept = replace(full, subject="Ünö \ufffd")
    with store.work() as work:
        assert work.conversation("c1") == work.open_with("sms", OURS, PEER) == kept
        assert work.enter_peer("sms", OURS, PEER) == kept
        assert work.enter_peer("whatsapp", OURS, PEER) is None
        assert work.enter_peer("sms", OURS, OTHER) is None
    assert store.glance_conversation("c1") == kept
    assert store.glance_conversation("c9") is None
    assert store.versions_of(["c1", "c9"]) == {"c1": 9}
    assert store.versions_of([]) == {}


def test_a_contact_has_one_open_conversation_with_an_address(store: AnyStore) -> None:
    keep(store, a_thread(state="closed", closed=NOON), a_thread("c2"), a_thread("c3", peer=OTHER))
    keep(store, a_thread("c4", state="closed", closed=NOON))
    for again in (a_thread("c5", state="waiting"), a_thread("c4", state="agent")):
        with pytest.raises(Conflict):
            keep(store, again)
    with store.work() as work:
        found = work.enter_peer("sms", OURS, PEER)
        assert found is not None
        assert found.id == "c2"
        work.keep_conversation(replace(found, state="closed", closed=NOON))
        assert work.enter_peer("sms", OURS, PEER) is None
        work.keep_conversation(a_thread("c5"))


def test_the_conversations_of_a_contact_with_an_address_are_listed(store: AnyStore) -> None:
    first = a_thread(state="closed", closed=NOON)
    second = a_thread("c2", opened=NOON + MINUTE)
    keep(store, first, second, a_thread("c3", peer=OTHER))
    assert store.conversations_of("sms", OURS, PEER, 9) == [second, first]
    assert store.conversations_of("sms", OURS, PEER, 1) == [second]
    assert store.conversations_of("whatsapp", OURS, PEER, 9) == []


def test_a_message_is_kept_and_changed(store: AnyStore) -> None:
    full = Message(
        *("m1", "c1", "email", "help@example.com", "ann@example.org", "out", "agent:ann"),
        *("Grüße \ud800", NOON, "unknown", 4, 12, "Re: x", "<b>x</b>"),
        media=({"id": "f1", "name": "a.png", "type": "image/png", "size": 7},),
        choices=({"value": "yes", "label": "Yes"},),
        key="k1",
        sid="SM1",
        code=30003,
        reason="away",
        taken=True,
        priority=BULK,
        tries=2,
        tried=NOON + MINUTE,
        not_before=NOON,
        not_after=NOON + 2 * MINUTE,
        segments=3,
        details={"headers": {"In-Reply-To": "<a@b>"}},
    )
    with store.work() as work:
        assert work.message("m1") is None
        assert work.thread_of("m1") == ""
        work.keep_message(a_message("m1"))
        assert work.message("m1") == a_message("m1")
        work.keep_message(full)
    with store.work() as work:
        assert work.message("m1") == replace(full, text="Grüße \ufffd")
        assert work.thread_of("m1") == "c1"


def test_repeats_are_found_by_sid_and_by_key(store: AnyStore) -> None:
    keep(
        store,
        *(heard("m1", sid="SM1"), heard("m2", 2, key="k1"), a_message("m3", 3)),
        heard("m4", channel="chat", conversation="c2", sid="SM1", key="k1"),
    )
    with store.work() as work:
        assert (work.message_of("sms", "SM1"), work.message_of("chat", "SM1")) == ("m1", "m4")
        assert (work.message_of("sms", "SM9"), work.message_of("sms", "")) == ("", "")
        keyed = work.message_keyed("c1", "k1")
        assert keyed is not None
        assert keyed.id == "m2"
        assert work.message_keyed("c1", "") is None
        assert work.message_keyed("c3", "k1") is None
        assert work.known_sids("sms", ["SM1", "SM2", ""]) == {"SM1"}
        assert work.known_sids("email", ["SM1"]) == set()
        assert work.known_sids("sms", []) == set()


@pytest.mark.parametrize("name", ["sid", "key"])
def test_a_sid_or_a_key_is_one_messages(store: AnyStore, name: str) -> None:
    given: dict[str, Any] = {name: "x1"}
    keep(store, heard("m1", **given))
    keep(store, heard("m1", **given))
    with pytest.raises(Conflict):
        keep(store, heard("m2", 2, **given))
    with store.work() as work:
        assert work.message("m2") is None


def test_what_the_contact_wrote_is_had_once_and_in_order(store: AnyStore) -> None:
    rows = [heard(f"m{number}", number) for number in (2, 1, 3, 5)]
    keep(store, *rows, a_message("m4", 4), heard("x1", conversation="c2"), heard("m6", 6))
    with store.work() as work:
        assert [m.id for m in work.untaken("c1")] == ["m1", "m2", "m3", "m5", "m6"]
        work.take_messages("c1", 3)
        assert [m.id for m in work.untaken("c1")] == ["m5", "m6"]
        last = work.last_heard("c1")
        assert last is not None
        assert last.id == "m6"
        assert work.last_heard("c9") is None
        ours = work.message("m4")
        assert ours is not None
        assert not ours.taken
    with store.work() as work:
        assert [m.id for m in work.untaken("c2")] == ["x1"]
        work.take_messages("c1", 6)
        assert list(work.untaken("c1")) == []


def test_changes_are_listed_by_their_version(store: AnyStore) -> None:
    keep(store, heard("m1", 1, version=4), a_message("m2", 2, version=2), heard("m3", 3, version=3))
    keep(store, heard("x1", conversation="c2", version=9))
    assert [m.id for m in store.messages_since("c1", 0, 10)] == ["m2", "m3", "m1"]
    assert [m.id for m in store.messages_since("c1", 2, 1)] == ["m3"]
    assert list(store.messages_since("c1", 4, 10)) == []


def test_an_opt_out_of_one_address_and_of_all(store: AnyStore) -> None:
    with store.work() as work:
        work.opt_out(OptOut("sms", OURS, PEER, NOON, "STOP"))
        assert work.opted_out("sms", OURS, PEER)
        for place in (("sms", "+1555", PEER), ("sms", OURS, OTHER), ("chat", OURS, PEER)):
            assert not work.opted_out(*place)
        work.opt_out(OptOut("sms", "", OTHER, NOON, by="operator"))
        assert work.opted_out("sms", OURS, OTHER)
        assert work.opted_out("sms", "", OTHER)
        assert not work.opted_out("sms", "", PEER)
        work.opt_out(OptOut("sms", OURS, PEER, NOON + MINUTE, "QUIT"))
        assert not work.opt_in("sms", "+1555", PEER)
        assert work.opt_in("sms", OURS, PEER)
        assert not work.opt_in("sms", OURS, PEER)
        assert not work.opted_out("sms", OURS, PEER)
        work.opt_out(OptOut("sms", OURS, OTHER, NOON))
        assert work.opt_in("sms", OURS, OTHER), "the one of this address and that of all"
        assert not work.opted_out("sms", OURS, OTHER)
        for address in (OURS, "", "+1555"):
            work.opt_out(OptOut("sms", address, OTHER, NOON))
        work.opt_out(OptOut("sms", OURS, PEER, NOON))
        assert work.opt_in("sms", "", OTHER), "of all addresses"
        assert not work.opted_out("sms", "+1555", OTHER)
        assert work.opted_out("sms", OURS, PEER)


def test_what_waits_is_taken_back_by_channel_sender_and_haste(store: AnyStore) -> None:
    keep(store, a_thread(version=5), a_thread("c2", peer=OTHER), a_thread("c3", channel="email"))
    keep(store, a_message("m1", priority=BULK), a_message("m2", 2, state="sent", priority=BULK))
    keep(store, a_message("m3", 3), a_message("x1", peer=OTHER, conversation="c2", priority=BULK))
    keep(store, a_message("e1", channel="email", conversation="c3"))
    with store.work() as work:
        assert work.cancel_waiting("whatsapp", "", URGENT, "no", 9) == 0
        assert work.cancel_waiting("", "+1555", URGENT, "no", 9) == 0
        assert work.cancel_waiting("sms", OURS, BULK, "taken back", 1) == 1
        assert work.cancel_waiting("sms", OURS, BULK, "taken back", 1) == 1
        assert work.cancel_waiting("sms", OURS, BULK, "taken back", 1) == 0
        found = [work.message(name) for name in ("m1", "m2", "m3", "x1", "e1")]
        states = [each.state for each in found if each]
        assert states == ["canceled", "sent", "queued", "canceled", "queued"]
        assert store_version(work, "c1") == 6
        assert work.cancel_waiting("", "", URGENT, "all", 9) == 2


def test_of_what_hangs_nothing_leaves_again_after_a_moment(store: AnyStore) -> None:
    keep(store, a_thread(), a_thread("c2", peer=OTHER), a_thread("c3", channel="email"))
    keep(store, a_message("m1", state="unknown", priority=BULK), a_message("m2", 2))
    keep(store, a_message("m3", 3, state="unknown"))
    keep(store, a_message("x1", peer=OTHER, conversation="c2", state="sending", priority=BULK))
    keep(store, a_message("e1", channel="email", conversation="c3", state="sending"))
    later = NOON + MINUTE
    with store.work() as work:
        assert work.expire_hanging("sms", OURS, BULK, later) == 2
        assert work.expire_hanging("sms", OURS, BULK, later + MINUTE) == 0, "it is not put off"
        found = [work.message(name) for name in ("m1", "m2", "m3", "x1", "e1")]
        ends = [each.not_after for each in found if each]
        assert ends == [later, None, None, later, None]
        assert work.expire_hanging("", "", URGENT, NOON) == 4


def test_what_waits_is_hurried_where_somebody_waits_for_it(store: AnyStore) -> None:
    keep(store, a_thread(version=5), a_thread("c2", peer=OTHER))
    keep(store, a_message("m1", priority=BULK), a_message("m2", 2, state="sent", priority=BULK))
    keep(store, a_message("x1", peer=OTHER, conversation="c2", priority=BULK))
    with store.work() as work:
        assert work.hurry("c1") == 1
        assert work.hurry("c1") == 0
        found = [work.message(name) for name in ("m1", "m2", "x1")]
        assert [each.priority for each in found if each] == [URGENT, BULK, BULK]


def test_what_waits_to_leave_is_canceled(store: AnyStore) -> None:
    keep(store, a_thread(version=5), a_thread("c2", address="+1555", version=1))
    keep(store, a_message("m1", version=5), a_message("m2", 2, state="sending", version=4))
    keep(store, a_message("m3", conversation="c2", address="+1555"))
    keep(store, a_message("x1", peer=OTHER, conversation="c3"), heard("m4", 4))
    with store.work() as work:
        assert work.cancel_queued("sms", OURS, PEER, "opted out") == 1
        canceled = work.message("m1")
        assert canceled is not None
        assert (canceled.state, canceled.reason, canceled.version) == ("canceled", "opted out", 6)
        assert store_version(work, "c1") == 6
        assert work.cancel_queued("sms", OURS, PEER, "again") == 0
        assert work.cancel_queued("whatsapp", "", PEER, "again") == 0
        assert work.cancel_queued("sms", "", PEER, "all") == 1
        assert store_version(work, "c1") == 6
        assert store_version(work, "c2") == 2
        assert work.cancel_queued("sms", "", OTHER, "no such thread") == 1
    states = {}
    with store.work() as work:
        for name in ("m1", "m2", "m3", "m4", "x1"):
            row = work.message(name)
            assert row is not None
            states[name] = row.state
    assert states == {
        "m1": "canceled", "m2": "sending", "m3": "canceled", "m4": "received", "x1": "canceled",
    }  # fmt: skip


def store_version(work: Any, name: str) -> int:
    found: Conversation | None = work.conversation(name)
    assert found is not None
    return found.version


def test_a_pace_is_kept(store: AnyStore) -> None:
    with store.work() as work:
        assert work.open_pace("sms:+1") is None
        work.keep_pace("sms:+1", NOON)
        work.keep_pace("sms:+1", NOON + MINUTE)
    with store.work() as work:
        assert work.open_pace("sms:+1") == NOON + MINUTE
        assert work.open_pace("sms:+2") is None


def test_a_file_is_kept_and_changed(store: AnyStore) -> None:
    row = Media("f1", "m1", "ä.png", "image/png", 7, NOON, source="SM1/ME1")
    done = replace(row, file="a" * 40, sha256="b" * 64, source="", tries=2)
    with store.work() as work:
        assert work.media("f1") is None
        work.keep_media(row)
        assert work.media("f1") == row
        work.keep_media(done)
    with store.work() as work:
        assert work.media("f1") == done


def test_what_is_undone_is_not_kept(store: AnyStore) -> None:
    keep(store, a_thread(), a_message("m1"))

    def broken() -> None:
        with store.work() as work:
            work.keep_conversation(a_thread(state="closed", closed=NOON))
            work.cancel_queued("sms", OURS, PEER, "no")
            work.opt_out(OptOut("sms", OURS, PEER, NOON))
            work.keep_pace("sms:+1", NOON)
            work.keep_media(Media("f1", "m1", "", "", 0, NOON))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    with store.work() as work:
        assert work.conversation("c1") == a_thread()
        assert work.message("m1") == a_message("m1")
        assert not work.opted_out("sms", OURS, PEER)
        assert (work.open_pace("sms:+1"), work.media("f1")) == (None, None)


def test_an_erased_persons_opt_out_stands_under_its_mark(database: Database) -> None:
    marks = SqlStore(database, lambda text: f"mark of {text}")
    with marks.work() as work:
        name = work.marked("sms", PEER)
        assert PEER in name
        assert name != PEER
        work.opt_out(OptOut("sms", OURS, name, NOON))
        assert work.opted_out("sms", OURS, PEER)
        assert not work.opted_out("sms", OURS, OTHER)
        assert not work.opted_out("whatsapp", OURS, PEER)
        assert work.opt_in("sms", OURS, PEER)
        assert not work.opted_out("sms", OURS, PEER)
    with SqlStore(database).work() as work:
        assert work.marked("sms", PEER) == PEER
