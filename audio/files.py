"""Put sound files on the disk: capped while they come in, then there as a whole or not at all."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from audio.errors import AudioRefused, AudioStorageFailed
from audio.ids import file_id
from audio.limits import MIB
from audio.sniff import HEAD

PIECE = 64 * 1024
INCOMING = ".incoming-"
SUFFIXES = (".upload", ".plain", ".loud", ".wav")  # what may lie beside a workplace's stem


class Readable(Protocol):
    """Anything bytes can be read from in pieces: a file, an upload, an HTTP answer."""

    def read(self, size: int, /) -> bytes:
        """Give at most `size` bytes; none at the end."""


Source = bytes | Readable


@dataclass(frozen=True)
class Spooled:
    """An upload as it came, on the disk: its path, bytes, SHA-256 in hex and first bytes."""

    path: Path
    size: int
    sha256: str
    head: bytes


def make_folder(folder: Path) -> Path:
    """Make a folder that only this program's user may enter; give its absolute path."""
    with on_disk():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder.resolve()


@contextmanager
def on_disk() -> Iterator[None]:
    """Turn what the disk says (full, read-only) into AudioStorageFailed."""
    try:
        yield
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise AudioStorageFailed(f"the sound file could not be kept: {why}") from error


@contextmanager
def workplace(folder: Path) -> Iterator[Path]:
    """Give the stem of temporary files beside the final ones; whatever is left is removed."""
    stem = folder / f"{INCOMING}{file_id()}"
    try:
        yield stem
    finally:
        for suffix in SUFFIXES:
            stem.with_suffix(suffix).unlink(missing_ok=True)


def sweep_incoming(folder: Path, limit: float) -> int:
    """Remove what a killed process left half done before `limit` (a timestamp in seconds)."""
    removed = 0
    with on_disk():
        for path in folder.glob(f"{INCOMING}*"):
            if path.stat().st_mtime <= limit:
                path.unlink(missing_ok=True)
                removed += 1
    return removed


def spool(source: Source, path: Path, cap: int) -> Spooled:
    """Write an upload to a file, and stop reading as soon as it is larger than `cap` bytes.

    Raises AudioRefused (`too_large`, `empty`) and AudioStorageFailed.
    """
    digest, size, head = hashlib.sha256(), 0, b""
    with on_disk():
        file = os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")
    with file:
        for piece in _pieces(source):  # what the source raises is not the disk's fault
            size += len(piece)
            if size > cap:
                raise AudioRefused(
                    f"the file is larger than {cap // MIB} MB: shorten or compress it", "too_large"
                )
            head += piece[: HEAD - len(head)]
            digest.update(piece)
            with on_disk():
                file.write(piece)
        with on_disk():
            file.flush()
            os.fsync(file.fileno())
    if not size:
        raise AudioRefused("the file is empty", "empty")
    return Spooled(path, size, digest.hexdigest(), head)


def publish(path: Path, final: Path) -> tuple[int, str]:
    """Move a finished file to its address in one step; give its size in bytes and its SHA-256.

    After this returned, a power cut does not lose it.
    """
    with on_disk():
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = os.fstat(file.fileno()).st_size
            os.fsync(file.fileno())
        path.replace(final)
        folder = os.open(final.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    return size, digest


def _pieces(source: Source) -> Iterator[bytes]:
    if isinstance(source, bytes):
        yield from (source[at : at + PIECE] for at in range(0, len(source), PIECE))
        return
    while piece := source.read(PIECE):
        yield piece
