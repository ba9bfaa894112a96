"""Measure how loud speech is heard, and bring it to our loudness where ffmpeg is missing.

The measure is ITU-R BS.1770-4's gated loudness without its K-weighting, which within the telephone
band changes speech by about one decibel; so it needs nothing but the standard library.
"""

import math

from audio import limits
from audio.libraries import AudioSegment

BLOCK_MS = 400  # BS.1770-4 annex 1: blocks of 400 ms, overlapping by three quarters
HOP_MS = 100
ABSOLUTE_GATE = -70.0  # LUFS
RELATIVE_GATE = -10.0  # LU below the mean of what passed the absolute gate


def loudness(sound: AudioSegment) -> float:
    """Give the gated loudness in LUFS (about 1 dB exact); minus infinity for silence."""
    ceiling = sound.max_possible_amplitude
    hops = [(sound[at : at + HOP_MS].rms / ceiling) ** 2 for at in range(0, len(sound), HOP_MS)]
    span = BLOCK_MS // HOP_MS
    count = max(1, len(hops) - span + 1)
    blocks = [sum(part) / len(part) for part in (hops[at : at + span] for at in range(count))]
    heard = _above(blocks, ABSOLUTE_GATE)
    return _decibels(_mean(_above(heard, _decibels(_mean(heard)) + RELATIVE_GATE)))


def amplified(sound: AudioSegment) -> AudioSegment:
    """Bring the sound to our loudness by gain alone; rather quieter than clipped."""
    wanted = limits.LOUDNESS - loudness(sound)
    room = limits.TRUE_PEAK - sound.max_dBFS
    return sound.apply_gain(min(wanted, room))


def _above(blocks: list[float], gate: float) -> list[float]:
    return [block for block in blocks if _decibels(block) > gate]


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _decibels(power: float) -> float:
    return 10 * math.log10(power) if power > 0 else -math.inf
