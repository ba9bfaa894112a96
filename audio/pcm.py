"""Turn the samples of any WAV file into 8 kHz mono 16-bit ones (inside the child process only).

Needs no ffmpeg: the arithmetic is the standard library's audioop (audioop-lts from Python 3.13),
which is native-endian: little-endian machines only, as RIFF is.
"""

import math
from array import array
from collections.abc import Iterator
from typing import BinaryIO

from audio import limits
from audio.errors import AudioRefused
from audio.libraries import AudioSegment, audioop
from audio.wav import Format, WavInfo

WIDE = 4  # bytes per sample while we calculate
HEADROOM = 0.25  # sums of filter taps must not touch the ceiling on their way
BLOCK_FRAMES = 1 << 16
FULL = 2**31 - 1
LOUDEST_FLOAT = 100.0  # 40 dB above full scale: no recording, but a broken or forged file
CUTOFF = 3_700.0  # Hz; the telephone band ends at 3,400, aliasing begins at 4,000
TAPS_PER_KHZ = 2.2  # about 1.5 kHz from passing to stopping with a Hamming window
ENOUGH_RATE = 20_000  # Hz; the least rate from which straight lines to 8 kHz are clean


def telephone_sound(file: BinaryIO, info: WavInfo) -> AudioSegment:
    """Decode a whole WAV file to 8 kHz mono 16-bit; raise AudioRefused on impossible samples."""
    form = info.format
    blocks = (mono(block, form.channels) for block in wide_blocks(file, info))
    samples, rate = band_limited(b"".join(blocks), form.rate)
    sound = AudioSegment(samples, sample_width=WIDE, frame_rate=rate, channels=1)
    return sound.set_frame_rate(limits.RATE).set_sample_width(limits.WIDTH)


def wide_blocks(file: BinaryIO, info: WavInfo) -> Iterator[bytes]:
    """Give the samples block by block as 32-bit integers, channels still interleaved."""
    file.seek(info.offset)
    left = info.frames
    while left:
        count = min(left, BLOCK_FRAMES)
        block = file.read(count * info.format.frame)
        if len(block) != count * info.format.frame:
            raise AudioRefused("the sound stops before the length its header gives", "truncated")
        left -= count
        yield _wide(block, info.format)


def mono(samples: bytes, channels: int) -> bytes:
    """Mix all channels of 32-bit samples into one, each with the same share."""
    if channels == 1:
        return samples
    interleaved = array("i", samples)
    mixed = bytes(len(samples) // channels)
    for channel in range(channels):
        share = audioop.mul(interleaved[channel::channels].tobytes(), WIDE, 1 / channels)
        mixed = audioop.add(mixed, share, WIDE)
    return mixed


def band_limited(samples: bytes, rate: int) -> tuple[bytes, int]:
    """Take away what 8 kHz cannot carry, and give the samples at a lower whole part of the rate.

    A windowed-sinc low-pass; every tap is one C pass over the samples that are kept.
    """
    if rate <= limits.RATE:
        return samples, rate
    step = max(1, rate // ENOUGH_RATE)
    taps = low_pass(rate)
    edge = array("i", [0] * (len(taps) // 2))
    padded = edge + array("i", audioop.mul(samples, WIDE, HEADROOM)) + edge
    kept = -(-(len(padded) - len(taps) + 1) // step)
    total = bytes(kept * WIDE)

    def shifted(tap: int) -> bytes:
        return padded[tap : tap + step * (kept - 1) + 1 : step].tobytes()

    for tap in range(len(taps) // 2):  # the taps are symmetric: multiply each pair once
        pair = audioop.add(shifted(tap), shifted(len(taps) - 1 - tap), WIDE)
        total = audioop.add(total, audioop.mul(pair, WIDE, taps[tap]), WIDE)
    centre = audioop.mul(shifted(len(taps) // 2), WIDE, taps[len(taps) // 2])
    return audioop.mul(audioop.add(total, centre, WIDE), WIDE, 1 / HEADROOM), rate // step


def low_pass(rate: int) -> list[float]:
    """Give the taps of the low-pass for a rate in Hz; they sum to 1, their number is odd."""
    half = max(1, round(TAPS_PER_KHZ * rate / 2000))
    taps = []
    for index in range(-half, half + 1):
        angle = 2 * math.pi * CUTOFF / rate * index
        sinc = math.sin(angle) / angle if index else 1.0
        taps.append(sinc * (0.54 + 0.46 * math.cos(math.pi * index / (half + 1))))
    return [tap / sum(taps) for tap in taps]


def _wide(block: bytes, form: Format) -> bytes:
    match form.codec:
        case "float":
            return _from_floats(block, form.width)
        case "alaw":
            return audioop.lin2lin(audioop.alaw2lin(block, 2), 2, WIDE)
        case "ulaw":
            return audioop.lin2lin(audioop.ulaw2lin(block, 2), 2, WIDE)
        case "pcm":
            if form.width == 1:  # 8-bit WAV samples are unsigned
                block = audioop.bias(block, 1, 128)
            return audioop.lin2lin(block, form.width, WIDE)


def _from_floats(block: bytes, width: int) -> bytes:
    values = array("f" if width == WIDE else "d", block)
    if not math.isfinite(sum(values)):
        raise AudioRefused("the file holds samples that are no numbers (NaN or infinity)")
    if max(values) > LOUDEST_FLOAT or min(values) < -LOUDEST_FLOAT:
        raise AudioRefused("the file holds samples far beyond full scale")
    return array("i", (int(max(-1.0, min(1.0, value)) * FULL) for value in values)).tobytes()
