"""What agents note of conversations: one note each, gone with what it is about."""

import pytest

from desk.assignments import Assignment
from desk.changes import Changes
from desk.wrap_up import WrapUp
from store.database import Database
from store.store import SqlStore
from tests.store.builders import MINUTE, NOON
from tests.store.conftest import AnyStore

SERVED = Assignment("o2", "e3.1", "bob", NOON, NOON + MINUTE, "finished")
NOTED = WrapUp("o2", "Wants it in red. Ö\x00", "solved", NOON)


@pytest.fixture
def served(store: AnyStore) -> AnyStore:
    """A store with one conversation."""
    keep(store, SERVED)
    return store


def keep(store: AnyStore | SqlStore, assignment: Assignment) -> None:
    with store.work() as work:
        work.keep_desk(Changes(work.open_desk() + 1, assignments=[assignment]))


def test_the_last_word_counts(served: AnyStore) -> None:
    later = WrapUp("o2", "", "call again", NOON + MINUTE)
    with served.work() as work:
        assert work.wrap_up("o2") is None
        assert work.keep_wrap_up(NOTED)
        kept = work.wrap_up("o2")
        assert kept == WrapUp("o2", "Wants it in red. Ö\ufffd", "solved", NOON)
        assert work.keep_wrap_up(later)
        assert work.wrap_up("o2") == later


def test_there_is_nothing_to_note_of_no_conversation(served: AnyStore) -> None:
    with served.work() as work:
        assert not work.keep_wrap_up(WrapUp("o9", "", "", NOON))
        assert work.wrap_up("o9") is None


def test_what_is_undone_is_not_noted(served: AnyStore) -> None:
    def broken() -> None:
        with served.work() as work:
            work.keep_wrap_up(NOTED)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    with served.work() as work:
        assert work.wrap_up("o2") is None


def test_a_note_stays_when_its_conversation_is_written_again(served: AnyStore) -> None:
    with served.work() as work:
        work.keep_wrap_up(NOTED)
    keep(served, SERVED)
    with served.work() as work:
        assert work.wrap_up("o2") is not None


def test_a_note_goes_with_its_conversation(database: Database) -> None:
    store = SqlStore(database)
    keep(store, SERVED)
    with store.work() as work:
        work.keep_wrap_up(NOTED)
    with database.write() as connection:
        connection.exec_driver_sql("DELETE FROM lw_assignments")
    with store.work() as work:
        assert work.wrap_up("o2") is None
