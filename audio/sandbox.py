"""Run one piece of work on an uploaded file in a confined process, and understand its end."""

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from audio.errors import AudioRefused, AudioStorageFailed, FfmpegMissing
from audio.limits import Allowance
from audio.sniff import Kind

ROOT = str(Path(__file__).resolve().parent.parent)
START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from audio.child import main; main(sys.argv[2])"
)


@dataclass(frozen=True)
class Job:
    """What the child shall do with which file; `target` is the file it may write."""

    op: Literal["decode", "level", "probe"]
    source: Path
    kind: Kind
    target: Path | None = None


def find_ffmpeg() -> str | None:
    """Give the path of the ffmpeg on PATH, or None: then only WAV files can be read."""
    return shutil.which("ffmpeg")


def run(job: Job, allow: Allowance) -> dict[str, Any]:
    """Do the job in a new process; give its answer.

    Raises AudioRefused with the child's reason, or `too_costly` when it used up its allowance;
    FfmpegMissing; AudioStorageFailed when the disk is full or no process could be started.
    """
    argument = json.dumps(
        {
            "op": job.op,
            "source": str(job.source),
            "kind": job.kind,
            "target": str(job.target),
            "ffmpeg": find_ffmpeg(),
            "allow": asdict(allow),
        }
    )
    code, output = _finished(argument, job.source.parent, allow.wall_seconds)
    if code:
        raise _ended(code)
    answer = json.loads(output)
    if answer.get("code") == "needs_ffmpeg":
        raise FfmpegMissing("an mp3 file")
    if "storage" in answer:
        raise AudioStorageFailed(f"the sound file could not be kept: {answer['storage']}")
    if "refused" in answer:
        raise AudioRefused(answer["refused"], answer["code"])
    return dict(answer["ok"])


def _finished(argument: str, folder: Path, seconds: int) -> tuple[int, str]:
    """Start the child in a session of its own, wait for it, and leave nothing of it running."""
    command = [sys.executable, "-I", "-W", "ignore", "-c", START, ROOT, argument]
    kept = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TMPDIR": str(folder)}
    try:
        child = subprocess.Popen(  # noqa: S603  our own program, arguments are ours
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=kept,
            cwd=folder,
            start_new_session=True,
            text=True,
        )
    except OSError as error:
        raise AudioStorageFailed(f"no process to read the file in: {error.strerror}") from error
    with child:
        try:
            output, _ = child.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            raise AudioRefused("reading the file took too long", "too_costly") from None
        except BaseException:
            os.killpg(child.pid, signal.SIGKILL)
            raise
    return child.returncode, output


def _ended(code: int) -> AudioRefused:
    """Name the end of a child that gave no answer: a signal is its allowance, the rest a crash."""
    if code < 0:
        return AudioRefused("reading the file took too much time or memory", "too_costly")
    return AudioRefused("the file made the decoder fail: it is damaged")
