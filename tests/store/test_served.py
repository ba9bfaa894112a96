"""Who had a conversation by messages, what was noted; calls and messages are told apart."""

from desk.assignments import Assignment
from desk.changes import Changes
from desk.wrap_up import WrapUp
from store.conversations import Conversations
from store.database import Database
from store.erasing import Erasures
from store.served import Hands, Served
from store.store import SqlStore
from tests.store.builders import MINUTE, NOON

CALL = Assignment("o1", "e1.1", "ann", NOON)
FIRST = Assignment("o2", "e2.1", "ann", NOON, NOON + MINUTE, "finished", "c1", 30)
SECOND = Assignment("o3", "e2.1", "bob", NOON + MINUTE, conversation="c1", weight=30)


def keep(database: Database) -> None:
    with SqlStore(database).work() as work:
        work.keep_desk(Changes(work.open_desk() + 1, assignments=[SECOND, CALL, FIRST]))
        work.keep_wrap_up(WrapUp("o2", "Wants a red one", "sold", NOON + MINUTE))


def test_who_had_it_and_what_was_noted(database: Database) -> None:
    keep(database)
    assert list(Hands(database).of("c1")) == [
        Served("o2", "ann", NOON, NOON + MINUTE, "Wants a red one", "sold", NOON + MINUTE),
        Served("o3", "bob", NOON + MINUTE, None, "", "", None),
    ]
    assert list(Hands(database).of("")) == []


def test_a_conversation_by_messages_is_no_call(database: Database) -> None:
    keep(database)
    assert [each.id for each in Conversations(database).latest(9)] == ["o1"]
    assert Conversations(database).get("o2") is None
    assert SqlStore(database).desk_since(0, NOON).assignments == (SECOND, CALL, FIRST)


def test_of_somebody_erased_no_conversation_is_named(database: Database) -> None:
    keep(database)
    with Erasures(database, str).work() as work:
        work.erase_places(["e1.1", "e2.1"])
    assert list(Hands(database).of("c1")) == []
    assert [each.id for each in Conversations(database).latest(9)] == ["o1"]
