"""Prompts are equally loud, measured by ffmpeg's own meter and not by ours."""

import re
import subprocess
from pathlib import Path

import pytest

from audio import limits
from audio.prompts import PromptLibrary
from tests.audio.sounds import speechlike, tone, wav

LEVELS = {"whisper": 0.01, "quiet": 0.1, "loud": 0.9}


def metered(program: str, path: Path) -> tuple[float, float]:
    """Integrated loudness (LUFS) and true peak (dBFS) by EBU R128."""
    done = subprocess.run(
        [
            program,
            "-hide_banner",
            "-nostats",
            "-i",
            str(path),
            "-af",
            "ebur128=peak=true",
            "-f",
            "null",
            "-",
        ],
        check=True,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    summary = done.stderr[done.stderr.rindex("Summary:") :]
    found = re.search(r"I:\s+(\S+) LUFS", summary), re.search(r"Peak:\s+(\S+) dBFS", summary)
    assert all(found)
    return float(found[0][1]), float(found[1][1])  # type: ignore[index]  # both were found


@pytest.mark.parametrize("level", LEVELS.values(), ids=LEVELS.keys())
def test_speech_of_any_level_comes_to_the_target(
    ffmpeg: str, library: PromptLibrary, tmp_path: Path, level: float
) -> None:
    before = tmp_path / "before.wav"
    before.write_bytes(wav(speechlike(4, level=level)))
    prompt = library.add("greeting", before.read_bytes())
    loudness, peak = metered(ffmpeg, library.open(prompt.file_id))
    assert loudness == pytest.approx(limits.LOUDNESS, abs=1.5)
    assert peak <= limits.TRUE_PEAK + 0.5
    assert prompt.loudness == pytest.approx(loudness, abs=1.5)
    assert metered(ffmpeg, before)[0] != pytest.approx(loudness, abs=0.5)


@pytest.mark.parametrize("level", LEVELS.values(), ids=LEVELS.keys())
def test_without_ffmpeg_gain_alone_comes_close_and_never_clips(
    ffmpeg: str, library: PromptLibrary, monkeypatch: pytest.MonkeyPatch, level: float
) -> None:
    with monkeypatch.context() as patched:
        patched.setenv("PATH", "/nonexistent")
        prompt = library.add("greeting", wav(speechlike(4, level=level)))
    loudness, peak = metered(ffmpeg, library.open(prompt.file_id))
    assert loudness == pytest.approx(limits.LOUDNESS, abs=2.5)
    assert peak <= limits.TRUE_PEAK + 1


def test_a_beep_too_short_for_the_meter_is_still_levelled(
    ffmpeg: str, library: PromptLibrary
) -> None:
    prompt = library.add("beep", wav(tone(0.1, level=0.02)))
    assert prompt.seconds == 0.1
    assert prompt.loudness == pytest.approx(limits.LOUDNESS, abs=0.2)


def test_a_pause_in_a_prompt_does_not_make_it_louder(
    library: PromptLibrary, no_ffmpeg: None
) -> None:
    spoken = speechlike(2)
    alone = library.add("alone", wav(spoken))
    paused = library.add("paused", wav(spoken + [0.0] * 24_000 + spoken))
    assert paused.loudness == pytest.approx(alone.loudness, abs=0.5)
