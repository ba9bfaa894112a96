"""Passes on what the job library reports, without what our jobs were about."""

import logging

import structlog

_log = structlog.get_logger("jobs.library")

_NAME = "linewalk"

_SAID_BY_US = "DBOS failed to launch"
"""The worker ends with a line of its own then."""


class _FirstLines(logging.Handler):
    """Logs the first line only: SQL and the values of a failed statement stand below it."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one of the library's messages as an event of ours."""
        if record.getMessage().startswith(_SAID_BY_US):
            return
        text = record.getMessage().split("\n", 1)[0].split("[SQL", 1)[0].strip()
        error = record.exc_info[0] if record.exc_info else None
        level = "error" if record.levelno >= logging.ERROR else "warning"
        extra = {"error": error.__name__} if error else {}
        getattr(_log, level)("job library", text=text, **extra)


def take_over_logs() -> None:
    """Put our handler where the library's own would be; the second time changes nothing."""
    library = logging.getLogger("dbos")
    if any(handler.name == _NAME for handler in library.handlers):
        return
    handler = _FirstLines(level=logging.WARNING)
    handler.name = _NAME
    library.handlers[:] = [handler]
    library.setLevel(logging.WARNING)
    library.propagate = False
