"""Keeps to the periods: once a night everything whose time is over goes, kind by kind."""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Protocol

import structlog

from desk.keeping import Kind, Periods

_log = structlog.get_logger(__name__)

_TOGETHER = 50
"""Recordings or conversations whose rows go in one transaction."""


class Expiry(Protocol):
    """Removes the old of each kind from the database; gives how many things went."""

    def begin(self) -> None:
        """Find out what is held; the first thing of every round."""

    def old_recordings(self, before: datetime) -> Iterable[str]:
        """Give the ids of recordings whose time is over."""

    def remove_recordings(self, sids: Collection[str]) -> int:
        """Remove the rows of recordings whose sound is gone."""

    def old_conversations(self, before: datetime) -> Iterable[str]:
        """Give the ids of conversations by messages whose time is over."""

    def files_of(self, conversations: Collection[str]) -> Collection[str]:
        """List the names on the shelf of the files of conversations."""

    def remove_conversations(self, ids: Collection[str]) -> int:
        """Remove conversations whose files are gone, with all their messages."""

    def histories(self, before: datetime) -> int:
        """Remove executions that ended before, with all that tells their story."""

    def calls(self, before: datetime) -> int:
        """Remove what carriers said of calls that belong to no history (any more)."""

    def surveys(self, before: datetime) -> int:
        """Remove survey answers and report labels."""

    def desk(self, before: datetime) -> int:
        """Remove what is over at the desk."""

    def marks(self, now: datetime) -> int:
        """Remove what nobody asks for after its time."""


class Keeping:
    """Removes what was kept for long enough.

    `drop` erases our copy of a recording, if any, and `discard` a file of a message.
    """

    def __init__(
        self,
        expiry: Expiry,
        drop: Callable[[str], object],
        discard: Callable[[str], object],
        periods: Periods,
        clock: Callable[[], datetime],
    ) -> None:
        self._expiry, self._drop, self._discard = expiry, drop, discard
        self._periods, self._clock = periods, clock

    def round(self) -> dict[str, int]:
        """Do it once; gives how many things of each kind went. What is held or live stays."""
        now, expiry = self._clock(), self._expiry
        expiry.begin()
        gone = {
            "recordings": self._due("recordings", now, self._recordings),
            "messages": self._due("messages", now, self._conversations),
            "histories": self._due("histories", now, expiry.histories),
            "calls": self._due("histories", now, expiry.calls),
            "surveys": self._due("surveys", now, expiry.surveys),
            "desk": self._due("desk", now, expiry.desk),
            "marks": expiry.marks(now),
        }
        _log.info("kept for long enough", **gone)
        return gone

    def _due(self, kind: Kind, now: datetime, remove: Callable[[datetime], int]) -> int:
        before = self._periods.before(kind, now)
        return 0 if before is None else remove(before)

    def _recordings(self, before: datetime) -> int:
        """Remove sounds first, so that no row is gone while its sound is still there."""
        gone = 0
        for some in _some(self._expiry.old_recordings(before)):
            for sid in some:
                self._drop(sid)
            gone += self._expiry.remove_recordings(some)
        return gone

    def _conversations(self, before: datetime) -> int:
        """Remove files first, as sounds; the number is that of conversations."""
        gone = 0
        for some in _some(self._expiry.old_conversations(before)):
            for name in self._expiry.files_of(some):
                self._discard(name)
            gone += self._expiry.remove_conversations(some)
        return gone


def _some(keys: Iterable[str]) -> Iterator[list[str]]:
    left = iter(keys)
    while batch := list(islice(left, _TOGETHER)):
        yield batch
