"""Conversations by messages as people read them: lists in pages, messages in order, opt-outs."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from desk.conversations import Conversation, Media, OptOut
from store.database import Database
from store.store import SqlStore
from store.threads import Threads
from tests.store.builders import MINUTE, NOON
from tests.store.writing import OTHER, OURS, PEER, a_message, a_thread, heard, keep


@pytest.fixture
def threads(database: Database) -> Threads:
    """Four conversations, a minute apart; the last two began at the same moment."""
    over: dict[str, Any] = {"state": "closed", "closed": NOON}
    rows = (
        a_thread("c0", contact="c-7", agent="ann", **over),
        a_thread("c1", contact="c-7", agent="ann", state="agent", opened=NOON + MINUTE),
        a_thread("c2", channel="chat", state="waiting", opened=NOON + 2 * MINUTE, contact="c-7"),
        a_thread("c3", peer=OTHER, opened=NOON + 2 * MINUTE),
    )
    store = SqlStore(database)
    keep(store, *rows, *(heard(f"m{number}", number) for number in (3, 1, 2, 4)))
    keep(store, a_message("x1", 9, conversation="c2"))
    return Threads(database)


def ids(found: Iterable[Any]) -> list[str]:
    return [each.id for each in found]


def behind(row: Conversation) -> Any:
    return row.opened, row.id


def test_conversations_are_listed_the_newest_first_in_pages(threads: Threads) -> None:
    assert ids(threads.find(10)) == ["c3", "c2", "c1", "c0"]
    first = threads.find(1)
    second = threads.find(2, behind=behind(first[-1]))
    last = threads.find(2, behind=behind(second[-1]))
    assert [ids(page) for page in (first, second, last)] == [["c3"], ["c2", "c1"], ["c0"]]
    assert list(threads.find(2, behind=behind(last[-1]))) == []


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        ({"state": "closed"}, ["c0"]),
        ({"state": "waiting"}, ["c2"]),
        ({"agent": "ann"}, ["c1", "c0"]),
        ({"agent": "ann", "state": "agent"}, ["c1"]),
        ({"channel": "chat"}, ["c2"]),
        ({"contact": "c-7"}, ["c2", "c1", "c0"]),
        ({"contact": "c-7", "channel": "sms", "state": "closed"}, ["c0"]),
        ({"agent": "bob"}, []),
    ],
)
def test_conversations_are_found_by_what_they_are(
    threads: Threads, filters: dict[str, Any], wanted: list[str]
) -> None:
    assert ids(threads.find(10, **filters)) == wanted
    assert ids(threads.find(1, **filters)) == wanted[:1]


def test_one_conversation_and_the_open_ones_of_a_contact(threads: Threads) -> None:
    assert threads.one("c3") == a_thread("c3", peer=OTHER, opened=NOON + 2 * MINUTE)
    assert threads.one("c9") is None
    assert ids(threads.open_of("c-7")) == ["c2", "c1"]
    assert list(threads.open_of("")) == []


def test_messages_are_read_in_order_from_either_end(threads: Threads) -> None:
    assert ids(threads.messages("c1", 10)) == ["m1", "m2", "m3", "m4"]
    assert ids(threads.messages("c1", 2)) == ["m1", "m2"]
    assert ids(threads.messages("c1", 2, after=2)) == ["m3", "m4"]
    assert ids(threads.messages("c1", 2, before=5)) == ["m3", "m4"]
    assert ids(threads.messages("c1", 2, before=3)) == ["m1", "m2"]
    assert ids(threads.messages("c1", 10, before=4, after=1)) == ["m2", "m3"]
    assert list(threads.messages("c9", 10)) == []
    assert threads.message("m3") == heard("m3", 3)
    assert threads.message("m9") is None


def test_files_are_known_by_id_and_by_name(database: Database, threads: Threads) -> None:
    row = Media("f1", "m1", "a.png", "image/png", 7, NOON, "a" * 40)
    with SqlStore(database).work() as work:
        work.keep_media(row)
        work.keep_media(replace(row, id="f2", file=""))
    assert threads.media("f1") == row
    assert threads.media("f9") is None
    assert threads.files_known(["a" * 40, "b" * 40, ""]) == {"a" * 40}
    assert threads.files_known([]) == set()


def test_opt_outs_are_listed_the_newest_first_in_pages(
    database: Database, threads: Threads
) -> None:
    rows = [
        OptOut("sms", OURS, PEER, NOON, "STOP"),
        OptOut("sms", "", PEER, NOON, by="operator"),
        OptOut("whatsapp", OURS, OTHER, NOON + MINUTE),
    ]
    with SqlStore(database).work() as work:
        for row in rows:
            work.opt_out(row)
    assert threads.opt_outs(10) == [rows[2], rows[0], rows[1]]
    assert threads.opt_outs(10, channel="whatsapp") == [rows[2]]
    last = threads.opt_outs(2)[-1]
    place = (last.at, last.channel, last.peer, last.address)
    assert threads.opt_outs(2, behind=place) == [rows[1]]
