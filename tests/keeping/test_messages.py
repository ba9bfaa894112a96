"""Conversations by messages in time, in an erasure, under a hold, in an export and a backup."""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from desk.conversations import Conversation, Media, Message, OptOut
from flow.ledger import Contact
from runner.media import MediaError
from tests.keeping.commands import done, refused
from tests.keeping.test_erase import traces
from tests.store.builders import begin
from tests.support.installation import Clock, Installation, installation

OURS = "+15550100009"
NUMBER, NAME, EMAIL = "+15550177001", "Zebulon Quist", "zebulon@example.org"
OTHER = "+15550177002"
MARKS = (NUMBER, NAME, EMAIL)
_MESSAGES = ("conversations", "messages", "media")


@pytest.fixture
def kept(ready_url: str, tmp_path: Path, clock: Clock) -> Iterator[Installation]:
    """An installation that keeps messages for a month."""
    with installation(ready_url, tmp_path, clock, keep_messages_days=30) as made:
        yield made


def known(house: Installation) -> None:
    house.house.library.load_contacts([Contact("c-77", NAME, NUMBER, EMAIL)])


def thread(house: Installation, name: str, peer: str = NUMBER, **changes: Any) -> str:
    """Keep a closed conversation of two messages, with a picture; gives the picture's file."""
    at = house.clock()
    row = Conversation(name, "sms", OURS, peer, at, at, state="closed", closed=at, messages=2)
    row = replace(row, **changes)
    file = house.house.media.put(f"picture of {peer}".encode())
    picture = Media(f"f-{name}", f"m-{name}-1", f"{peer}.png", "image/png", 9, at, file)
    place = (row.id, row.channel, row.address, row.peer)
    told = {"id": picture.id, "name": picture.name}
    with house.house.store.work() as work:
        work.keep_conversation(row)
        theirs = Message(f"m-{name}-1", *place, "in", "contact", f"I am {NAME}", at, "received", 1)
        work.keep_message(replace(theirs, media=(told,), sid=f"SM-{name}-1", taken=True))
        ours = Message(f"m-{name}-2", *place, "out", "agent:ann", "Hello", at, "delivered", 2)
        work.keep_message(replace(ours, sid=f"SM-{name}-2"))
        work.keep_media(picture)
    return file


def count(house: Installation) -> dict[str, int]:
    return {name: house.rows(f"SELECT count(*) FROM lw_{name}")[0][0] for name in _MESSAGES}  # noqa: S608  table names of ours


def files(house: Installation) -> set[str]:
    return {path.name for path in (house.settings.data_dir / "media").iterdir()}


def ids(house: Installation) -> list[str]:
    return [row[0] for row in house.rows("SELECT id FROM lw_conversations ORDER BY id")]


def test_closed_conversations_go_in_their_time(kept: Installation, clock: Clock) -> None:
    thread(kept, "old")
    still_open = thread(kept, "open", state="waiting", closed=None)
    clock.ahead = timedelta(days=29)
    kept.schedule("keep")
    assert count(kept) == {"conversations": 2, "messages": 4, "media": 2}
    later = thread(kept, "later")
    clock.ahead = timedelta(days=31)
    kept.schedule("keep")
    assert ids(kept) == ["later", "open"]
    assert count(kept) == {"conversations": 2, "messages": 4, "media": 2}
    assert files(kept) == {still_open, later}


def test_by_default_messages_are_kept_for_ever(house: Installation, clock: Clock) -> None:
    file = thread(house, "c1")
    clock.ahead = timedelta(days=5_000)
    house.schedule("keep")
    assert count(house) == {"conversations": 1, "messages": 2, "media": 1}
    assert house.house.media.open(file).is_file()


def test_what_is_not_over_stays(kept: Installation, clock: Clock) -> None:
    begin(kept.house.store, id="e7")
    thread(kept, "walks", execution="e7")
    thread(kept, "leaves", "+15550177003")
    with kept.house.store.work() as work:
        last = work.message("m-leaves-2")
        assert last is not None
        work.keep_message(replace(last, state="queued"))
    thread(kept, "over", "+15550177004")
    clock.ahead = timedelta(days=100)
    kept.schedule("keep")
    assert ids(kept) == ["leaves", "walks"]


def test_who_is_held_keeps_their_messages(kept: Installation, clock: Clock) -> None:
    known(kept)
    thread(kept, "held", contact="c-77", peer="visitor-1", channel="chat")
    thread(kept, "number")
    thread(kept, "other", OTHER)
    done(kept, "contacts", "hold", "c-77")
    clock.ahead = timedelta(days=100)
    kept.schedule("keep")
    assert ids(kept) == ["held", "number"]
    assert "held since" in refused(kept, "contacts", "erase", NUMBER, "--yes")
    done(kept, "contacts", "release", "c-77")
    kept.schedule("keep")
    assert ids(kept) == []
    assert files(kept) == set()


def test_an_erasure_leaves_no_message_and_keeps_the_wish(house: Installation) -> None:
    known(house)
    thread(house, "mine", contact="c-77")
    thread(house, "before")
    thread(house, "mail", EMAIL, channel="email", address="help@example.com")
    thread(house, "chat", "visitor-1", channel="chat", address="shop", contact="c-77")
    thread(house, "chatted", "visitor-1", channel="chat", address="shop")
    theirs = thread(house, "theirs", OTHER, contact="c-78")
    with house.house.store.work() as work:
        work.opt_out(OptOut("sms", OURS, NUMBER, house.clock(), f"STOP {NAME}"))
        work.opt_out(OptOut("sms", "", OTHER, house.clock(), "STOP"))
        changed = work.message("m-theirs-1")
        assert changed is not None
        work.keep_message(replace(changed, text="Hello"))
    assert set(traces(house, *MARKS)) == set(MARKS)
    said = done(house, "contacts", "erase", EMAIL, "--yes")
    for line in ("5 conversations", "10 messages", "5 files of messages", "1 opt-outs without"):
        assert line in said
    assert traces(house, *MARKS, "visitor-1") == {}
    assert (ids(house), files(house)) == (["theirs"], {theirs})
    with house.house.store.work() as work:
        assert work.opted_out("sms", OURS, NUMBER)
        assert not work.opted_out("sms", "+15550100008", NUMBER)
        assert work.opted_out("sms", OURS, OTHER)
        assert work.is_erased("SM-mine-1")
        assert not work.is_erased("SM-mail-1")
        assert not work.is_erased("SM-theirs-1")
    assert "     0 in all" in done(house, "contacts", "erase", NUMBER, "--yes")
    with house.house.store.work() as work:
        assert work.opt_in("sms", OURS, NUMBER), "who writes START is written to again"
        assert not work.opted_out("sms", OURS, NUMBER)


def test_a_number_that_was_anothers_takes_nothing_of_theirs(house: Installation) -> None:
    known(house)
    thread(house, "theirs", contact="c-78")
    done(house, "contacts", "erase", "c-77", "--yes")
    assert ids(house) == ["theirs"]


@pytest.mark.parametrize("fault", ["open", "sending"])
def test_what_is_not_over_is_not_erased(house: Installation, fault: str) -> None:
    changes: dict[str, Any] = {"state": "agent", "closed": None} if fault == "open" else {}
    thread(house, "c1", **changes)
    if fault == "sending":
        with house.house.store.work() as work:
            ours = work.message("m-c1-2")
            assert ours is not None
            work.keep_message(replace(ours, state="sending"))
    said = refused(house, "contacts", "erase", NUMBER, "--yes")
    assert "try again when it is over" in said
    assert ("not closed" in said) == (fault == "open")
    assert count(house) == {"conversations": 1, "messages": 2, "media": 1}


def test_an_erasure_cancels_what_waits_to_leave(house: Installation) -> None:
    thread(house, "c1")
    with house.house.store.work() as work:
        ours = work.message("m-c1-2")
        assert ours is not None
        work.keep_message(replace(ours, state="queued"))
    done(house, "contacts", "erase", NUMBER, "--yes")
    with house.house.store.work() as work:
        assert work.next_to_leave("sms", OURS, house.clock(), 9) is None


def test_an_export_holds_their_messages_and_files(house: Installation, tmp_path: Path) -> None:
    known(house)
    file = thread(house, "mine", contact="c-77")
    thread(house, "theirs", OTHER)
    with house.house.store.work() as work:
        work.opt_out(OptOut("sms", "", NUMBER, house.clock(), "STOP"))
    said = done(house, "contacts", "export", "c-77", "-o", str(tmp_path / "mine.zip"))
    assert "1 files of messages" in said
    with zipfile.ZipFile(tmp_path / "mine.zip") as packed:
        assert packed.namelist() == ["contact.json", f"media/{file}"]
        assert packed.read(f"media/{file}") == f"picture of {NUMBER}".encode()
        text = packed.read("contact.json").decode()
    data = json.loads(text)
    assert [row["id"] for row in data["conversations"]] == ["mine"]
    assert [row["text"] for row in data["messages"]] == [f"I am {NAME}", "Hello"]
    assert [(row["file"], row["name"]) for row in data["media"]] == [(file, f"{NUMBER}.png")]
    assert [row["word"] for row in data["opt_outs"]] == ["STOP"]
    assert OTHER not in text


def test_messages_and_files_come_back_from_a_backup(
    house: Installation, elsewhere: str, tmp_path: Path
) -> None:
    file = thread(house, "c1")
    assert "1 file(s) of media" in done(house, "backup", tmp_path / "whole.zip")
    with installation(elsewhere, tmp_path / "there") as there:
        own = thread(there, "theirs", OTHER)
        assert "is not empty" in refused(there, "restore", tmp_path / "whole.zip")
        done(there, "restore", tmp_path / "whole.zip", "--replace", "--yes")
        assert count(there) == {"conversations": 1, "messages": 2, "media": 1}
        assert there.house.media.open(file).read_bytes() == f"picture of {NUMBER}".encode()
        with pytest.raises(MediaError):
            there.house.media.open(own)
        with there.house.store.work() as work:
            assert work.message_of("sms", "SM-c1-1") == "m-c1-1"


def test_orphans_are_swept(house: Installation) -> None:
    file = thread(house, "c1")
    house.house.media.put(b"nobody's")
    assert house.house.media.sweep(timedelta(seconds=-60)) == 1
    assert files(house) == {file}
