"""Read what strangers uploaded, in a process of its own that can neither spread nor last.

Started by `sandbox.py` with one JSON argument; answers with one JSON line: `{"ok": {...}}`,
`{"refused": reason, "code": code}` or `{"storage": what the disk said}`. It limits itself before it
touches the file, and what it starts (ffmpeg) inherits the limits.
"""

import ctypes
import json
import mmap
import os
import resource
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from audio import limits
from audio.errors import AudioRefused, FfmpegMissing
from audio.mpeg import MpegInfo, read_mpeg
from audio.wav import WavInfo, read_wav

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000  # linux/sched.h


def main(argument: str) -> None:
    """Do one job and print its answer; the job is `{op, source, target, kind, ffmpeg, allow}`."""
    job = json.loads(argument)
    confine(limits.Allowance(**job["allow"]))
    try:
        answer: dict[str, Any] = {"ok": OPERATIONS[job["op"]](job)}
    except AudioRefused as refusal:
        answer = {"refused": refusal.reason, "code": refusal.code}
    except OSError as error:
        answer = {"storage": error.strerror or type(error).__name__}
    except MemoryError:
        answer = {"refused": "reading the file took too much memory", "code": "too_costly"}
    sys.stdout.write(json.dumps(answer))


def confine(allow: limits.Allowance) -> None:
    """Give up the network (where the kernel lets us) and everything beyond the allowance."""
    library = ctypes.CDLL(None, use_errno=True)
    with suppress(AttributeError):  # no such call outside Linux
        if library.unshare(CLONE_NEWNET) and os.getuid():
            library.unshare(CLONE_NEWUSER | CLONE_NEWNET)
    for what, amount in (
        (resource.RLIMIT_CPU, allow.cpu_seconds),
        (resource.RLIMIT_AS, allow.memory),
        (resource.RLIMIT_FSIZE, allow.written),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (amount, amount))


def decode(job: dict[str, Any]) -> dict[str, float]:
    """Decode an upload to 8 kHz mono 16-bit WAV; refuse it when it plays too long."""
    source, target = Path(job["source"]), Path(job["target"])
    info = _examined(source, job["kind"], streamed=False)
    _check_length(info.seconds)
    if isinstance(info, WavInfo):
        from audio.pcm import telephone_sound  # noqa: PLC0415  loaded when needed: pydub is slow to import

        with source.open("rb") as file:
            telephone_sound(file, info).export(target, format="wav").close()
    else:
        from audio.ffmpeg import mp3_to_wav  # noqa: PLC0415  as above

        mp3_to_wav(_ffmpeg(job), str(source), str(target))
    return {"seconds": info.seconds}


def level(job: dict[str, Any]) -> dict[str, float]:
    """Bring a decoded upload to our loudness; see `audio.level`."""
    from audio.level import level as run  # noqa: PLC0415  as above

    return run(Path(job["source"]), Path(job["target"]), job["ffmpeg"])


def probe(job: dict[str, Any]) -> dict[str, float]:
    """Decode a recording to its end, keep nothing but its duration in seconds."""
    source = Path(job["source"])
    info = _examined(source, job["kind"], streamed=True)
    if isinstance(info, WavInfo):
        from audio.pcm import wide_blocks  # noqa: PLC0415  as above

        with source.open("rb") as file:
            for _ in wide_blocks(file, info):
                pass
    else:
        from audio.ffmpeg import mp3_decodes  # noqa: PLC0415  as above

        mp3_decodes(_ffmpeg(job), str(source))
    return {"seconds": info.seconds}


OPERATIONS = {"decode": decode, "level": level, "probe": probe}


def _examined(source: Path, kind: str, *, streamed: bool) -> WavInfo | MpegInfo:
    with source.open("rb") as file:
        if kind == "wav":
            return read_wav(file, source.stat().st_size, streamed=streamed)
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return read_mpeg(data, streamed=streamed)


def _check_length(seconds: float) -> None:
    if seconds > limits.PROMPT_SECONDS:
        raise AudioRefused(
            f"the prompt plays {seconds:.0f} seconds, at most {limits.PROMPT_SECONDS} are allowed",
            "too_long",
        )


def _ffmpeg(job: dict[str, Any]) -> str:
    if not job["ffmpeg"]:
        raise FfmpegMissing("an mp3 file")
    return str(job["ffmpeg"])
