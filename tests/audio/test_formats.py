"""Every WAV there is, and mp3, comes out as 8 kHz mono 16-bit with the sound it had."""

import io
import math
import wave
from array import array
from itertools import pairwise
from pathlib import Path

import pytest

from audio import pcm
from audio.errors import AudioRefused, FfmpegMissing
from audio.prompts import PromptLibrary
from audio.wav import read_wav
from tests.audio.sounds import (
    chunk,
    converted,
    floats,
    fmt,
    fmt_extensible,
    interleaved,
    riff,
    tone,
    wav,
)
from tests.audio.sounds import pcm as integers

HIGH_44 = tone(rate=44100)
ULAW_SQUARE = (
    b"\x8f" * 8 + b"\x0f" * 8
) * 500  # G.711 table 2a: 0x80 is the highest, 0x00 the lowest
ALAW_SQUARE = (
    b"\xaa" * 8 + b"\x2a" * 8
) * 500  # G.711 table 1a: 0xAA is the highest, 0x2A the lowest

PLAIN: dict[str, tuple[bytes, int]] = {
    "8 bits": (riff(fmt(bits=8), chunk(b"data", integers(tone(), 1))), 440),
    "16 bits": (wav(), 440),
    "24 bits": (riff(fmt(bits=24), chunk(b"data", integers(tone(), 3))), 440),
    "32 bits": (riff(fmt(bits=32), chunk(b"data", integers(tone(), 4))), 440),
    "20 bits in three bytes": (riff(fmt(bits=20), chunk(b"data", integers(tone(), 3))), 440),
    "4 kHz": (wav(tone(rate=4000), rate=4000), 440),
    "11.025 kHz": (wav(tone(rate=11025), rate=11025), 440),
    "16 kHz": (wav(tone(rate=16000), rate=16000), 440),
    "44.1 kHz": (wav(HIGH_44, rate=44100), 440),
    "48 kHz": (wav(tone(rate=48000), rate=48000), 440),
    "192 kHz": (wav(tone(rate=192_000), rate=192_000), 440),
    "stereo": (wav(interleaved(HIGH_44, HIGH_44), rate=44100, channels=2), 440),
    "one side only": (wav(interleaved(tone(), [0.0] * 8000), channels=2), 440),
    "six channels": (wav(interleaved(*[tone()] * 6), channels=6), 440),
    "float": (riff(fmt(3, bits=32), chunk(b"data", floats(tone()))), 440),
    "double": (riff(fmt(3, bits=64), chunk(b"data", floats(tone(), 8))), 440),
    "float beyond full scale": (
        riff(fmt(3, bits=32), chunk(b"data", floats(tone(level=1.5)))),
        440,
    ),
    "mu-law": (riff(fmt(7, bits=8), chunk(b"data", ULAW_SQUARE)), 500),
    "A-law": (riff(fmt(6, bits=8), chunk(b"data", ALAW_SQUARE)), 500),
    "extensible": (riff(fmt_extensible(1, 1, 8000, 16), chunk(b"data", integers(tone()))), 440),
    "extensible float": (
        riff(fmt_extensible(3, 1, 8000, 32), chunk(b"data", floats(tone()))),
        440,
    ),
    "with titles": (
        riff(fmt(), chunk(b"LIST", b"INFOINAM\5\0\0\0Hello\0"), chunk(b"data", integers(tone()))),
        440,
    ),
    "odd length, no padding": (
        riff(fmt(bits=8), chunk(b"data", integers(tone(), 1)[:-1])[:-1]),
        440,
    ),
}


def heard(path: Path) -> tuple[float, float, int]:
    """The seconds, the pitch in hertz (by zero crossings) and the peak of a kept prompt."""
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        samples = array("h", file.readframes(file.getnframes()))
    middle = samples[len(samples) // 8 : -len(samples) // 8]  # encoders pad both ends
    crossings = sum(a < 0 <= b for a, b in pairwise(middle))
    return len(samples) / 8000, crossings / len(middle) * 8000, max(map(abs, samples))


@pytest.mark.parametrize(("data", "hertz"), PLAIN.values(), ids=PLAIN.keys())
def test_a_wav_needs_no_ffmpeg(
    library: PromptLibrary, no_ffmpeg: None, data: bytes, hertz: int
) -> None:
    prompt = library.add("greeting", data)
    seconds, pitch, peak = heard(library.open(prompt.file_id))
    assert seconds == pytest.approx(1.0, abs=0.002) == prompt.seconds
    assert pitch == pytest.approx(hertz, abs=4)
    assert 5000 < peak < 32767


def test_a_wav_comes_out_alike_with_ffmpeg(ffmpeg: str, library: PromptLibrary) -> None:
    prompt = library.add("greeting", wav(HIGH_44, rate=44100))
    seconds, pitch, peak = heard(library.open(prompt.file_id))
    assert seconds == pytest.approx(1.0, abs=0.01)
    assert pitch == pytest.approx(440, abs=4)
    assert 5000 < peak < 32767


@pytest.mark.parametrize(
    "options",
    [
        ("-b:a", "128k"),
        ("-b:a", "8k", "-ar", "8000"),
        ("-q:a", "4", "-ac", "2"),
        ("-b:a", "64k", "-write_xing", "0", "-id3v2_version", "0"),
        ("-b:a", "64k", "-write_id3v1", "1", "-metadata", "title=Welcome"),
        ("-b:a", "64k", "-ar", "22050"),
    ],
    ids=" ".join,
)
def test_an_mp3_is_decoded_with_ffmpeg(
    ffmpeg: str, library: PromptLibrary, tmp_path: Path, options: tuple[str, ...]
) -> None:
    data = converted(ffmpeg, tmp_path, "mp3", *options)
    prompt = library.add("greeting", data, "greeting.wav")
    seconds, pitch, _ = heard(library.open(prompt.file_id))
    assert seconds == pytest.approx(1.0, abs=0.2)
    assert pitch == pytest.approx(440, abs=4)


def test_an_mp3_without_ffmpeg_says_what_to_install(
    ffmpeg: str, library: PromptLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = converted(ffmpeg, tmp_path, "mp3")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FfmpegMissing, match="apt-get install ffmpeg") as refused:
        library.add("greeting", data)
    assert (refused.value.code, refused.value.retry) == ("needs_ffmpeg", True)


def test_cover_art_is_left_behind(ffmpeg: str, library: PromptLibrary, tmp_path: Path) -> None:
    picture = tmp_path / "cover.png"
    picture.write_bytes(
        converted(ffmpeg, tmp_path, "png", "-filter_complex", "showwavespic=s=64x64")
    )
    cover = ("-i", str(picture), "-map", "0", "-map", "1", "-c:v", "copy", "-b:a", "64k")
    data = converted(ffmpeg, tmp_path, "mp3", *cover)
    assert b"\x89PNG" in data
    kept = library.open(library.add("greeting", data).file_id)
    assert b"PNG" not in kept.read_bytes()


def strength(hertz: float, rate: int) -> float:
    """How much of a tone is left after it was brought to 8 kHz, as a share."""
    data = wav(tone(0.5, rate, 0.5, hertz), rate=rate)
    file = io.BytesIO(data)
    sound = pcm.telephone_sound(file, read_wav(file, len(data)))
    return float(sound.rms / 32768 / (0.5 / math.sqrt(2)))


@pytest.mark.parametrize("rate", [16000, 22050, 44100, 48000, 96000])
def test_what_a_phone_cannot_carry_does_not_come_back_as_another_tone(rate: int) -> None:
    assert strength(1000, rate) == pytest.approx(1, abs=0.06)
    assert strength(2800, rate) > 0.7
    assert strength(5500, rate) < 0.01


def test_a_decoder_is_not_fooled_by_a_file_that_shrinks(tmp_path: Path) -> None:
    data = wav()
    info = read_wav(io.BytesIO(data), len(data))
    with pytest.raises(AudioRefused, match="stops before the length"):
        list(pcm.wide_blocks(io.BytesIO(data[:-100]), info))
