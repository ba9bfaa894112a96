"""Write down what went wrong in a webhook, without a word of what the caller said or pressed."""

import traceback

import structlog

_log = structlog.get_logger("ivr")


def note(where: str, problem: Exception) -> None:
    """Log the kind of an error and the line it came from; its text may be personal and is not."""
    frames = traceback.extract_tb(problem.__traceback__)
    line = f"{frames[-1].name}:{frames[-1].lineno}" if frames else ""
    _log.error("a webhook failed", where=where, error=type(problem).__name__, at=line)
