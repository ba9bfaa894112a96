"""Says at once, in the log and in the counters, that calls are refused or a limit is reached."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

import structlog

_log = structlog.get_logger(__name__)

QUIET = timedelta(minutes=1)
"""How long one limit of one key is not written to the log again: one line wakes people as well."""

_MOST = 1_000
"""Limits of keys that are remembered for this."""


def nobody(_word: str) -> None:
    """Count for nobody."""


class Alarms:
    """The operator's bell; it counts refusals by reason, full limits by name, and frozen keys."""

    def __init__(
        self,
        refused: Callable[[str], None] = nobody,
        reached: Callable[[str], None] = nobody,
        frozen: Callable[[], None] = lambda: None,
    ) -> None:
        self._refused, self._reached, self._frozen = refused, reached, frozen
        self._rung: dict[tuple[str, str], datetime] = {}
        self._lock = Lock()

    def refuse(self, leg: str, kind: str, reason: str, detail: str) -> None:
        """Say that a call, or a message (its id is `leg`), did not leave."""
        self._refused(reason)
        what = "message" if kind == "message" else "call"
        _log.warning(f"{what} refused", leg=leg, kind=kind, reason=reason, detail=detail)

    def reach(self, key: str, limit: str, at: datetime) -> None:
        """Say that a limit is reached: a key may be in wrong hands, or the limit too low."""
        self._reached(limit)
        with self._lock:
            if len(self._rung) > _MOST:
                self._rung.clear()
            rung = self._rung.get((key, limit))
            if rung is not None and at - rung < QUIET:
                return
            self._rung[key, limit] = at
        event = "a limit of outgoing calls is reached"
        if limit.startswith("messages"):
            event = "a limit of outgoing messages is reached"
        _log.error(event, api_key=key, limit=limit)

    def freeze(self, key: str, why: str) -> None:
        """Say that a key opens nothing any more until somebody has looked into it."""
        self._frozen()
        _log.error("an API key is frozen", api_key=key, why=why)
