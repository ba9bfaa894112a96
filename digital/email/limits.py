"""How much of a mail is read; what is larger is cut, and the raw mail is kept whole."""

from dataclasses import dataclass

HEADERS = 256 * 1024
"""Bytes of one part's headers."""

HEADER = 8 * 1024
"""Characters of one header's value: the libraries' parsers take the square of it."""

CONTENT = 2 * 1024
"""Characters of a header with parameters, which are read once for each parameter."""

PARTS = 500
"""Parts that are read; no mail program makes so many."""

DEPTH = 2_000
"""Levels of parts within parts."""

LOOKS = 50_000
"""Lines that begin like a boundary and are looked at."""

SCANNED = 512 * 1024 * 1024
"""Bytes looked at for boundaries: those of an honest mail some ten times."""

TEXT = 100_000
"""Characters of the text."""

HTML = 500_000
"""Characters of the HTML."""

SUBJECT = 500
"""Characters of the subject."""

HOPS = 100
"""Servers a mail went through; more is a loop (RFC 5321, section 6.3)."""

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What the operator lets in: bytes of a mail, files of it, and their bytes together."""

    size: int = 30 * MEGABYTE
    files: int = 20
    files_size: int = 25 * MEGABYTE
