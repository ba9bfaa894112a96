"""Makes text of bytes, whatever they are said to be: what is wrong is replaced, nothing raises."""

import codecs
import re

_UNFIT = frozenset(
    {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
)
"""Python's codecs that are no charset of mails; some take the square of the length."""

_LATIN = frozenset({"iso8859-1", "ascii"})

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def decoded(data: bytes, charset: str = "") -> str:
    """Decode bytes: as they are said to be, else as UTF-8, else as Windows-1252."""
    for name in _candidates(charset):
        try:
            return data.decode(name)
        except (UnicodeError, ValueError):
            continue
    return data.decode("cp1252", "replace")


def plain(text: str) -> str:
    """Give text whose lines end in a line feed, without control and half characters."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """Give text as one line without anything that is not to be seen."""
    return " ".join(plain(text).split())


def _candidates(charset: str) -> list[str]:
    name = _known(charset)
    # What says ASCII or Latin 1 is Windows-1252 (WHATWG, "Encoding"), or undeclared UTF-8.
    return ["utf-8"] if name in _LATIN | {"utf-8", ""} else [name, "utf-8"]


def _known(charset: str) -> str:
    try:
        name = codecs.lookup(charset.strip().strip("\"'")).name
        "x".encode(name)  # what makes no bytes of text, such as rot13, is no charset
    except (LookupError, ValueError, TypeError):
        return ""
    return "" if name.replace("-", "_") in _UNFIT else name
