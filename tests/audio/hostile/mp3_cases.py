"""Ways to spoil a good mp3 file: name → (what to do to it, code, words)."""

from collections.abc import Callable

from tests.audio.hostile.wav_cases import a_zip
from tests.audio.sounds import wav

Spoil = Callable[[bytes], bytes]

MP3_CASES: dict[str, tuple[Spoil, str, str]] = {
    "cut in the last frame": (lambda good: good[:-50], "truncated", "last frame is cut short"),
    "cut in half": (lambda good: good[: len(good) // 2], "truncated", "cut short"),
    "ZIP after the sound": (lambda good: good + a_zip(), "hidden_content", "ZIP archive"),
    "web page after the sound": (
        lambda good: good + b"<html><script>1</script></html>",
        "hidden_content",
        "no mp3 sound",
    ),
    "hole in the middle": (
        lambda good: good[:3000] + b"\x11" * 999 + good[3999:],
        "hidden_content",
        "no mp3 sound",
    ),
    "WAV after the sound": (lambda good: good + wav(), "hidden_content", "no mp3 sound"),
    "script in the tag": (
        lambda good: b"ID3\3\0\0\0\0\0\x10" + b"<script>alert(1)" + good,
        "hidden_content",
        "'<script'",
    ),
    "megabytes of zeros inside": (
        lambda good: good[:-500] + bytes(3_000_000) + b"PK",
        "hidden_content",
        "no mp3 sound",
    ),
}
