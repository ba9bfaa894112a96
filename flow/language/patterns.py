"""Regular expressions of flow authors: RE2's syntax, linear time, compiled once."""

from functools import lru_cache
from typing import Any

import re2

from flow import limits
from flow.errors import StepError


def matches_pattern(text: str, pattern: str, *, exact: bool = True) -> bool:
    """Say whether a whole text is what the pattern describes; `exact` false ignores case.

    Raises:
        StepError: the pattern is no regular expression.
    """
    return compiled(pattern, exact).fullmatch(text[: limits.MATCHED_INPUT]) is not None


def found_by_pattern(text: str, pattern: str, *, exact: bool = True) -> bool:
    """Say whether the pattern is found anywhere in a text; `exact` false ignores case.

    Raises:
        StepError: the pattern is no regular expression.
    """
    return compiled(pattern, exact).search(text[: limits.MATCHED_INPUT]) is not None


def pattern_problem(pattern: str) -> str:
    """Say what is wrong with a pattern; empty when nothing is."""
    try:
        compiled(pattern, exact=True)
    except StepError as error:
        return str(error)
    return ""


@lru_cache(maxsize=1_000)
def compiled(pattern: str, exact: bool) -> Any:  # noqa: FBT001  a cache key is given by position
    """Compile a pattern by RE2.

    Raises:
        StepError: it is too long, no regular expression, or needs what RE2 leaves out.
    """
    if len(pattern) > limits.PATTERN_LENGTH:
        raise StepError(f"a pattern has at most {limits.PATTERN_LENGTH} characters")
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = exact
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else "malformed"
        shown = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason
        message = f"not a regular expression of RE2 (no look-around, no backreferences): {shown}"
        raise StepError(message) from None
