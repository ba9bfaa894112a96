"""Fetches the files that contacts sent from where the provider keeps them, onto our own shelf."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Protocol

import structlog

from desk.conversations import Media, Message
from runner.errors import CarrierError
from runner.messages.keeping import Shelf
from runner.messages.threads import Threads
from runner.ports import Store, Work

_log = structlog.get_logger(__name__)

LARGEST = 16 * 1024 * 1024
"""Bytes of a file we take: as many as the carrier passes on from WhatsApp (its "Media")."""

TYPES = frozenset(
    {
        *("image/jpeg", "image/png", "image/gif", "image/webp", "image/heic", "image/heif"),
        *("audio/mpeg", "audio/mp4", "audio/ogg", "audio/aac", "audio/amr", "audio/wav"),
        *("audio/3gpp", "audio/webm", "audio/x-wav", "audio/vnd.wave"),
        *("video/mp4", "video/3gpp", "video/quicktime", "video/webm", "video/mpeg"),
        *("application/pdf", "text/plain", "text/csv", "text/vcard", "text/x-vcard"),
        *("text/calendar", "application/rtf", "application/msword", "application/vnd.ms-excel"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    }
)
"""What is kept. Not what a browser would run when it is opened: HTML, SVG, programs."""


class Fetched(Protocol):
    """A file's bytes, and what the provider says it is."""

    @property
    def data(self) -> bytes:
        """The bytes."""

    @property
    def type(self) -> str:
        """The media type, perhaps with parameters."""


class MediaSource(Protocol):
    """Where a provider keeps files; both raise `CarrierError`."""

    def fetch_file(self, source: str, most: int) -> Fetched:
        """Fetch one of at most so many bytes."""

    def delete_file(self, source: str) -> None:
        """Delete one for good; one that is gone is no error."""


class MediaFetching:
    """Brings files home; with `clears` the provider's own go once ours are kept."""

    def __init__(
        self,
        store: Store,
        threads: Callable[[], Threads],
        source: MediaSource,
        shelf: Shelf,
        *,
        clears: bool = True,
    ) -> None:
        self._store, self._threads = store, threads
        self._source, self._shelf, self._clears = source, shelf, clears

    def fetch(self, name: str) -> None:
        """Fetch one file by its row's id; one that is here or was erased stays as it is.

        Raises:
            CarrierError: it is not to be had now, or never; the row counts the try.
        """
        with self._store.work() as work:
            known = work.media(name)
        if known is None or not known.source:
            return
        if not known.file:
            self._bring(known)
        if self._clears:
            self._source.delete_file(known.source)
            self._change(known, source="")

    def give_up(self, name: str) -> None:
        """Note that a file could not be had."""
        _log.warning("a file of a message was not fetched", media=name)
        with self._store.work() as work:
            known = work.media(name)
        if known is not None:
            self._change(known, source="")

    def _bring(self, known: Media) -> None:
        if known.type not in TYPES:
            _log.warning("a file of a message is not kept", media=known.id, type=known.type)
            self._change(known, tried=True)
            return
        try:
            data = self._source.fetch_file(known.source, LARGEST).data
        except CarrierError:
            self._change(known, tried=True)
            raise
        file, digest = self._shelf.put(data), sha256(data).hexdigest()
        if self._change(known, tried=True, file=file, sha256=digest, size=len(data)):
            _log.info("a file of a message is kept", media=known.id, bytes=len(data))
        else:
            self._shelf.discard(file)  # erased, or brought by another process, meanwhile

    def _change(self, known: Media, *, tried: bool = False, **changes: object) -> bool:
        """Write what changed of a row; false: it is gone, or has a file already.

        Locked in the order of all locks: conversation, message, then the row.
        """
        with self._store.work() as work:
            work.conversation(work.thread_of(known.message))
            message, now = work.message(known.message), work.media(known.id)
            if now is None or (now.file and "file" in changes):
                return False
            changed = replace(now, tries=now.tries + tried, **changes)  # type: ignore[arg-type]  # its own fields
            work.keep_media(changed)
            if message is not None and changed.size != now.size:
                self._tell(work, message, changed)
            return True

    def _tell(self, work: Work, message: Message, media: Media) -> None:
        """Write the size into the message, so that those who look at it see the file is here."""
        listed = tuple(
            {**each, "size": media.size} if each.get("id") == media.id else each
            for each in message.media
        )
        self._threads().change(work, message, media=listed)
