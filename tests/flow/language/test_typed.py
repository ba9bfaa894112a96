"""What people type for an address, a number, a date."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.language.typed import Wanted, understood


@pytest.mark.parametrize(
    ("wanted", "language", "text", "kept"),
    [
        ("email", "en-US", " ann@example.com\n", "ann@example.com"),
        ("email", "en-US", "Ann <ann@example.com>", "ann@example.com"),
        ("email", "en-US", "ann@example.com, bob@example.com", None),
        ("email", "en-US", "ann at example.com", None),
        ("number", "en-US", "1,250,000.5", "1250000.5"),
        ("number", "en-US", "+7", "7"),
        ("number", "en-US", "-0.5", "-0.5"),
        ("number", "en-US", "1,5", None),
        ("number", "pt-PT", "1,5", "1.5"),
        ("number", "pt-PT", "1.5", "1.5"),
        ("number", "pt-PT", "1,5,6", None),
        ("number", "en-US", "seven", None),
        ("number", "en-US", "١٢", None),
        ("date", "en-US", "2026-12-24", "2026-12-24"),
        ("date", "en-US", "2026/2/1", "2026-02-01"),
        ("date", "en-US", "12/24/2026", "2026-12-24"),
        ("date", "en-US", "24.12.2026", "2026-12-24"),
        ("date", "en-GB", "24/12/2026", "2026-12-24"),
        ("date", "de-DE", "24. 12. 2026", "2026-12-24"),
        ("date", "en-US", "24/12/2026", None),
        ("date", "en-US", "0000-01-01", None),
        ("date", "en-US", "24.12.26", None),
        ("date", "en-US", "tomorrow", None),
        ("regex", "en-US", " AB12 ", "AB12"),
        ("regex", "en-US", "ab12", None),
    ],
)
def test_an_answer_is_understood_or_not(
    wanted: Wanted, language: str, text: str, kept: str | None
) -> None:
    assert understood(text, wanted, "[A-Z]+[0-9]+", language) == kept


@given(st.text(), st.sampled_from(["email", "number", "date"]), st.sampled_from(["en-US", "de"]))
def test_no_text_is_too_strange(text: str, wanted: Wanted, language: str) -> None:
    kept = understood(text, wanted, "", language)
    assert kept is None or understood(kept, wanted, "", "en-US") == kept


@given(st.dates())
def test_every_day_is_read_back(day: date) -> None:
    assert understood(f"{day.day}.{day.month}.{day.year:04}", "date", "", "de-DE") == str(day)
