"""Marks of erased calls and of the carrier's copies, in every kind of store."""

from tests.store.builders import MINUTE, NOON
from tests.store.conftest import AnyStore


def test_what_was_erased_is_known_by_any_of_its_ids(store: AnyStore) -> None:
    with store.work() as work:
        work.mark_erased(["CA1", "RE1"], NOON)
        work.mark_erased(["CA1"], NOON + MINUTE)
    with store.work() as work:
        assert work.is_erased("CA9", "CA1")
        assert work.is_erased("RE1")
        assert not work.is_erased("CA9", "")
        assert not work.is_erased()


def test_a_copy_is_wanted_gone_until_it_is(store: AnyStore) -> None:
    with store.work() as work:
        assert work.want_gone("RE1", NOON)
        assert work.want_gone("RE1", NOON + MINUTE)
        work.want_gone("RE2", NOON + MINUTE)
        assert work.copies_left(NOON + 2 * MINUTE, 9) == ["RE1", "RE2"]
        assert work.copies_left(NOON + MINUTE, 9) == ["RE1"]
        assert work.copies_left(NOON + 2 * MINUTE, 1) == ["RE1"]
        work.copy_gone("RE1", NOON + MINUTE)
        work.copy_gone("RE9", NOON)
    with store.work() as work:
        assert not work.want_gone("RE1", NOON + 2 * MINUTE)
        assert work.copies_left(NOON + 2 * MINUTE, 9) == ["RE2"]
