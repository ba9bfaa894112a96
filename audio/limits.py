"""Every number this room obeys, each with its reason."""

from dataclasses import dataclass

MIB = 1024 * 1024

PROMPT_BYTES = 10 * MIB  # design.md section 6: a prompt upload is at most 10 MB
PROMPT_SECONDS = 600  # design.md section 6: and at most 10 minutes
RECORDING_BYTES = 200 * MIB  # three and a half hours of 8 kHz 16-bit mono

RATE = 8000  # Hz; the telephone network's own rate (G.711), so carriers resample nothing
WIDTH = 2  # bytes per sample of what we serve
LOUDNESS = -16.0  # LUFS; the target of every prompt, so that no prompt jumps out
TRUE_PEAK = -1.5  # dBFS; leaves room for the carrier's G.711 encoding
LOUDNESS_RANGE = 11.0  # LU
SILENCE = -60.0  # dBFS; a prompt whose loudest sample is below this is heard as nothing

WAV_CHANNELS = 32  # more is no recording of a voice
WAV_RATES = (1_000, 768_000)  # Hz; outside this no sound card writes
WAV_CHUNKS = 200  # real files have fewer than ten
SCANNED_BYTES = MIB  # how much of a tag or a side chunk is searched for hidden content


@dataclass(frozen=True)
class Allowance:
    """What one child process may use: CPU and wall seconds, bytes of memory and of written file."""

    cpu_seconds: int
    wall_seconds: int
    memory: int = 512 * MIB  # ffmpeg's libraries alone do not load in 256 MB of address space
    written: int = 64 * MIB  # ten minutes of 192 kHz would not fit: nothing here needs more


DECODING = Allowance(cpu_seconds=15, wall_seconds=45)  # 10 MB of 44.1 kHz 8-bit: about 6 s of CPU
LEVELLING = Allowance(cpu_seconds=40, wall_seconds=120)  # loudnorm: 10 s of CPU for ten minutes
PROBING = Allowance(cpu_seconds=120, wall_seconds=240, written=0)  # 200 MB of mp3 is 14 hours
