"""Fetches recordings from the carrier into our own keeping, once they are ready."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

import structlog

from flow.ledger import Recording
from runner.copies import CarrierCopies
from runner.ports import Store, Work

_log = structlog.get_logger(__name__)

_SETTLED = frozenset({"kept", "absent"})
"""States of a recording after which there is nothing to fetch."""

_OVER = _SETTLED | {"failed"}
"""States after which a recording is no more waited for."""

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

    def discard(self, recording_id: str) -> bool:
        """Erase a recording where it is kept; say if it was."""


class Recordings:
    """Brings recordings home; with `copies` the carrier's own go once ours are verified.

    `settled` is told, in the same transaction, of one that is here or will never be.
    """

    def __init__(
        self,
        store: Store,
        source: RecordingSource,
        shelf: RecordingShelf,
        clock: Callable[[], datetime],
        copies: CarrierCopies | None = None,
        settled: Callable[[Work, Recording], None] | None = None,
    ) -> None:
        self._store, self._source, self._shelf, self._clock = store, source, shelf, clock
        self._copies, self._settled = copies, settled

    def fetch(self, sid: str) -> None:
        """Fetch one recording and note where it is; one that is kept already stays as it is.

        Raises:
            CarrierError: it is not to be had now.
            Exception: what came is no sound that can be kept; the shelf's own error.
        """
        with self._store.work() as work:
            known = work.recording(sid)
        if known is None or known.state in _SETTLED:
            return
        try:
            data = self._source.fetch_recording(sid, LARGEST)
            kept = self._shelf.save(sid, data)
        except Exception as error:
            self._change(sid, reason=str(error), tried=True)
            raise
        seconds = max(1, round(kept.seconds)) if kept.seconds > 0 else 0
        changes: Any = {"file": kept.file_id, "sha256": kept.sha256, "seconds": seconds}
        if not self._change(sid, state="kept", reason="", **changes):
            self._shelf.discard(sid)
            return
        _log.info("recording kept", recording=sid, bytes=len(data))

    def give_up(self, sid: str) -> None:
        """Write that a recording could not be had; the reason is that of the last try."""
        self._change(sid, state="failed")

    def _change(self, sid: str, *, tried: bool = False, **changes: Any) -> bool:
        """Change a row, unless our copy was kept meanwhile; false: it was erased.

        With our copy the carrier's is to go, by an order of the same transaction.
        """
        noted: Sequence[Any] = []
        with self._store.work() as work:
            known = work.recording(sid)
            if known is None or known.state in _SETTLED:
                return known is not None
            attempts = (
                known.attempts + 1 if tried or changes.get("state") == "kept" else known.attempts
            )
            if not changes.get("seconds"):
                changes.pop("seconds", None)
            changed = replace(known, updated=self._clock(), attempts=attempts, **changes)
            work.keep_recording(changed)
            if self._settled is not None and changed.state in _OVER:
                self._settled(work, changed)
            if changed.state == "kept" and self._copies is not None:
                noted = self._copies.order(work, [sid], changed.updated)
        if noted and self._copies is not None:
            self._copies.begin(noted)
        return True
