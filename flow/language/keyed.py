"""Checks what was keyed in on a telephone: card and account numbers, dates."""

from datetime import date
from typing import Literal

DateFormat = Literal["YYYYMMDD", "DDMMYYYY", "MMDDYYYY", "MMYY"]

_PLACES = {
    "YYYYMMDD": (slice(0, 4), slice(4, 6), slice(6, 8)),
    "DDMMYYYY": (slice(4, 8), slice(2, 4), slice(0, 2)),
    "MMDDYYYY": (slice(4, 8), slice(0, 2), slice(2, 4)),
}


def passes_luhn(digits: str) -> bool:
    """Say whether the last digit is right for those before it (ISO/IEC 7812-1, annex B)."""
    if not is_number(digits):
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * 2 if place % 2 else int(digit)
        total += doubled - 9 if doubled > 9 else doubled  # noqa: PLR2004 the digits' sum of 10 to 18
    return total % 10 == 0


def is_date(digits: str, form: DateFormat) -> bool:
    """Say whether the digits are a day of the calendar, or a month for `MMYY`."""
    if not is_number(digits) or len(digits) != len(form):
        return False
    year, month, day = "2000", digits[:2], "1"
    if form != "MMYY":
        year, month, day = (digits[place] for place in _PLACES[form])
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def is_number(digits: str) -> bool:
    """Say whether these are digits 0 to 9 only, at least one."""
    return digits.isascii() and digits.isdigit()
