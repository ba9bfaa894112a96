"""Cuts what a mail program adds to an answer: the history below or between, and the signature.

Line by line, by fixed shapes of real mail programs, so that time grows with the length alone. What
is not surely an addition stays: better a line too many than an answer lost.
"""

from collections.abc import Sequence

from digital.email.phrases import (
    BEGINS,
    DATED,
    FROM,
    LINE,
    MOBILE,
    MORE,
    QUOTE,
    SEPARATOR,
    SIGNATURE,
    WRITES,
)

_JOINED = 4
"""Lines over which a mail program wraps the line that introduces a quotation."""

_LONGEST = 500
"""Characters of such a line."""

_AFTER_MOBILE = 2
"""Lines that may stand below what a telephone adds."""


def answer(text: str, *, replies: bool) -> str:
    """Give what was written now. Of a mail that answers nothing, something is always left."""
    lines = text.split("\n")
    kept = _without_mobile(_without_signature(_without_history(lines)))
    now = "\n".join(kept).strip()
    return now if now or replies else text.strip()


def _without_history(lines: Sequence[str]) -> list[str]:
    kept: list[str] = []
    at = 0
    while at < len(lines):
        if _cuts(lines, at):
            break
        after = _introduction(lines, at)
        if after:
            if not _quotes_follow(lines, after):
                break
            at = after
            continue
        if not QUOTE.match(lines[at]):
            kept.append(lines[at])
        at += 1
    return kept


def _cuts(lines: Sequence[str], at: int) -> bool:
    """Say whether everything from this line on is history: a separator, or a block of headers."""
    if SEPARATOR.match(lines[at]):
        return True
    if LINE.match(lines[at]):
        return any(FROM.match(line) for line in lines[at + 1 : at + 4])
    if not FROM.match(lines[at]):
        return False
    return sum(bool(MORE.match(line)) for line in lines[at + 1 : at + 9]) >= 2  # noqa: PLR2004  one could be a sentence


def _introduction(lines: Sequence[str], at: int) -> int:
    """Give the line after what introduces a quotation ("On … wrote:"), 0 where this is none."""
    joined = lines[at].strip()
    if not BEGINS.match(joined) and not DATED.search(joined):
        return 0
    for number in range(at, min(at + _JOINED, len(lines))):
        if number > at:
            joined = f"{joined} {lines[number].strip()}"
        if len(joined) > _LONGEST or not lines[number].strip():
            return 0
        if WRITES.search(joined) and DATED.search(joined):
            return number + 1 if number == at or BEGINS.match(joined) else 0
    return 0


def _quotes_follow(lines: Sequence[str], at: int) -> bool:
    return any(QUOTE.match(line) for line in lines[at : at + 3])


def _without_signature(lines: list[str]) -> list[str]:
    found = (at for at, line in enumerate(lines) if SIGNATURE.match(line))
    return lines[: next(found, len(lines))]


def _without_mobile(lines: list[str]) -> list[str]:
    """Cut what a telephone adds at the end; a sentence that begins so earlier stays."""
    written = [at for at, line in enumerate(lines) if line.strip()]
    for at in written[-1 - _AFTER_MOBILE :]:
        if MOBILE.match(lines[at]):
            return lines[:at]
    return lines
