"""Threat 16: what reads an upload has little time, little memory and no network."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from audio import sandbox
from audio.errors import AudioRefused, AudioStorageFailed
from audio.limits import DECODING, MIB, Allowance
from tests.audio.sounds import chunk, fmt, pcm, riff, tone, wav

LARGE = riff(fmt(rate=44100, bits=8), chunk(b"data", pcm(tone(rate=44100), 1) * 200))
CONFINED = """
import json, os, socket, sys
from audio.child import confine
from audio.limits import DECODING
confine(DECODING)
try:
    socket.create_connection(("127.0.0.1", int(sys.argv[1])), 2).close()
    reached = True
except OSError:
    reached = False
print(json.dumps([os.readlink("/proc/self/ns/net"), reached]))
"""


def job(tmp_path: Path, data: bytes) -> sandbox.Job:
    source = tmp_path / "upload"
    source.write_bytes(data)
    return sandbox.Job("decode", source, "wav", tmp_path / "target")


@pytest.mark.parametrize(
    "allow",
    [
        replace(DECODING, cpu_seconds=1),
        replace(DECODING, memory=48 * MIB),
        replace(DECODING, wall_seconds=1),
    ],
    ids=["time", "memory", "patience"],
)
def test_a_file_that_costs_too_much_is_given_up(tmp_path: Path, allow: Allowance) -> None:
    with pytest.raises(AudioRefused, match=r"too (much|long)") as refused:
        sandbox.run(job(tmp_path, LARGE), allow)
    assert refused.value.code == "too_costly"


def test_a_full_disk_is_not_the_files_fault(tmp_path: Path) -> None:
    with pytest.raises(AudioStorageFailed, match="could not be kept"):
        sandbox.run(job(tmp_path, wav()), replace(DECODING, written=1000))


def test_a_crash_of_the_decoder_is_a_refusal(tmp_path: Path) -> None:
    missing = sandbox.Job("level", tmp_path / "upload", "mp3", tmp_path / "target")
    missing.source.write_bytes(b"no sound at all")
    with pytest.raises(AudioRefused, match="damaged") as refused:
        sandbox.run(missing, DECODING)
    assert "Traceback" not in refused.value.reason


def test_the_reader_of_uploads_has_no_network() -> None:
    flags = ["-n"] if os.getuid() == 0 else ["-U", "-n"]
    possible = subprocess.run(["unshare", *flags, "true"], capture_output=True, check=False)
    with subprocess.Popen(
        [sys.executable, "-c", LISTENER], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        port = server.stdout.readline().strip()
        done = subprocess.run(
            [sys.executable, "-c", CONFINED, port],
            capture_output=True,
            text=True,
            check=True,
            cwd=sandbox.ROOT,
        )
        server.kill()
    namespace, reached = json.loads(done.stdout)
    parted = namespace != str(Path("/proc/self/ns/net").readlink())
    assert (parted, reached) == (possible.returncode == 0, possible.returncode != 0)


LISTENER = """
import socket, time
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
time.sleep(60)
"""


def test_a_program_named_like_ours_in_the_folder_is_not_run(tmp_path: Path) -> None:
    (tmp_path / "audio.py").write_text("raise SystemExit(3)")
    (tmp_path / "json.py").write_text("raise SystemExit(3)")
    told = sandbox.run(job(tmp_path, wav()), DECODING)
    assert told == {"seconds": 1.0}
