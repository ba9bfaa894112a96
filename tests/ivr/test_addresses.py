"""Addresses that are handed out, read when they come back, and never somebody else's."""

from urllib.parse import urlsplit

import pytest

from ivr.addresses import (
    OVERRIDES,
    Place,
    callback,
    held_address,
    hinted,
    place,
    place_of_url,
    turn_address,
)

PUBLIC = "https://linewalk.example"
TURN = turn_address(PUBLIC + "/", "run1", "tok-_1")


def test_a_turns_address_says_what_was_asked_and_how_to_retry() -> None:
    assert TURN == "https://linewalk.example/ivr/turn/run1/tok-_1"
    assert hinted(TURN, "gather") == f"{TURN}?q=gather{OVERRIDES}"
    assert hinted(f"{TURN}?a=b{OVERRIDES}", "go") == f"{TURN}?a=b&q=go{OVERRIDES}"
    assert callback(PUBLIC, "/ivr/status") == f"{PUBLIC}/ivr/status{OVERRIDES}"


def test_the_overrides_never_retry_a_refusal_and_stay_below_fifteen_seconds() -> None:
    values = dict(part.split("=") for part in OVERRIDES.lstrip("#").split("&"))
    assert "4xx" not in values["rp"]
    assert "all" not in values["rp"]
    assert int(values["tt"]) < 15_000


@pytest.mark.parametrize(
    ("path", "query", "where"),
    [
        ("/ivr/voice", "", Place()),
        ("/ivr/voice", "n=2", Place(held=2)),
        ("/ivr/turn/a/b", "q=dial", Place("a", "b", "dial")),
        ("/ivr/turn/a/b", "q=record&n=x&RecordingSid=RE1&Digits=1",
         Place("a", "b", "record", 0, {"RecordingSid": "RE1"})),
        ("/ivr/turn/a/b", "&".join(["q=go"] * 99), Place("a", "b")),
        ("/ivr/turn/a", "", None), ("/ivr/turn/a/b/c", "", None), ("/ivr/turn/a/%2e", "", None),
        ("/ivr/status", "", None), ("/", "", None), ("/ivr/turn/a/b\n", "", None),
    ],
)  # fmt: skip
def test_paths(path: str, query: str, where: Place | None) -> None:
    assert place(path, query) == where


@pytest.mark.parametrize(
    "url",
    [
        f"{TURN}?q=gather", f"{TURN}?q=gather{OVERRIDES}",
        f"{TURN.replace('.example', '.example:443')}?q=gather",
        f"{TURN.replace('https://', 'HTTPS://user:pw@').replace('linewalk', 'LINEWALK')}?q=gather",
    ],
)  # fmt: skip
def test_our_own_address_is_known_however_it_is_spelt(url: str) -> None:
    assert place_of_url(url, PUBLIC) == Place("run1", "tok-_1", "gather")


@pytest.mark.parametrize(
    "url",
    [
        "", "/ivr/turn/a/b", "https://evil.example/ivr/turn/a/b", "http://linewalk.example/ivr/voice",
        "https://linewalk.example:8443/ivr/voice", "https://linewalk.example.evil/ivr/voice",
        "https://linewalk.example@evil.example/ivr/voice", "https://[/ivr/voice", "javascript:1",
        "https://linewalk.example:x/ivr/voice", "https://linewalk.example/ivr/fallback",
    ],
)  # fmt: skip
def test_any_other_address_is_not_ours(url: str) -> None:
    assert place_of_url(url, PUBLIC) is None


def test_a_public_address_below_a_path() -> None:
    public = "https://linewalk.example/phone/"
    assert place_of_url(turn_address(public, "a", "b"), public) == Place("a", "b")
    assert place_of_url("https://linewalk.example/ivr/voice", public) is None


def comes_back(where: Place, form: dict[str, str]) -> Place | None:
    url = held_address(PUBLIC, where, form)
    assert url.endswith(OVERRIDES)
    return place(urlsplit(url).path, urlsplit(url).query)


def test_a_held_caller_is_asked_again_and_keys_stay_out_of_the_address() -> None:
    form = {"Digits": "4321", "SpeechResult": "my name", "From": "+15550100001"}
    url = held_address(PUBLIC, Place("a", "b", "gather"), form)
    assert "4321" not in url
    assert "name" not in url
    assert "1555" not in url
    assert comes_back(Place("a", "b", "gather"), form) == Place("a", "b", "again", 1)
    assert comes_back(Place("a", "b", "again", 1), {}) == Place("a", "b", "again", 2)


def test_what_a_recording_or_a_forwarded_call_brought_goes_along() -> None:
    carried = {"RecordingSid": "RE1", "RecordingDuration": "7"}
    once = comes_back(Place("a", "b", "record"), {**carried, "Digits": "#"})
    assert once == Place("a", "b", "record", 1, carried)
    assert comes_back(once, {}) == Place("a", "b", "record", 2, carried)


def test_a_new_call_is_held_at_its_own_address() -> None:
    assert comes_back(Place(held=4), {"Digits": "1"}) == Place(held=5)
