"""An archive of an installation: one ZIP file with a manifest that proves it whole.

The manifest comes last and names every other entry with its size and SHA-256; a ZIP file that was
cut off does not open. Nothing is taken from an archive before all of it was checked.
"""

import hashlib
import json
import os
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from store.errors import StoreError

FORMAT, VERSION = "linewalk-backup", 1
MANIFEST = "manifest.json"

_NAME = re.compile(
    r"(database|prompts|recordings|media)/[A-Za-z0-9_][A-Za-z0-9._-]{0,199}|secret\.key"
)
"""What an entry may be called: nothing that leaves its folder."""

_PIECE = 1024 * 1024
_MOST_MANIFEST = 64 * 1024 * 1024
_PACKED = (".sqlite3", ".copy", ".json")
"""Endings of what is worth packing; sounds are not."""


class BadArchive(StoreError):
    """The file is no archive of ours, or not a whole one; the text says what is wrong with it."""


@dataclass
class Writer:
    """An archive being written; `facts` go into the manifest."""

    facts: dict[str, Any]
    _zip: zipfile.ZipFile
    _entries: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, name: str, path: Path) -> bool:
        """Add a file; false when it is gone, as what is erased meanwhile is."""
        try:
            source = path.open("rb")
        except FileNotFoundError:
            return False
        with source:
            self._copy(name, source)
        return True

    @contextmanager
    def entry(self, name: str) -> Iterator["Entry"]:
        """Open an entry to be written piece by piece."""
        with self._zip.open(_info(name), "w", force_zip64=True) as file:
            entry = Entry(file)
            yield entry
        self._entries[name] = {"size": entry.size, "sha256": entry.digest.hexdigest()}

    def _copy(self, name: str, source: IO[bytes]) -> None:
        with self.entry(name) as entry:
            while piece := source.read(_PIECE):
                entry.write(piece)

    def _finish(self) -> None:
        told = {"format": FORMAT, "version": VERSION, **self.facts, "entries": self._entries}
        self._zip.writestr(_info(MANIFEST), json.dumps(told, indent=1))


@dataclass
class Entry:
    """One entry being written."""

    file: IO[bytes]
    size: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def write(self, piece: bytes) -> None:
        """Add bytes to it."""
        self.file.write(piece)
        self.size += len(piece)
        self.digest.update(piece)


@contextmanager
def writing(path: Path, facts: Mapping[str, Any]) -> Iterator[Writer]:
    """Write an archive: it is at `path` as a whole, for its owner only, or not at all."""
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
                writer = Writer(dict(facts), packed)
                yield writer
                writer._finish()  # noqa: SLF001  the last line of what this context writes
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@dataclass(frozen=True)
class Archive:
    """An archive that was checked from end to end."""

    manifest: Mapping[str, Any]
    _zip: zipfile.ZipFile

    @property
    def names(self) -> list[str]:
        """The entries besides the manifest."""
        return list(self.manifest["entries"])

    def take(self, name: str, to: Path) -> None:
        """Write one entry to a new file, for its owner only."""
        descriptor = os.open(to, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            for piece in self.pieces(name):
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())

    def pieces(self, name: str) -> Iterator[bytes]:
        """Read one entry piece by piece."""
        with self._zip.open(name) as file:
            while piece := file.read(_PIECE):
                yield piece


@contextmanager
def reading(path: Path) -> Iterator[Archive]:
    """Open an archive and check all of it.

    Raises:
        BadArchive: it is not one of ours, of a newer version, cut off or changed.
    """
    try:
        packed = zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        raise BadArchive(f"{path.name} is no backup, or was cut off: nothing was touched") from None
    with packed:
        archive = Archive(_manifest(packed, path.name), packed)
        _check(archive)
        yield archive


def _manifest(packed: zipfile.ZipFile, name: str) -> Mapping[str, Any]:
    try:
        info = packed.getinfo(MANIFEST)
        told = json.loads(packed.read(info)) if info.file_size <= _MOST_MANIFEST else {}
    except (KeyError, ValueError, zipfile.BadZipFile):
        told = {}
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise BadArchive(f"{name} is no backup of Linewalk: nothing was touched")
    if told.get("version") != VERSION:
        raise BadArchive(f"{name} was made by a newer version: restore it with that one")
    return told


def _check(archive: Archive) -> None:
    """Read everything once, and compare it with the manifest."""
    packed, told = archive._zip, archive.manifest.get("entries")  # noqa: SLF001  of this module
    names = [info.filename for info in packed.infolist() if info.filename != MANIFEST]
    whole = isinstance(told, dict) and sorted(names) == sorted(told)
    if not whole or not all(_NAME.fullmatch(name) for name in names):
        raise BadArchive("the backup does not hold what its manifest says: nothing was touched")
    for name in names:
        digest, size = hashlib.sha256(), 0
        try:
            for piece in archive.pieces(name):
                digest.update(piece)
                size += len(piece)
        except (zipfile.BadZipFile, EOFError, OSError) as error:
            raise BadArchive(f"{name} in the backup is damaged: nothing was touched") from error
        if {"size": size, "sha256": digest.hexdigest()} != archive.manifest["entries"][name]:
            raise BadArchive(f"{name} in the backup was changed: nothing was touched")


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED if name.endswith(_PACKED) else zipfile.ZIP_STORED
    info.external_attr = 0o600 << 16
    return info
