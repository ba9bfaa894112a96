"""Makes what SQLite committed durable: one flush of its log for all commits that wait for one.

SQLite itself would flush inside every commit, while it holds the only write lock: on a common
disk a few hundred commits a second. In WAL mode a commit is a whole as soon as it is in the log
(synchronous=NORMAL keeps the file sound), and durable when the log was flushed; SQLite's page on
`PRAGMA synchronous` says that FULL adds just that. So the lock is given back first, and whoever
comes while a flush runs shares the next one. Nobody is answered before the flush that covers him.
"""

import os
from pathlib import Path
from threading import Condition

from store.errors import Unavailable

_write_through = getattr(os, "fdatasync", os.fsync)  # without the file's times, where that exists


class Flush:
    """The flushes of one database file in one process."""

    def __init__(self, database: Path) -> None:
        self._log = f"{database}-wal"
        self._turn = Condition()
        self._begun = self._done = 0
        self._running = False
        self._failed = ""

    def flush(self) -> None:
        """Return when everything this thread has committed is on the disk.

        Raises:
            Unavailable: the disk did not take it. That stays so until the process is started
                again: after a failed flush the next may succeed though the data is lost.
        """
        with self._turn:
            mine = self._begun + 1
            while self._done < mine and not self._failed:
                if self._running:
                    self._turn.wait()
                else:
                    self._run()
            if self._failed:
                raise Unavailable(f"the disk did not take a commit: {self._failed}", undone=False)

    def _run(self) -> None:
        """Flush for all who are here; called with the turn held, which others get meanwhile."""
        self._begun += 1
        number, self._running = self._begun, True
        self._turn.release()
        failed = "it was interrupted"
        try:
            failed = self._flushed()
        finally:
            self._turn.acquire()
            self._running, self._done, self._failed = False, number, failed
            self._turn.notify_all()

    def _flushed(self) -> str:
        """Flush the log; give what went wrong, empty for nothing."""
        try:
            descriptor = os.open(self._log, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return ""  # SQLite took the log into the database, and flushed that, at a last close
        except OSError as error:
            return str(error.strerror)
        try:
            _write_through(descriptor)
        except OSError as error:
            return str(error.strerror)
        finally:
            os.close(descriptor)
        return ""
