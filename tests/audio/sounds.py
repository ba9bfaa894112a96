"""Make real sound files for the tests, part by part, so that any part can be made wrong."""

import math
import struct
import subprocess
from array import array
from pathlib import Path

GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")


def tone(
    seconds: float = 1.0, rate: int = 8000, level: float = 0.3, hertz: float = 440
) -> list[float]:
    """A sine as numbers between -1 and 1; one hertz value gives a clean peak of `level`."""
    step = 2 * math.pi * hertz / rate
    return [level * math.sin(step * index) for index in range(int(seconds * rate))]


def speechlike(seconds: float, rate: int = 8000, level: float = 0.3) -> list[float]:
    """Syllables of a buzzing voice with pauses, so that gating and peaks matter as in speech."""
    samples = []
    for index in range(int(seconds * rate)):
        at = index / rate
        voice = sum(math.sin(2 * math.pi * 140 * part * at) / part for part in range(1, 9)) / 2
        samples.append(level * voice * max(0.0, math.sin(2 * math.pi * 2.5 * at)))
    return samples


def pcm(samples: list[float], width: int = 2) -> bytes:
    """Samples as little-endian integers of 1 (unsigned) to 4 bytes."""
    top = 2 ** (8 * width - 1) - 1
    whole = [int(max(-1.0, min(1.0, sample)) * top) for sample in samples]
    if width == 1:
        return bytes(sample + 128 for sample in whole)
    return b"".join(sample.to_bytes(width, "little", signed=True) for sample in whole)


def floats(samples: list[float], width: int = 4) -> bytes:
    """Samples as 32- or 64-bit floating point."""
    return array("f" if width == 4 else "d", samples).tobytes()


def interleaved(*channels: list[float]) -> list[float]:
    """Several channels as one list, moment by moment."""
    return [sample for moment in zip(*channels, strict=True) for sample in moment]


def chunk(name: bytes, body: bytes, length: int | None = None) -> bytes:
    """One RIFF part; `length` is what it claims to be, by default the truth."""
    claimed = len(body) if length is None else length
    return struct.pack("<4sI", name, claimed) + body + b"\0" * (len(body) % 2)


def fmt(tag: int = 1, channels: int = 1, rate: int = 8000, bits: int = 16, align: int = 0) -> bytes:
    """A format part; `align` is bytes per moment, by default the truth."""
    align = align or channels * ((bits + 7) // 8)
    return chunk(b"fmt ", struct.pack("<HHIIHH", tag, channels, rate, rate * align, align, bits))


def fmt_extensible(tag: int, channels: int, rate: int, bits: int, tail: bytes = GUID_TAIL) -> bytes:
    """A WAVE_FORMAT_EXTENSIBLE format part."""
    align = channels * bits // 8
    body = struct.pack("<HHIIHH", 0xFFFE, channels, rate, rate * align, align, bits)
    return chunk(b"fmt ", body + struct.pack("<HHIH", 22, bits, 0, tag) + tail)


def riff(*parts: bytes, length: int | None = None) -> bytes:
    """A WAV file of these parts; `length` is what its head claims."""
    body = b"WAVE" + b"".join(parts)
    return struct.pack("<4sI", b"RIFF", len(body) if length is None else length) + body


def wav(samples: list[float] | None = None, rate: int = 8000, channels: int = 1) -> bytes:
    """A plain 16-bit PCM WAV file, one second of tone by default."""
    samples = tone(rate=rate) if samples is None else samples
    return riff(fmt(1, channels, rate, 16), chunk(b"data", pcm(samples)))


def converted(
    program: str, folder: Path, suffix: str, *options: str, source: bytes | None = None
) -> bytes:
    """The sound (one second of tone by default) as ffmpeg writes it with these options."""
    before, after = folder / "before.wav", folder / f"after.{suffix}"
    before.write_bytes(source or wav(tone(rate=44100), rate=44100))
    command = [program, "-v", "error", "-y", "-i", str(before), *options, str(after)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return after.read_bytes()
