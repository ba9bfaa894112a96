"""WAV files that lie, stop early, or are something else as well: name → (file, code, words)."""

import io
import math
import struct
import zipfile

from tests.audio.sounds import chunk, floats, fmt, fmt_extensible, interleaved, pcm, riff, tone, wav

SOUND = pcm(tone())
DATA = chunk(b"data", SOUND)
GIF = b"GIF89a" + b"\0" * 40


def a_zip() -> bytes:
    """A small ZIP archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("run.sh", "rm -rf /")
    return file.getvalue()


def inverted_stereo() -> bytes:
    """Two channels that cancel each other: a phone plays nothing."""
    left = tone()
    return wav(interleaved(left, [-sample for sample in left]), channels=2)


def fmt_with(position: int, layout: str, value: int) -> bytes:
    """A format part with one field overwritten."""
    part = bytearray(fmt())
    struct.pack_into(layout, part, 8 + position, value)
    return bytes(part)


WAV_CASES: dict[str, tuple[bytes, str, str]] = {
    "cut in half": (wav()[:8000], "truncated", "cut short"),
    "header only": (wav()[:44], "truncated", "cut short"),
    "head only": (b"RIFF\x04\0\0\0WAVE", "damaged", "no 'fmt' part"),
    "riff claims more than is there": (
        riff(fmt(), DATA, length=10**9),
        "truncated",
        "promises 1000000008 bytes",
    ),
    "data claims four gigabytes": (
        riff(fmt(), chunk(b"data", SOUND, 0xFFFFFFFE)),
        "truncated",
        "promises 4294967294 bytes of sound but the file holds 16000",
    ),
    "data of unknown length": (
        riff(fmt(), chunk(b"data", SOUND, 0xFFFFFFFF)),
        "truncated",
        "of sound",
    ),
    "data claims less than is there": (
        riff(fmt(), chunk(b"data", SOUND, 1000)),
        "hidden_content",
        "something that is no sound",
    ),
    "no samples": (riff(fmt(), chunk(b"data", b"")), "empty", "no sound"),
    "no data": (riff(fmt()), "damaged", "no 'data' part"),
    "two data parts": (riff(fmt(), DATA, DATA), "damaged", "more than one 'data'"),
    "two formats": (riff(fmt(), fmt(rate=16000), DATA), "damaged", "more than one 'fmt'"),
    "format after data": (riff(DATA, fmt()), "damaged", "format comes after"),
    "format too short": (riff(chunk(b"fmt ", b"\1\0\1\0"), DATA), "damaged", "too short"),
    "odd half sample": (riff(fmt(), chunk(b"data", SOUND[:-1])), "truncated", "middle of a sample"),
    "no channels": (riff(fmt_with(2, "<H", 0), DATA), "unsupported", "0 channels"),
    "65535 channels": (riff(fmt_with(2, "<H", 65535), DATA), "unsupported", "65535 channels"),
    "rate of zero": (riff(fmt_with(4, "<I", 0), DATA), "unsupported", "0 samples a second"),
    "rate of four billion": (riff(fmt_with(4, "<I", 2**32 - 1), DATA), "unsupported", "a second"),
    "one sample a second": (riff(fmt_with(4, "<I", 1), DATA), "unsupported", "1 samples a second"),
    "bits of zero": (riff(fmt_with(14, "<H", 0), DATA), "unsupported", "0 bits"),
    "64-bit integers": (riff(fmt(bits=64), DATA), "unsupported", "64 bits"),
    "sample size of zero": (riff(fmt_with(12, "<H", 0), DATA), "damaged", "contradicts itself"),
    "sample size that lies": (riff(fmt(align=7), DATA), "damaged", "contradicts itself"),
    "eleven minutes": (
        riff(fmt(rate=4000, bits=8), chunk(b"data", bytes(4000 * 660))),
        "too_long",
        "plays 660 seconds, at most 600",
    ),
    "an hour by its slow rate": (
        riff(fmt(rate=1000, bits=8), chunk(b"data", bytes(3_600_000))),
        "too_long",
        "3600 seconds",
    ),
    "digital silence": (wav([0.0] * 8000), "silent", "silent"),
    "nearly silence": (wav(tone(level=0.0005)), "silent", "silent"),
    "channels that cancel": (inverted_stereo(), "silent", "silent"),
    "NaN": (riff(fmt(3, bits=32), chunk(b"data", floats([0.1, math.nan]))), "damaged", "NaN"),
    "infinity": (riff(fmt(3, bits=64), chunk(b"data", floats([math.inf], 8))), "damaged", "NaN"),
    "float far too loud": (
        riff(fmt(3, bits=32), chunk(b"data", floats([1e30, -1e30]))),
        "damaged",
        "far beyond full scale",
    ),
    "ADPCM": (riff(fmt(0x11, bits=4, align=256), DATA), "unsupported", "IMA ADPCM"),
    "mp3 in a WAV": (riff(fmt(0x55, bits=0, align=1), DATA), "unsupported", "coded as mp3"),
    "format nobody knows": (riff(fmt(0x1234), DATA), "unsupported", "0x1234"),
    "extended format nobody knows": (
        riff(fmt_extensible(1, 1, 8000, 16, b"\xee" * 14), DATA),
        "unsupported",
        "extended format",
    ),
    "ZIP after the sound": (wav() + a_zip(), "hidden_content", "something"),
    "ZIP in a part of its own": (
        riff(fmt(), DATA, chunk(b"junk", a_zip())),
        "hidden_content",
        "ZIP archive",
    ),
    "script in the title": (
        riff(fmt(), chunk(b"LIST", b"INFOINAM<ScRiPt>alert(1)</script>"), DATA),
        "hidden_content",
        "'<script'",
    ),
    "web page before the sound": (
        riff(chunk(b"note", b"<!DOCTYPE html><html>"), fmt(), DATA),
        "hidden_content",
        "'note' part hides",
    ),
    "picture after the sound": (wav() + GIF, "hidden_content", "GIF8"),
    "part that leaves the file": (
        riff(fmt(), DATA, chunk(b"LIST", b"INFO", 10**6), length=100),
        "hidden_content",
        "claims 1000000 bytes",
    ),
    "ten thousand parts": (riff(*[chunk(b"junk", b"")] * 10_000), "damaged", "too many parts"),
}
