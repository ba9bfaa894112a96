"""Call ffmpeg, fenced in: one named format, one decoder, files only, no other protocol.

Used inside the child process, whose limits ffmpeg inherits. Options: ffmpeg-all(1), "Protocol
Options" (protocol_whitelist), "Codec Options" (codec_whitelist), "loudnorm".
"""

import errno
import json
import math
import os
import re
import subprocess

from audio import limits
from audio.errors import AudioRefused

QUIET = ("-hide_banner", "-nostdin", "-nostats", "-v", "error", "-y", "-threads", "1")
MP3_ONLY = ("-protocol_whitelist", "file", "-codec_whitelist", "mp3float,mp3", "-f", "mp3")
OURS_ONLY = ("-protocol_whitelist", "file", "-codec_whitelist", "pcm_s16le", "-f", "wav")
PLAIN = ("-bitexact", "-map_metadata", "-1", "-ac", "1", "-ar", str(limits.RATE))
TARGET = f"loudnorm=I={limits.LOUDNESS}:TP={limits.TRUE_PEAK}:LRA={limits.LOUDNESS_RANGE}"


def mp3_to_wav(program: str, source: str, target: str) -> None:
    """Decode an mp3 file to 8 kHz mono 16-bit WAV, no more than a second beyond the limit."""
    longest = str(limits.PROMPT_SECONDS + 1)
    sound = ("-map", "0:a:0", "-t", longest, *PLAIN, "-c:a", "pcm_s16le", "-f", "wav", target)
    _run([program, *QUIET, *MP3_ONLY, "-i", source, *sound])


def mp3_decodes(program: str, source: str) -> None:
    """Decode a whole mp3 file and keep nothing; raise AudioRefused if the decoder gives up."""
    _run([program, *QUIET, *MP3_ONLY, "-i", source, "-map", "0:a:0", "-f", "null", "-"])


def levelled(program: str, source: str, target: str) -> bool:
    """Bring our own WAV to the target loudness in two passes; False if it is too short to measure.

    The first pass measures, the second applies one gain where the peak allows it, so that short
    prompts do not swell.
    """
    seen = _run(
        [
            program,
            *_loud(QUIET),
            *OURS_ONLY,
            "-i",
            source,
            "-af",
            f"{TARGET}:print_format=json",
            "-f",
            "null",
            "-",
        ]
    )
    found = re.findall(r"\{[^{}]*\}", seen)
    if not found:
        return False
    told = json.loads(found[-1])
    names = {"I": "input_i", "TP": "input_tp", "LRA": "input_lra", "thresh": "input_thresh"}
    if not all(math.isfinite(float(told[name])) for name in names.values()):
        return False
    known = "".join(f":measured_{key}={told[name]}" for key, name in names.items())
    second = f"{TARGET}{known}:offset={told['target_offset']}:linear=true"
    _run([program, *QUIET, *OURS_ONLY, "-i", source, "-af", second, *PLAIN, "-f", "wav", target])
    return True


def _loud(options: tuple[str, ...]) -> tuple[str, ...]:
    """Let ffmpeg speak: its measurement comes as a message."""
    return tuple("info" if option == "error" else option for option in options)


def _run(command: list[str]) -> str:
    """Run ffmpeg and give what it said; raise AudioRefused if it failed, OSError on a full disk."""
    done = subprocess.run(  # noqa: S603  a fixed command; paths are our own random names
        command, capture_output=True, check=False, text=True, errors="replace"
    )
    if done.returncode < 0:
        raise AudioRefused("reading the file took too much time or memory", "too_costly")
    if done.returncode and os.strerror(errno.ENOSPC) in done.stderr:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if done.returncode:
        raise AudioRefused("the sound could not be decoded: the file is damaged")
    return done.stderr
