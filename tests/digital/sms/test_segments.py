"""Segments: 160 and 153 places in the GSM alphabet, 70 and 67 in any other."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digital.sms.segments import Count, count

GSM = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "\f^{}\\[~]|€"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Count("gsm", 0, 1)),
        ("a" * 160, Count("gsm", 160, 1)),
        ("a" * 161, Count("gsm", 161, 2)),
        ("a" * 306, Count("gsm", 306, 2)),
        ("a" * 307, Count("gsm", 307, 3)),
        ("a" * 1600, Count("gsm", 1600, 11)),
        ("€" * 80, Count("gsm", 160, 1)),
        ("€" * 81, Count("gsm", 162, 2)),
        ("ã" * 70, Count("ucs2", 70, 1)),
        ("ã" * 71, Count("ucs2", 71, 2)),
        ("ã" * 134, Count("ucs2", 134, 2)),
        ("ã" * 135, Count("ucs2", 135, 3)),
        ("a" * 159 + "😀", Count("ucs2", 161, 3)),
        ("😀" * 35, Count("ucs2", 70, 1)),
        ("😀" * 36, Count("ucs2", 72, 2)),
        ("\u00a0", Count("ucs2", 1, 1)),
        ("ç", Count("ucs2", 1, 1)),
        ("`", Count("ucs2", 1, 1)),
    ],
)
def test_the_published_sizes(text: str, expected: Count) -> None:
    assert count(text) == expected


def test_the_alphabet_is_complete() -> None:
    assert len(set(GSM)) == 127  # 128 places, one of which is the escape
    assert {count(ch) for ch in GSM} == {Count("gsm", 1, 1)}
    assert {count(ch) for ch in EXTENSION} == {Count("gsm", 2, 1)}


def test_an_extension_character_does_not_stand_across_two_messages() -> None:
    assert count("a" * 152 + "€" + "a" * 152).segments == 3
    assert count("a" * 151 + "€" + "a" * 153).segments == 2


def test_a_surrogate_pair_does_not_stand_across_two_messages() -> None:
    assert count("😀" * 67).segments == 3  # 33 of them in 67 places


@settings(deadline=None)
@given(st.text(st.sampled_from(GSM + EXTENSION), max_size=700))
def test_gsm_texts_are_counted_within_their_bounds(text: str) -> None:
    found = count(text)
    assert found.alphabet == "gsm"
    assert found.units == len(text) + sum(ch in EXTENSION for ch in text)
    assert (found.segments == 1) == (found.units <= 160)
    if found.segments > 1:
        assert 152 * (found.segments - 1) < found.units <= 153 * found.segments


@settings(deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_counted_and_more_of_it_never_takes_less(text: str) -> None:
    found = count(text)
    if found.alphabet == "ucs2":
        assert found.units == len(text.encode("utf-16-le", "surrogatepass")) // 2
    assert found.segments >= 1
    assert count(text + "a").segments >= found.segments
