"""Keeps the bytes of messages' files on the disk, under names that nobody can guess."""

import math
import os
import re
import secrets
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from runner.errors import RunnerError

NAME = re.compile(r"[0-9a-f]{40}", re.ASCII)
"""160 random bits in hex: no name is guessed, and none leaves the folder."""

INCOMING = ".incoming-"

YOUNG = timedelta(hours=24)
"""How long a file without a row may lie: its row comes with the commit that follows."""

_TOGETHER = 500
"""Names asked about at once: a database takes no more than some thousands in one query."""


class MediaError(RunnerError):
    """A file could not be kept, or is not here; the text holds nothing of its content."""


class MediaShelf:
    """One folder of files. `known` says which of some names have a row."""

    def __init__(self, folder: Path, known: Callable[[Collection[str]], set[str]]) -> None:
        with _on_disk():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._folder = folder.resolve()
        self._known = known

    def put(self, data: bytes) -> str:
        """Keep bytes; give their name. After this returned, a power cut does not lose them.

        Raises:
            MediaError: the disk refused.
        """
        name = secrets.token_hex(20)
        draft = self._folder / f"{INCOMING}{name}"
        with _on_disk():
            try:
                self._write(draft, data)
                draft.replace(self._folder / name)
            finally:
                draft.unlink(missing_ok=True)
            self._settle()
        return name

    def open(self, name: str) -> Path:
        """Give the path of a file.

        Raises:
            MediaError: it is not kept here.
        """
        path = self._folder / name if NAME.fullmatch(name) else None
        if path is None or not path.is_file():
            raise MediaError("the file is not kept here")
        return path

    def discard(self, name: str) -> bool:
        """Erase a file where it is kept; say if it was."""
        try:
            path = self.open(name)
        except MediaError:
            return False
        with _on_disk():
            path.unlink(missing_ok=True)
            self._settle()
        return True

    def sweep(self, young: timedelta = YOUNG) -> int:
        """Erase what is old and has no row, and drafts that were left; give how many there were."""
        limit = time.time() - young.total_seconds()
        with _on_disk():
            old = [path for path in self._folder.iterdir() if _changed(path) <= limit]
        named = sorted(path.name for path in old if NAME.fullmatch(path.name))
        orphans: set[str] = set()
        for start in range(0, len(named), _TOGETHER):
            some = set(named[start : start + _TOGETHER])
            orphans |= some - self._known(some)
        gone = [p for p in old if p.name in orphans or p.name.startswith(INCOMING)]
        with _on_disk():
            for path in gone:
                path.unlink(missing_ok=True)
        return len(gone)

    def _write(self, path: Path, data: bytes) -> None:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def _settle(self) -> None:
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _changed(path: Path) -> float:
    """Give when a file was written last; one that was discarded just now is young."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return math.inf


@contextmanager
def _on_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise MediaError(f"the file could not be kept: {why}") from error
