"""A one-time token is good once, or again for the very same content; on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from desk.access import REMEMBERED
from runner.once import Tokens
from tests.store.builders import NOON


def test_a_token_is_good_for_one_content(store: Any) -> None:
    tokens = Tokens(store, lambda: NOON)
    assert tokens.claim("mailgun", "t1", "a")
    assert tokens.claim("mailgun", "t1", "a")
    assert not tokens.claim("mailgun", "t1", "b")
    assert tokens.claim("mailgun", "t2", "b")
    assert tokens.claim("another", "t1", "b")


def test_of_many_at_once_one_content_wins(store: Any) -> None:
    tokens = Tokens(store, lambda: NOON)
    with ThreadPoolExecutor(4) as pool:
        won = list(pool.map(lambda each: tokens.claim("mailgun", "t", str(each)), range(8)))
    assert sum(won) == 1


def test_a_token_is_remembered_far_longer_than_it_is_good(store: Any) -> None:
    assert Tokens(store, lambda: NOON).claim("mailgun", "t", "a")
    later = Tokens(store, lambda: NOON + REMEMBERED - timedelta(seconds=1))
    assert not later.claim("mailgun", "t", "b")
