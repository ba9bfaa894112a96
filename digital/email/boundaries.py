"""Finds where the parts of a mail begin and end, and their headers, within a budget."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from digital.email.headers import read
from digital.email.limits import DEPTH, HEADERS, LOOKS, PARTS, SCANNED

_A_HEADER = re.compile(rb"(?:From |[!-9;-~]{1,200}[ \t]{0,5}:)")


@dataclass(slots=True)
class Budget:
    """How much may still be looked at; `number` counts the alternatives."""

    scanned: int = SCANNED
    looks: int = LOOKS
    parts: int = PARTS + DEPTH
    number: int = 0


def between(
    raw: bytes, within: tuple[int, int], line: bytes, budget: Budget
) -> Iterator[tuple[int, int]]:
    """Give where the parts between the lines of a boundary begin and end."""
    begun, (start, end) = -1, within
    found = start if raw.startswith(line, start, end) else -1
    if found < 0:
        found = raw.find(b"\n" + line, max(start - 1, 0), end) + 1 or -1
    while found >= 0 and budget.looks > 0 and budget.parts > 0:
        budget.looks -= 1
        until = raw.find(b"\n", found, min(end, found + len(line) + 1000))
        until = until if until >= 0 else end
        rest = raw[found + len(line) : until].strip()
        if rest in (b"", b"--"):
            if begun >= 0:
                budget.parts -= 1
                yield begun, _before_break(raw, begun, found)
            begun = until + 1 if not rest and until < end else -1
            if rest:
                return
        found = raw.find(b"\n" + line, found, end) + 1 or -1
    if begun >= 0:
        yield begun, end


def _before_break(raw: bytes, start: int, at: int) -> int:
    """Give where a part ends whose boundary begins at `at`: the break before is the boundary's."""
    for size in (2, 1):
        if raw[at - size : at] in (b"\r\n", b"\n"):
            return max(start, at - size)
    return at


def headed(raw: bytes, start: int, end: int) -> tuple[Message, int]:
    """Read the headers at `start`, and give where the body begins."""
    until = min(end, start + HEADERS)
    if not _A_HEADER.match(raw, start, until):
        return read(b""), _behind_blank(raw, start, until)
    ends = [
        (at, at + len(blank))
        for blank in (b"\n\r\n", b"\n\n")
        if (at := raw.find(blank, start, until)) >= 0
    ]
    at, body = min(ends, default=(until, until))
    return read(raw[start:at]), body


def _behind_blank(raw: bytes, start: int, end: int) -> int:
    """Give where a body begins that no header comes before: behind an empty line, if any."""
    for blank in (b"\r\n", b"\n"):
        if raw.startswith(blank, start, end):
            return start + len(blank)
    return start
