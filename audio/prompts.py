"""Keep the prompts callers hear: checked, at one loudness, replaced live without cutting a call.

Every upload becomes a file with a new unguessable id, and the name points to it. A call that was
handed the old address goes on hearing the old file, until `sweep` removes what no name has pointed
to for long enough.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from audio import limits
from audio.errors import AudioMissing
from audio.files import Source, make_folder, on_disk, publish, spool, sweep_incoming, workplace
from audio.ids import check_name, file_id, is_file_id, shown_filename
from audio.sandbox import Job, run
from audio.sniff import kind_of

AFTER_CALLS = timedelta(hours=25)  # a voice execution lives 24 h at most (design.md section 6)


@dataclass(frozen=True)
class Prompt:
    """A sound in the library: `size` in bytes, `loudness` in LUFS, `sha256` of the kept file.

    `filename` is what the uploader called it; it is shown, never used.
    """

    name: str
    file_id: str
    filename: str
    seconds: float
    size: int
    loudness: float
    sha256: str


class PromptShelf(Protocol):
    """Where the library's rows are kept; a row has `Prompt`'s fields and is found by `name`."""

    def put(self, row: Mapping[str, Any], /) -> None:
        """Add the row, or replace the one of the same name."""

    def get(self, name: str, /) -> Mapping[str, Any] | None:
        """Give the row of that name, if there is one."""

    def list(self) -> Iterable[Mapping[str, Any]]:
        """Give all rows, by name."""

    def remove(self, name: str, /) -> bool:
        """Remove the row; say if there was one."""


class PromptLibrary:
    """The prompts under one folder (`DATA_DIR/prompts`) and their rows on a shelf."""

    def __init__(self, folder: Path, shelf: PromptShelf) -> None:
        self._folder = make_folder(folder)
        self._shelf = shelf

    def add(self, name: str, source: Source, filename: str = "") -> Prompt:
        """Check, normalise and keep an upload under a name, at once instead of the old one.

        `source` is bytes or a stream of at most 10 MB: WAV (PCM of 8 to 32 bits, float, A-law,
        mu-law, any rate and channels) or, with ffmpeg, mp3; at most 10 minutes.
        Raises AudioRefused with the reason, AudioStorageFailed.
        """
        check_name(name)
        with workplace(self._folder) as stem:
            upload = spool(source, stem.with_suffix(".upload"), limits.PROMPT_BYTES)
            kind, plain, final = kind_of(upload.head), _at(stem, "plain"), _at(stem, "wav")
            run(Job("decode", upload.path, kind, plain), limits.DECODING)
            told = run(Job("level", plain, "wav", final), limits.LEVELLING)
            new = file_id()
            size, sha256 = publish(final, self._path(new))
        seconds, loudness = round(told["seconds"], 3), round(told["loudness"], 1)
        prompt = Prompt(name, new, shown_filename(filename), seconds, size, loudness, sha256)
        self._release(name)
        self._shelf.put(asdict(prompt))
        return prompt

    def get(self, name: str) -> Prompt | None:
        """Give the prompt of that name as it is now, if there is one."""
        row = self._shelf.get(name)
        return _prompt(row) if row is not None else None

    def list(self) -> list[Prompt]:
        """Give all prompts, as the shelf orders them."""
        return [_prompt(row) for row in self._shelf.list()]

    def remove(self, name: str) -> None:
        """Forget a name; its file stays until `sweep`. Raises AudioMissing."""
        self._release(name)
        if not self._shelf.remove(name):
            raise AudioMissing(f"there is no prompt named {name[:80]!r}")

    def open(self, identity: str) -> Path:
        """Give the file behind an address; raise AudioMissing for anything but an existing id."""
        path = self._path(identity) if is_file_id(identity) else None
        if path is None or not path.is_file():
            raise AudioMissing("there is no sound under this address")
        return path

    def sweep(self, older_than: timedelta = AFTER_CALLS) -> int:
        """Remove files no name has pointed to for so long, and leftovers; give their number."""
        named = {prompt.file_id for prompt in self.list()}
        limit = datetime.now(UTC).timestamp() - older_than.total_seconds()
        removed = sweep_incoming(self._folder, limit)
        with on_disk():
            for path in self._folder.glob("*.wav"):
                unnamed = is_file_id(path.stem) and path.stem not in named
                if unnamed and path.stat().st_mtime <= limit:
                    path.unlink(missing_ok=True)
                    removed += 1
        return removed

    def _release(self, name: str) -> None:
        """Start the clock of the file the name points to now: `sweep` counts from here."""
        old = self.get(name)
        if old is not None and self._path(old.file_id).exists():
            with on_disk():
                os.utime(self._path(old.file_id))

    def _path(self, identity: str) -> Path:
        return self._folder / f"{identity}.wav"


def _at(stem: Path, suffix: str) -> Path:
    return stem.with_suffix(f".{suffix}")


def _prompt(row: Mapping[str, Any]) -> Prompt:
    return Prompt(**{field: row[field] for field in Prompt.__dataclass_fields__})
