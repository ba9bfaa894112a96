"""Threat 16: nothing malicious, huge, cut or mislabelled gets in, and each is told why."""

from pathlib import Path

import pytest

from audio import limits
from audio.errors import AudioRefused
from audio.prompts import PromptLibrary
from audio.recordings import RecordingStore
from tests.audio.hostile.mp3_cases import MP3_CASES, Spoil
from tests.audio.hostile.other_cases import OTHER_CASES
from tests.audio.hostile.wav_cases import WAV_CASES
from tests.audio.sounds import converted, wav

CASES = WAV_CASES | OTHER_CASES


def refusal_of(library: PromptLibrary, data: bytes) -> AudioRefused:
    with pytest.raises(AudioRefused) as refused:
        library.add("greeting", data, "greeting.wav")
    return refused.value


@pytest.mark.parametrize(("data", "code", "words"), CASES.values(), ids=CASES.keys())
def test_it_is_refused_with_its_reason_and_leaves_nothing(
    library: PromptLibrary, tmp_path: Path, data: bytes, code: str, words: str
) -> None:
    refused = refusal_of(library, data)
    assert (refused.code, words in refused.reason) == (code, True), refused.reason
    assert str(tmp_path) not in refused.reason
    assert library.get("greeting") is None
    assert list((tmp_path / "prompts").iterdir()) == []


@pytest.mark.parametrize(("spoil", "code", "words"), MP3_CASES.values(), ids=MP3_CASES.keys())
def test_a_spoilt_mp3_is_refused_with_its_reason(
    ffmpeg: str, library: PromptLibrary, tmp_path: Path, spoil: Spoil, code: str, words: str
) -> None:
    good = converted(ffmpeg, tmp_path, "mp3", "-b:a", "64k")
    refused = refusal_of(library, spoil(good))
    assert (refused.code, words in refused.reason) == (code, True), refused.reason


def test_an_mp3_of_eleven_minutes_is_refused(
    ffmpeg: str, library: PromptLibrary, tmp_path: Path
) -> None:
    sound = converted(
        ffmpeg, tmp_path, "mp3", "-af", "aloop=-1:8000", "-t", "660", "-ar", "8000", "-b:a", "8k"
    )
    refused = refusal_of(library, sound)
    assert (refused.code, "plays 660 seconds" in refused.reason) == ("too_long", True)


def test_a_stream_is_not_read_beyond_the_cap(library: PromptLibrary, tmp_path: Path) -> None:
    class Endless:
        given = 0

        def read(self, size: int, /) -> bytes:
            self.given += size
            return b"RIFF" + bytes(size - 4)

    source = Endless()
    with pytest.raises(AudioRefused, match="larger than 10 MB") as refused:
        library.add("greeting", source)
    assert refused.value.code == "too_large"
    assert source.given <= limits.PROMPT_BYTES + 64 * 1024
    assert list((tmp_path / "prompts").iterdir()) == []


@pytest.mark.parametrize(
    "name", ["", "A", "../etc", "a/b", "a\0b", "-a", "a-", "ä", "a" * 65, "a\n"]
)
def test_a_name_that_could_mean_something_else_is_refused(
    library: PromptLibrary, name: str
) -> None:
    with pytest.raises(AudioRefused, match="no prompt name") as refused:
        library.add(name, wav())
    assert refused.value.code == "name"


HARMFUL = ["ZIP after the sound", "script in the title", "cut in half", "NaN", "no samples"]


@pytest.mark.parametrize("name", HARMFUL)
def test_a_recording_is_held_to_the_same_walls(store: RecordingStore, name: str) -> None:
    data, code, words = WAV_CASES[name]
    with pytest.raises(AudioRefused, match=words) as refused:
        store.save("RE1", data)
    assert (refused.value.code, store.get("RE1")) == (code, None)
