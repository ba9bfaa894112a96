"""Fetches recordings from the carrier into our own keeping, once they are ready."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Protocol

import structlog

from flow.ledger import Recording
from runner.ports import Store

_log = structlog.get_logger(__name__)


LARGEST = 200 * 1024 * 1024
"""Bytes of a recording we take: 24 hours of two channels as mp3."""


class RecordingSource(Protocol):
    """Where recordings come from."""

    def fetch_recording(self, sid: str, max_bytes: int) -> bytes:
        """Download one; raises `CarrierError`, with `retry` while it is not there yet."""


class KeptFile(Protocol):
    """A recording that is ours now."""

    @property
    def file_id(self) -> str:
        """The unguessable id of the file."""

    @property
    def seconds(self) -> float:
        """How long it plays, as measured."""

    @property
    def sha256(self) -> str:
        """The checksum of its bytes, in hex."""


class RecordingShelf(Protocol):
    """Where our copies are kept; refuses what is no sound."""

    def save(self, recording_id: str, source: bytes) -> KeptFile:
        """Verify and keep a recording's bytes."""


class Recordings:
    """Brings recordings home."""

    def __init__(
        self,
        store: Store,
        source: RecordingSource,
        shelf: RecordingShelf,
        clock: Callable[[], datetime],
    ) -> None:
        self._store, self._source, self._shelf, self._clock = store, source, shelf, clock

    def fetch(self, sid: str) -> None:
        """Fetch one recording and note where it is; one that is kept already stays as it is.

        Raises:
            CarrierError: it is not to be had now.
        """
        with self._store.work() as work:
            known = work.recording(sid)
        if known is None or known.state == "kept":
            return
        data = self._source.fetch_recording(sid, LARGEST)
        kept = self._shelf.save(sid, data)
        self._note(sid, state="kept", file=kept.file_id, sha256=kept.sha256, length=kept.seconds)
        _log.info("recording kept", recording=sid, bytes=len(data))

    def give_up(self, sid: str) -> None:
        """Write that a recording could not be had."""
        self._note(sid, state="failed", reason="the carrier never delivered it")

    def _note(
        self,
        sid: str,
        *,
        state: str,
        file: str = "",
        sha256: str = "",
        length: float = 0.0,
        reason: str = "",
    ) -> None:
        with self._store.work() as work:
            known = work.recording(sid)
            if known is None:
                return
            changed: Recording = replace(
                known,
                state=state,
                file=file,
                sha256=sha256,
                seconds=round(length) or known.seconds,
                reason=reason,
                updated=self._clock(),
            )
            work.keep_recording(changed)
