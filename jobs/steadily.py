"""Does something small again and again on a thread of its own, closer together than a schedule."""

import threading
from collections.abc import Callable
from typing import Protocol

import structlog

_log = structlog.get_logger(__name__)

_FAREWELL = 5.0


class Lasting(Protocol):
    """Something that runs beside the jobs for as long as the worker does."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End, after what is being done."""


class Steadily:
    """Calls `work` every so many `seconds` from `start` to `stop`, then `close`.

    What `work` raises is logged.
    """

    def __init__(
        self, name: str, seconds: float, work: Callable[[], object], close: Callable[[], None]
    ) -> None:
        self._name, self._seconds, self._work, self._close = name, seconds, work, close
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._loop, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, after what is being done."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(_FAREWELL)
        self._close()

    def _loop(self) -> None:
        while not self._stopped.wait(self._seconds):
            try:
                self._work()
            except Exception as error:  # noqa: BLE001 a database that is away must not end it
                _log.warning("not done this time", work=self._name, error=type(error).__name__)
