"""Sets up the log: one JSON line an event on standard error, without anything personal.

Messages hold ids, counts and words of ours. Telephone numbers are masked here, as a second wall
behind the rule that nobody logs them.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_NUMBER = re.compile(r"\+?\d{7,15}(?!\d)")
_FREE = frozenset(
    {"timestamp", "execution", "call", "leg", "recording", "effect", "executor", "api_key"}
)
"""Fields with ids of ours or the carrier's, in which digits are no telephone number."""


def mask_numbers(
    logger: Any, name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Replace what looks like a telephone number by its first and last digits."""
    del logger, name
    for field, value in event.items():
        if field not in _FREE and isinstance(value, str):
            event[field] = _NUMBER.sub(_masked, value)
    return event


def _masked(found: re.Match[str]) -> str:
    number = found[0]
    return f"{number[:3]}{'*' * (len(number) - 6)}{number[-3:]}"


def set_up_logs(level: str = "INFO") -> None:
    """Send structlog's events, and other libraries' warnings, to standard error."""
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            mask_numbers,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        # Standard error as it is at each line, not as it was when the process was set up.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s: %(message)s")
