"""Bring a decoded prompt to our loudness and write the file that callers will hear."""

from pathlib import Path

from audio import limits
from audio.errors import AudioRefused
from audio.ffmpeg import levelled
from audio.libraries import AudioSegment
from audio.loudness import amplified, loudness


def level(source: Path, target: Path, ffmpeg: str | None) -> dict[str, float]:
    """Normalise an 8 kHz mono WAV with ffmpeg's loudnorm, or by gain where it is missing.

    Gives `seconds` and `loudness` (LUFS) of what was written. Raises AudioRefused for silence:
    a caller must never hear nothing (a pause in a flow is the `wait` component's).
    """
    sound = AudioSegment.from_file(source, format="wav")
    if sound.max_dBFS < limits.SILENCE:
        raise AudioRefused("the file is silent: no caller could hear it", "silent")
    between = target.with_suffix(".loud")
    if ffmpeg and levelled(ffmpeg, str(source), str(between)):
        sound = AudioSegment.from_file(between, format="wav")
        between.unlink()
    else:
        sound = amplified(sound)
    sound.export(target, format="wav").close()
    return {"seconds": sound.frame_count() / sound.frame_rate, "loudness": loudness(sound)}
