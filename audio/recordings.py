"""Keep what callers said: the carrier's recording as it came, proven readable, with its length."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from audio import limits
from audio.errors import AudioMissing
from audio.files import (
    Source,
    Spooled,
    make_folder,
    on_disk,
    publish,
    spool,
    sweep_incoming,
    workplace,
)
from audio.ids import file_id, is_file_id
from audio.sandbox import Job, run
from audio.sniff import Kind, kind_of


@dataclass(frozen=True)
class Recording:
    """A recording we keep: `kind` is wav or mp3, `size` in bytes, `sha256` of the kept file."""

    recording_id: str
    file_id: str
    kind: Kind
    seconds: float
    size: int
    sha256: str


class RecordingShelf(Protocol):
    """Where the rows of recordings are kept; a row has `Recording`'s fields."""

    def put(self, row: Mapping[str, Any], /) -> None:
        """Add the row, or replace the one of the same `recording_id`."""

    def get(self, recording_id: str, /) -> Mapping[str, Any] | None:
        """Give the row of that recording, if there is one."""

    def remove(self, recording_id: str, /) -> bool:
        """Remove the row; say if there was one."""


class RecordingStore:
    """The recordings under one folder (`DATA_DIR/recordings`) and their rows on a shelf."""

    def __init__(self, folder: Path, shelf: RecordingShelf) -> None:
        self._folder = make_folder(folder)
        self._shelf = shelf

    def save(self, recording_id: str, source: Source) -> Recording:
        """Keep a recording of at most 200 MB as it is; saving it again gives what is kept.

        `source` is bytes or a stream: WAV (with or without a known length) or, with ffmpeg, mp3.
        A silent one is kept: the caller said nothing. Raises AudioRefused (FfmpegMissing for mp3:
        worth another try once installed), AudioStorageFailed. Delete the carrier's copy only after
        this returned.
        """
        known = self.get(recording_id)
        if known is not None and self._path(known).is_file():
            return known
        with workplace(self._folder) as stem:
            upload = spool(source, stem.with_suffix(".upload"), limits.RECORDING_BYTES)
            kind = kind_of(upload.head)
            told = run(Job("probe", upload.path, kind), limits.PROBING)
            recording = _recording(recording_id, kind, round(told["seconds"], 3), upload)
            publish(upload.path, self._path(recording))
        try:
            self._shelf.put(asdict(recording))
        except BaseException:
            self._path(recording).unlink(missing_ok=True)
            raise
        return recording

    def get(self, recording_id: str) -> Recording | None:
        """Give what is known of a recording, if it is kept."""
        row = self._shelf.get(recording_id)
        if row is None:
            return None
        return Recording(**{field: row[field] for field in Recording.__dataclass_fields__})

    def open(self, recording_id: str) -> Path:
        """Give the recording's file; raise AudioMissing when it is not kept (any more)."""
        known = self.get(recording_id)
        if known is None or not self._path(known).is_file():
            raise AudioMissing("this recording is not kept here")
        return self._path(known)

    def delete(self, recording_id: str) -> None:
        """Erase a recording, file first, so that no row is gone while its sound is still there."""
        known = self.get(recording_id)
        if known is None:
            raise AudioMissing("this recording is not kept here")
        with on_disk():
            self._path(known).unlink(missing_ok=True)
        self._shelf.remove(recording_id)

    def discard(self, recording_id: str) -> bool:
        """Erase a recording where it is kept; say if it was."""
        try:
            self.delete(recording_id)
        except AudioMissing:
            return False
        return True

    def sweep(self, older_than: timedelta = timedelta(days=1)) -> int:
        """Remove half-saved recordings that a killed process left; give their number."""
        return sweep_incoming(self._folder, (datetime.now(UTC) - older_than).timestamp())

    def _path(self, recording: Recording) -> Path:
        if not is_file_id(recording.file_id) or recording.kind not in ("wav", "mp3"):
            raise AudioMissing("this recording's entry names no file of ours")
        return self._folder / f"{recording.file_id}.{recording.kind}"


def _recording(recording_id: str, kind: Kind, seconds: float, upload: Spooled) -> Recording:
    return Recording(recording_id, file_id(), kind, seconds, upload.size, upload.sha256)
