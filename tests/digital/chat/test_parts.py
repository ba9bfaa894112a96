"""The chat's parts by themselves: channel, paces, addresses, hub, typing, widget, settings."""

import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest
from flask import Flask

from desk.conversations import Conversation, Message
from digital.chat.channel import ChatChannel
from digital.chat.entrance import Entrance
from digital.chat.origins import Origins
from digital.chat.paces import Paces, site_of
from digital.chat.ports import Rules
from digital.chat.problems import Problem
from digital.chat.tokens import Tokens
from digital.chat.widget.build import BUILT, build, words
from flow.ledger import Unavailable
from runner.chat_settings import origin
from runner.errors import BadSettings
from runner.hub import Full, Hub
from runner.settings import load_settings
from runner.typing_notes import LASTS, TypingNotes, writers
from store.memory import MemoryStore
from tests.store.builders import NOON
from tests.support.waiting import wait_until

THREAD = Conversation("c1", "chat", "website", "v1", NOON, NOON)
REPLY = Message("m1", "c1", "chat", "website", "v1", "out", "flow", "Hi!", NOON, "queued")


def test_the_widget_is_made_of_its_pieces_and_small() -> None:
    assert BUILT.read_text("utf-8") == build(), "run make widget"
    assert BUILT.stat().st_size <= 42 * 1024


def test_every_language_has_every_word() -> None:
    keys, table = words()
    assert len(keys) > 30
    assert [name in table for name in ("en", "de", "fr", "es", "pt")] == [True] * 5


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, ""),
        ({"text": " "}, "needs a text or a file"),
        ({"text": "", "media": ({"url": "https://a.example/b"},)}, ""),
        ({"text": "x" * 8_001}, "at most 8000 characters"),
        ({"choices": ({"label": "a"},) * 14}, "at most 13 quick replies"),
        ({"media": ({"audio": "a"},) * 11}, "at most 10 files"),
    ],
)
def test_what_fits_in_a_chat(changes: dict[str, Any], reason: str) -> None:
    found = ChatChannel().fits(replace(REPLY, **changes), THREAD, NOON)
    assert found.startswith("a chat message") == bool(reason)
    assert reason in found


def test_nothing_is_sent_for_the_widget_reads_by_itself() -> None:
    channel = ChatChannel()
    assert channel.at_once
    assert channel.send(REPLY, THREAD).sid == "m1"
    assert channel.find(REPLY) == ["m1"]
    assert channel.rate("website") > 100


def test_paces_are_counted_apart() -> None:
    paces = Paces()
    for _ in range(20):
        paces.visitor("message", "v1")
    with pytest.raises(Problem) as caught:
        paces.visitor("message", "v1")
    assert caught.value.status == 429
    paces.visitor("message", "v2")
    paces.visitor("typing", "v1")
    paces.address("message", "192.0.2.1")


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("unknown", "unknown"),
    ],
)
def test_a_household_counts_as_one(address: str, site: str) -> None:
    assert site_of(address) == site


@pytest.mark.parametrize(
    ("proxies", "sender", "header", "seen"),
    [
        (None, "127.0.0.1", "203.0.113.9", "203.0.113.9"),
        (None, "127.0.0.1", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (None, "127.0.0.1", "", "127.0.0.1"),
        (None, "198.51.100.7", "203.0.113.9", "198.51.100.7"),
        (0, "127.0.0.1", "203.0.113.9", "127.0.0.1"),
        (1, "10.0.0.1", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "10.0.0.1", "6.6.6.6, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "10.0.0.1", "203.0.113.9", "10.0.0.1"),
    ],
)
def test_only_our_own_proxies_say_where_a_request_comes_from(
    proxies: int | None, sender: str, header: str, seen: str
) -> None:
    rules = Rules(frozenset(), "https://calls.example.com", "secret", proxies)
    entrance = Entrance(rules, Origins(frozenset(), rules.base_url), Tokens("secret"), Paces())
    headers = {"X-Forwarded-For": header}
    asked = Flask(__name__).test_request_context(
        headers=headers, environ_base={"REMOTE_ADDR": sender}
    )
    with asked:
        assert entrance.address() == seen


def test_a_star_allows_every_page() -> None:
    origins = Origins(frozenset({"*"}), "https://calls.example.com")
    origins.check("https://anywhere.example", needed=True)
    assert origins.headers("https://anywhere.example") == {
        "Vary": "Origin",
        "Access-Control-Allow-Origin": "https://anywhere.example",
        "Access-Control-Expose-Headers": "Retry-After",
    }
    with pytest.raises(Problem):
        origins.check("null", needed=True)


@pytest.mark.parametrize("text", ["https://Shop.example.com/", " http://localhost:3000", "*"])
def test_origins_that_may_be_set(text: str) -> None:
    assert origin(text) == text.strip().lower().rstrip("/")


@pytest.mark.parametrize(
    "text",
    [
        "shop.example.com",
        "https://shop.example.com/page",
        "https://*.example.com",
        "ftp://a",
        "https://",
        "https://a:b",
        "https://a:0",
        "https://u@a.example",
        "https://a?b",
    ],
)
def test_what_is_no_origin_is_said(text: str) -> None:
    with pytest.raises(BadSettings, match="is no origin"):
        load_settings(chat_origins=text)


def test_a_star_in_production_must_be_meant() -> None:
    given = {"twilio_auth_token": "token", "twilio_account_sid": "AC1", "chat_origins": "*"}
    with pytest.raises(BadSettings, match="CHAT_ANY_ORIGIN=true"):
        load_settings(**given)
    assert load_settings(**given, chat_any_origin=True).chat_origins == ("*",)
    assert load_settings(chat_origins="*").chat_origins == ("*",)


def test_the_hub_wakes_those_whose_conversation_changed() -> None:
    versions = {"c1": 1, "c2": 1}
    hub = Hub(lambda ids: {name: versions[name] for name in ids}, every=0.01)
    with hub.place("v1", "a") as one, hub.place("v2", "a") as two:
        one.follow("c1", 1)
        two.follow("c2", 1)
        versions["c2"] = 2
        assert two.wait(5)
        assert not one.wait(0.1)
        hub.wake("c1")
        assert one.wait(5)


def test_places_at_the_hub_are_few() -> None:
    hub = Hub(lambda _: {}, most=4, most_of_one=2, every=0.01)
    with hub.place("v1", "a") as first, hub.place("v1", "b"):
        with pytest.raises(Full) as caught, hub.place("v1", "c"):
            raise AssertionError
        assert caught.value.owner
        with hub.place("v1", "a") as again:  # the same window, back without a word
            assert first.ended
            assert not again.ended
            with hub.place("v2", "a"):
                with pytest.raises(Full) as caught, hub.place("v3", "a"):
                    raise AssertionError
                assert not caught.value.owner
        with hub.place("v3", "a"):
            assert first.ended


def test_who_has_gone_holds_no_place() -> None:
    hub = Hub(lambda _: {}, most=1, every=0.01)
    gone = False
    with hub.place("v1", "a", gone=lambda: gone) as left:
        with pytest.raises(Full), hub.place("v2", "a"):
            raise AssertionError
        gone = True
        with pytest.raises(Full), hub.place("v2", "a"):  # a thread that hangs is no free place
            raise AssertionError
        assert left.ended
    with hub.place("v2", "a") as place:
        assert not place.ended


def test_who_is_told_to_leave_is_waited_for() -> None:
    hub = Hub(lambda _: {}, most=1, every=0.01)

    def watch() -> None:
        with hub.place("v1", "a", gone=lambda: True) as place:
            there.set()
            wait_until(lambda: place.wait(1) and place.ended, 5)

    there = Event()
    watcher = Thread(target=watch)
    watcher.start()
    assert there.wait(5)
    with hub.place("v2", "a") as place:
        assert not place.ended
    watcher.join(5)


def test_one_who_hangs_and_comes_again_and_again_takes_no_more_places() -> None:
    hub = Hub(lambda _: {}, most=8, every=0.01)
    with ExitStack() as held:
        for _ in range(8):
            with suppress(Full):
                held.enter_context(hub.place("v1", "the same", "192.0.2.1"))
        assert len(hub._places) <= 6


def test_the_hub_outlives_a_database_that_is_away_and_ends_with_its_process() -> None:
    asked: list[int] = []
    ending = False

    def versions(ids: Sequence[str]) -> dict[str, int]:
        asked.append(1)
        if len(asked) < 3:
            raise Unavailable("away")
        return {"c1": 2}

    hub = Hub(versions, every=0.01)
    hub.ends_when(lambda: ending)
    with hub.place("v1", "a") as place:
        place.follow("c1", 1)
        assert place.wait(5)
        assert not place.ended
        ending = True
        waiter = Thread(target=lambda: wait_until(lambda: place.wait(1) and place.ended, 5))
        waiter.start()
        waiter.join(5)
        assert place.ended


def test_the_hub_asks_nothing_when_nobody_watches() -> None:
    asked: list[float] = []

    def versions(ids: Sequence[str]) -> dict[str, int]:
        asked.append(time.monotonic())
        return {}

    hub = Hub(versions, every=0.01)
    with hub.place("v1", "a") as place:
        place.follow("c1", 1)
        wait_until(lambda: len(asked) > 2)
    wait_until(lambda: not hub._running)
    count = len(asked)
    with hub.place("v1", "a") as place:
        place.follow("c1", 1)
        wait_until(lambda: len(asked) > count)


def test_typing_is_noted_once_in_a_while_and_fades() -> None:
    store = MemoryStore()
    told: list[str] = []
    now = [NOON]
    notes = TypingNotes(store, lambda: now[0], told.append)
    with store.work() as work:
        work.keep_conversation(THREAD)
    notes.note("c1", "contact")
    notes.note("c1", "contact")
    notes.note("c1", "agent:ann")
    known = store.glance_conversation("c1")
    assert known is not None
    assert known.version == 2
    assert told == ["c1", "c1"]
    assert writers(known, NOON) == {"contact": NOON + LASTS, "agent:ann": NOON + LASTS}
    assert writers(known, NOON + LASTS + timedelta(seconds=1)) == {}
    now[0] = NOON + timedelta(seconds=5)
    notes.note("c1", "contact")
    later = store.glance_conversation("c1")
    assert later is not None
    assert writers(later, now[0])["contact"] == now[0] + LASTS
    notes.note("nowhere", "contact")
    assert len(told) == 3
