"""Understands what people type for an e-mail address, a number or a date."""

import re
from datetime import date
from typing import Literal

from flow.language.patterns import matches_pattern
from flow.mailbox import mailbox

Wanted = Literal["email", "number", "date", "regex"]

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")
_ISO = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_SHORT = re.compile(r"([0-9]{1,2})\s?[-/.]\s?([0-9]{1,2})\s?[-/.]\s?([0-9]{4})")
_MONTH_FIRST = ("en-us", "en-ph", "en")


def understood(text: str, wanted: Wanted, pattern: str, language: str) -> str | None:
    """Give the answer that was typed, as it is kept; None when it is not what is wanted.

    Raises:
        StepError: the pattern is no regular expression.
    """
    plain = " ".join(text.split())
    match wanted:
        case "email":
            return _email(plain)
        case "number":
            return _number(plain.removeprefix("+"), language)
        case "date":
            return _date(plain, language)
        case "regex":
            return plain if matches_pattern(plain, pattern) else None


def _email(text: str) -> str | None:
    try:
        return mailbox(text).address
    except ValueError:
        return None


def _number(text: str, language: str) -> str | None:
    """Read 1234.5; a comma parts thousands in English, and decimals elsewhere."""
    english = language.lower().startswith("en")
    plain = _THOUSANDS.sub("", text) if english else text.replace(",", ".", 1)
    return plain if _NUMBER.fullmatch(plain) else None


def _date(text: str, language: str) -> str | None:
    """Read 2026-12-24 or 24.12.2026; where it is usual, 12/24/2026."""
    iso, short = _ISO.fullmatch(text), _SHORT.fullmatch(text)
    if iso:
        return _day(iso[1], iso[2], iso[3])
    if not short:
        return None
    day, month = short[1], short[2]
    if "/" in text and language.lower() in _MONTH_FIRST:
        day, month = month, day
    return _day(short[3], month, day)


def _day(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None
