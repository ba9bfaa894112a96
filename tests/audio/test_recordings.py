"""Recordings are kept as they came, once, with a duration we measured."""

import hashlib
import io
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from audio.errors import AudioMissing, AudioRefused, FfmpegMissing
from audio.recordings import RecordingStore
from tests.audio.conftest import MemoryShelf
from tests.audio.sounds import chunk, converted, fmt, interleaved, pcm, riff, tone, wav

SOUND = pcm(tone(2.5))
KEPT = {
    "plain": wav(tone(2.5)),
    "both sides of a call": wav(interleaved(tone(2.5), tone(2.5)), channels=2),
    "mu-law": riff(fmt(7, bits=8), chunk(b"data", b"\x8f" * 20_000)),
    "streamed, length unknown": riff(fmt(), chunk(b"data", SOUND, 0xFFFFFFFF), length=0xFFFFFFFF),
    "streamed, length zero": riff(fmt(), chunk(b"data", SOUND, 0), length=0),
    "streamed, cut in a sample": riff(fmt(), chunk(b"data", SOUND + b"\1", 0xFFFFFFFF)),
    "nothing said": wav([0.0] * 20_000),
}


@pytest.mark.usefixtures("no_ffmpeg")
@pytest.mark.parametrize("data", KEPT.values(), ids=KEPT.keys())
def test_a_wav_is_kept_byte_for_byte_and_needs_no_ffmpeg(
    store: RecordingStore, data: bytes
) -> None:
    recording = store.save("RE0123", io.BytesIO(data))
    assert store.open("RE0123").read_bytes() == data
    assert (recording.kind, recording.seconds, recording.size) == ("wav", 2.5, len(data))
    assert recording.sha256 == hashlib.sha256(data).hexdigest()
    assert store.get("RE0123") == recording
    assert "RE0123" not in store.open("RE0123").name


def test_an_mp3_is_kept_with_ffmpeg(ffmpeg: str, store: RecordingStore, tmp_path: Path) -> None:
    data = converted(ffmpeg, tmp_path, "mp3", "-b:a", "32k", source=wav(tone(2.5)))
    recording = store.save("RE1", data)
    assert store.open("RE1").read_bytes() == data
    assert recording.kind == "mp3"
    assert recording.seconds == pytest.approx(2.5, abs=0.2)


def test_an_mp3_that_only_looks_like_one_is_refused(
    ffmpeg: str, store: RecordingStore, tmp_path: Path
) -> None:
    good = converted(ffmpeg, tmp_path, "mp3", "-b:a", "64k")
    with pytest.raises(AudioRefused, match="no mp3 sound"):
        store.save("RE1", good + b"<html>404 not found</html>")


def test_an_mp3_without_ffmpeg_waits_for_another_try(
    ffmpeg: str, store: RecordingStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = converted(ffmpeg, tmp_path, "mp3")
    with monkeypatch.context() as patched:
        patched.setenv("PATH", "/nonexistent")
        with pytest.raises(FfmpegMissing) as refused:
            store.save("RE1", data)
    assert refused.value.retry
    assert store.save("RE1", data).kind == "mp3"


@pytest.mark.parametrize("page", [b"<html>404</html>", b'{"status": 404}', b""])
def test_the_carriers_error_page_is_no_recording(store: RecordingStore, page: bytes) -> None:
    with pytest.raises(AudioRefused):
        store.save("RE1", page)
    with pytest.raises(AudioMissing, match="not kept"):
        store.open("RE1")


def test_a_download_that_was_cut_is_refused(store: RecordingStore) -> None:
    with pytest.raises(AudioRefused, match="cut short") as refused:
        store.save("RE1", wav()[:9000])
    assert refused.value.code == "truncated"


def test_saving_twice_keeps_the_first_and_a_lost_file_is_replaced(
    store: RecordingStore, tmp_path: Path
) -> None:
    first = store.save("RE1", wav())
    assert store.save("RE1", wav(tone(2.0))) == first
    store.open("RE1").unlink()
    with pytest.raises(AudioMissing):
        store.open("RE1")
    assert store.save("RE1", wav(tone(2.0))).seconds == 2.0
    assert len(list((tmp_path / "recordings").iterdir())) == 1


def test_what_is_deleted_is_gone(store: RecordingStore, tmp_path: Path) -> None:
    store.save("RE1", wav())
    store.delete("RE1")
    assert (store.get("RE1"), list((tmp_path / "recordings").iterdir())) == (None, [])
    with pytest.raises(AudioMissing):
        store.delete("RE1")


def test_only_this_programs_user_may_read_it(store: RecordingStore, tmp_path: Path) -> None:
    store.save("RE1", wav())
    assert store.open("RE1").stat().st_mode & 0o077 == 0
    assert (tmp_path / "recordings").stat().st_mode & 0o077 == 0


def test_a_row_that_was_tampered_with_opens_nothing(tmp_path: Path) -> None:
    shelf = MemoryShelf("recording_id")
    store = RecordingStore(tmp_path / "recordings", shelf)
    store.save("RE1", wav())
    shelf.rows["RE1"]["file_id"] = "../../etc/passwd"
    with pytest.raises(AudioMissing, match="no file of ours"):
        store.open("RE1")


def test_a_recording_that_cannot_be_entered_leaves_no_sound_behind(tmp_path: Path) -> None:
    class Closed(MemoryShelf):
        def put(self, row: Mapping[str, Any], /) -> None:
            raise TimeoutError(row["recording_id"])

    store = RecordingStore(tmp_path / "recordings", Closed("recording_id"))
    with pytest.raises(TimeoutError):
        store.save("RE1", wav())
    assert list((tmp_path / "recordings").iterdir()) == []


def test_sweep_takes_what_a_killed_process_left_and_no_recording(
    store: RecordingStore, tmp_path: Path
) -> None:
    store.save("RE1", wav())
    left = tmp_path / "recordings" / ".incoming-1.upload"
    left.write_bytes(b"half a sentence")
    assert store.sweep() == 0
    assert store.sweep(timedelta(0)) == 1
    assert not left.exists()
    assert store.open("RE1").is_file()
