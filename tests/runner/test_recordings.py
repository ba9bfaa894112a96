"""Recordings: whatever comes first, fetched once it is there, kept once, or given up by name."""

import hashlib
import io
import itertools
import wave
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from audio.errors import AudioError
from audio.recordings import RecordingStore
from flow.effects import KeepRecording
from flow.ledger import Call, Recording, Saved
from runner.errors import CarrierError
from runner.facts import UNHEARD, RecordingFacts
from runner.recordings import Recordings
from store.memory import MemoryStore
from store.schema import recordings as table
from store.shelves import RecordingShelf
from tests.runner.walks import NOON, Town

LATE = CarrierError("the recording is not ready yet", code=404, retry=True)


def sound(seconds: float = 1.5) -> bytes:
    """A WAV file of silence."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\0\0" * int(8000 * seconds))
    return out.getvalue()


class Carrier:
    """Gives files or errors by script; the last one stays."""

    def __init__(self, *answers: bytes | CarrierError) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def fetch_recording(self, sid: str, max_bytes: int) -> bytes:
        self.asked.append(sid)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, CarrierError):
            raise answer
        assert len(answer) <= max_bytes
        return answer


def shelf(town: Town, folder: Path) -> RecordingStore:
    return RecordingStore(folder / "recordings", RecordingShelf(town.database))


def row(town: Town, sid: str = "RE1") -> Recording:
    with town.store.work() as work:
        found = work.recording(sid)
    assert found is not None
    return found


def news(state: str = "ready", **changes: Any) -> Recording:
    return replace(Recording("RE1", state, NOON, call="CAe1", seconds=2), **changes)


def keep(town: Town) -> None:
    """The walk's own fact: it expects this recording."""
    town.publish()
    run = town.call(town.process("web-1"))[0].run
    with town.store.work() as work:
        fact = KeepRecording("RE1", "voicemail", "leave", 2)
        work.save(Saved(run, facts=[fact]))


def test_a_recording_that_is_ready_is_fetched_measured_and_kept(town: Town, tmp_path: Path) -> None:
    facts, store = RecordingFacts(town.store, town.asked), shelf(town, tmp_path)
    facts.take(news())
    assert town.asked.jobs == [("recording", "recording-RE1", {"recording": "RE1"}, 0.0)]
    data = sound(3.4)
    Recordings(town.store, Carrier(data), store, town.clock).fetch("RE1")
    kept = row(town)
    assert (kept.state, kept.seconds, kept.reason, kept.attempts) == ("kept", 3, "", 1)
    path = store.open("RE1")
    assert kept.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert kept.file == path.stem or kept.file in path.name


@pytest.mark.parametrize("order", list(itertools.permutations(["walk", "ready", "ready", ""])))
def test_the_carriers_word_and_the_walks_come_in_any_order(
    town: Town, order: tuple[str, ...]
) -> None:
    facts = RecordingFacts(town.store, town.asked)
    for step in order:
        if step == "walk":
            keep(town)
        else:
            facts.take(news(step))
    found = row(town)
    assert (found.state, found.execution, found.call) == ("ready", "e1", "CAe1")
    assert (found.step, found.kind) == ("leave", "voicemail")
    assert town.asked.keys("recording") == ["recording-RE1"]


def test_a_recording_of_a_call_knows_its_execution(town: Town) -> None:
    town.publish()
    town.call(town.process("web-1"))
    with town.store.work() as work:
        work.keep_call(Call("CAe1", "in-progress", NOON, "e1"))
    RecordingFacts(town.store, town.asked).take(news())
    assert row(town).execution == "e1"


def test_not_there_yet_then_there(town: Town, tmp_path: Path) -> None:
    RecordingFacts(town.store, town.asked).take(news())
    carrier = Carrier(LATE, sound())
    recordings = Recordings(town.store, carrier, shelf(town, tmp_path), town.clock)
    with pytest.raises(CarrierError):
        recordings.fetch("RE1")
    waiting = row(town)
    assert (waiting.state, waiting.attempts) == ("ready", 1)
    assert "not ready" in waiting.reason
    recordings.fetch("RE1")
    assert (row(town).state, row(town).attempts, row(town).reason) == ("kept", 2, "")
    recordings.fetch("RE1")
    assert carrier.asked == ["RE1", "RE1"]


@pytest.mark.parametrize("data", [b"", b"no sound", sound()[:30], b"<html>busy</html>"])
def test_bytes_that_are_no_sound_are_refused_tried_again_and_given_up(
    town: Town, tmp_path: Path, data: bytes
) -> None:
    RecordingFacts(town.store, town.asked).take(news())
    recordings = Recordings(town.store, Carrier(data), shelf(town, tmp_path), town.clock)
    for attempts in (1, 2):
        with pytest.raises(AudioError):
            recordings.fetch("RE1")
        assert (row(town).state, row(town).attempts) == ("ready", attempts)
    recordings.give_up("RE1")
    found = row(town)
    assert found.state == "failed"
    assert found.reason
    assert (found.file, found.sha256) == ("", "")


def test_giving_up_does_not_undo_what_was_kept_meanwhile(town: Town, tmp_path: Path) -> None:
    RecordingFacts(town.store, town.asked).take(news())
    recordings = Recordings(town.store, Carrier(sound()), shelf(town, tmp_path), town.clock)
    recordings.fetch("RE1")
    recordings.give_up("RE1")
    assert row(town).state == "kept"


@pytest.mark.parametrize("known", [None, "wanted"])
def test_there_is_no_recording(town: Town, tmp_path: Path, known: str | None) -> None:
    facts = RecordingFacts(town.store, town.asked)
    if known:
        facts.take(news(""))
        assert row(town).state == "wanted"
    facts.take(news("absent", reason="no audio"))
    assert (row(town).state, row(town).reason) == ("absent", "no audio")
    facts.take(news("ready"))
    assert row(town).state == "absent"
    carrier = Carrier(sound())
    Recordings(town.store, carrier, shelf(town, tmp_path), town.clock).fetch("RE1")
    assert carrier.asked == []
    assert town.asked.jobs == []


def test_a_recording_nobody_knows_is_nothing(town: Town, tmp_path: Path) -> None:
    carrier = Carrier(sound())
    recordings = Recordings(town.store, carrier, shelf(town, tmp_path), town.clock)
    recordings.fetch("RE9")
    recordings.give_up("RE9")
    assert carrier.asked == []
    with town.database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(table)) == 0


def test_a_recording_the_carrier_never_spoke_of_is_asked_for(town: Town) -> None:
    """Its one report may be lost on the way; a voicemail must not."""
    keep(town)
    facts = RecordingFacts(town.store, town.asked)
    town.asked.jobs.clear()
    assert facts.chase(NOON + UNHEARD) == 0
    late = NOON + UNHEARD * 1.01
    assert [facts.chase(late), facts.chase(late)] == [1, 1]
    assert set(town.asked.keys("recording")) == {"recording-RE1"}
    facts.take(news())
    assert facts.chase(late) == 0


def test_the_memory_store_lists_unheard_recordings_too() -> None:
    store = MemoryStore()
    with store.work() as work:
        work.keep_recording(Recording("RE1", "wanted", NOON))
        work.keep_recording(Recording("RE2", "ready", NOON))
    assert store.unheard_recordings(NOON + UNHEARD, 9) == ["RE1"]
    assert store.unheard_recordings(NOON, 9) == []
