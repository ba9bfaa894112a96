"""Files of messages: fetched from the carrier, kept on the shelf, deleted there."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from desk.conversations import Conversation, Media, Message
from digital.carrier.messages import Messages
from runner.alarms import Alarms
from runner.errors import CarrierError
from runner.fetching import MediaFetching
from runner.media import MediaShelf
from runner.messages.limits import Reach
from runner.messages.senders import Senders
from runner.messages.threads import Threads
from store.memory import MemoryStore
from tests.digital.carrier.doors import OURS, THEIRS
from tests.standin import Standin
from tests.standin.texts import Text

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Home:
    """A store with one message and its file, and the work of fetching it."""

    def __init__(self, messages: Messages, folder: Path, *, clears: bool = True) -> None:
        self.store = MemoryStore()
        self.shelf = MediaShelf(folder, set)
        self.changed: list[str] = []
        threads = Threads(
            {},
            Senders(frozenset()),
            Reach(str, lambda: NOW, Alarms()),
            lambda: NOW,
            lambda *_: None,
            self.changed.append,
        )
        self.fetching = MediaFetching(
            self.store, lambda: threads, messages, self.shelf, clears=clears
        )

    def has(self, text: Text, kind: str = "image/png") -> None:
        """Write the rows that the inbox writes."""
        source = f"{text.sid}/{text.pieces[0].sid}"
        listed = {"id": "f1", "name": "file-1.png", "type": kind, "size": 0}
        with self.store.work() as work:
            work.keep_conversation(
                Conversation("c1", "sms", OURS, THEIRS, NOW, NOW, messages=1, version=1)
            )
            work.keep_message(
                Message(
                    *("m1", "c1", "sms", OURS, THEIRS, "in", "contact", "", NOW, "received"),
                    number=1,
                    version=1,
                    media=(listed,),
                )
            )
            work.keep_media(Media("f1", "m1", "file-1.png", kind, 0, NOW, source=source))

    def row(self) -> Media:
        with self.store.work() as work:
            found = work.media("f1")
        assert found is not None
        return found

    def listed(self) -> Any:
        with self.store.work() as work:
            found = work.message("m1")
        assert found is not None
        return found.media[0]


@pytest.fixture
def home(messages: Messages, tmp_path: Path) -> Home:
    return Home(messages, tmp_path / "media")


@pytest.fixture
def text(carrier: Standin) -> Text:
    made = carrier.text(OURS, "", files=[("image/png", b"\x89PNG" + bytes(5_000))])
    carrier.settle()
    return made


def test_a_file_is_fetched_kept_and_then_deleted_at_the_carrier(
    carrier: Standin, home: Home, text: Text
) -> None:
    home.has(text)
    home.fetching.fetch("f1")
    row = home.row()
    assert home.shelf.open(row.file).read_bytes() == b"\x89PNG" + bytes(5_000)
    assert (row.size, row.source, row.tries, len(row.sha256)) == (5_004, "", 1, 64)
    assert home.listed()["size"] == 5_004
    assert home.changed == ["c1"]
    assert text.pieces == []
    asked = len(carrier.requests)
    home.fetching.fetch("f1")
    assert len(carrier.requests) == asked


def test_the_carriers_copy_stays_where_the_operator_wants_it(
    messages: Messages, tmp_path: Path, text: Text
) -> None:
    home = Home(messages, tmp_path / "media", clears=False)
    home.has(text)
    home.fetching.fetch("f1")
    assert home.row().file
    assert home.row().source
    assert len(text.pieces) == 1


def test_a_deletion_that_failed_is_done_by_the_next_try(
    carrier: Standin, home: Home, text: Text
) -> None:
    home.has(text)
    carrier.fail_next("DELETE", r"/Media/", status=503)
    with pytest.raises(CarrierError):
        home.fetching.fetch("f1")
    kept = home.row().file
    assert kept
    home.fetching.fetch("f1")
    assert (home.row().file, home.row().source, text.pieces) == (kept, "", [])


def test_a_file_that_is_not_ready_is_asked_for_again(
    carrier: Standin, home: Home, text: Text
) -> None:
    home.has(text)
    piece = text.pieces.pop()
    with pytest.raises(CarrierError, match="not ready") as caught:
        home.fetching.fetch("f1")
    assert caught.value.retry
    assert (home.row().file, home.row().tries) == ("", 1)
    text.pieces.append(piece)
    home.fetching.fetch("f1")
    assert home.row().file


def test_what_a_browser_would_run_is_not_kept(carrier: Standin, home: Home, text: Text) -> None:
    home.has(text, "image/svg+xml")
    asked = len(carrier.requests)
    home.fetching.fetch("f1")
    assert (home.row().file, home.row().source) == ("", "")
    methods = [each.method for each in carrier.requests[asked:]]
    assert methods == ["DELETE"]


def test_a_file_beyond_all_measure_is_not_kept(
    home: Home, text: Text, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runner.fetching.LARGEST", 1_000)
    home.has(text)
    with pytest.raises(CarrierError, match="more than 1000 bytes"):
        home.fetching.fetch("f1")
    assert home.row().file == ""
    home.fetching.give_up("f1")
    assert home.row().source == ""


def test_a_file_that_was_erased_meanwhile_is_not_brought_back(home: Home) -> None:
    home.fetching.fetch("f1")
    home.fetching.give_up("f1")
    with home.store.work() as work:
        assert work.media("f1") is None


@pytest.mark.parametrize(
    "source",
    ["../Calls/CA1", "MM1/ME1/../../x", "https://evil.example/x", "MM1", "MM1/RE1", "MM1/ME1?x"],
)
def test_no_address_is_made_of_what_is_no_source(
    carrier: Standin, home: Home, text: Text, source: str
) -> None:
    home.has(text)
    with home.store.work() as work:
        work.keep_media(replace(home_row(work), source=source))
    asked = len(carrier.requests)
    with pytest.raises(CarrierError, match="no file of the carrier's"):
        home.fetching.fetch("f1")
    assert len(carrier.requests) == asked


def home_row(work: Any) -> Media:
    found: Media = work.media("f1")
    return found
