"""Small conversations and messages for tests: only what a test says differs from these."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from desk.conversations import BULK, Conversation, Message
from store.store import SqlStore
from tests.store.builders import NOON
from tests.store.conftest import AnyStore

OURS, PEER, OTHER = "+15550100001", "+15550123456", "+15550123457"
SECOND = timedelta(seconds=1)


def a_thread(name: str = "c1", **changes: Any) -> Conversation:
    return replace(Conversation(name, "sms", OURS, PEER, NOON, NOON), **changes)


def a_message(name: str, number: int = 1, **changes: Any) -> Message:
    row = Message(name, "c1", "sms", OURS, PEER, "out", "flow", "Hello", NOON, "queued", number)
    return replace(row, **changes)


def heard(name: str, number: int = 1, **changes: Any) -> Message:
    return a_message(name, number, direction="in", author="contact", state="received", **changes)


def keep(store: AnyStore | SqlStore, *rows: Conversation | Message) -> None:
    with store.work() as work:
        for row in rows:
            if isinstance(row, Conversation):
                work.keep_conversation(row)
            else:
                work.keep_message(row)


def leaving(store: AnyStore | SqlStore, at: Any = NOON, most: int = BULK) -> str:
    with store.work() as work:
        found = work.next_to_leave("sms", OURS, at, most)
    return found.id if found else ""


def changed(store: AnyStore | SqlStore, name: str, **changes: Any) -> Message:
    with store.work() as work:
        found = work.message(name)
    assert found is not None
    return replace(found, **changes)
