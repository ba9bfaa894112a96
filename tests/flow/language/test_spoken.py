"""Numbers, yes and no, and options as they are spoken."""

import pytest

from flow.language.phrases import choose
from flow.language.spoken import spoken_number, yes_or_no

_TEN = {
    "en-US": "zero one two three four five six seven eight nine ten",
    "de-DE": "null eins zwei drei vier fünf sechs sieben acht neun zehn",
    "es-ES": "cero uno dos tres cuatro cinco seis siete ocho nueve diez",
    "fr-FR": "zéro un deux trois quatre cinq six sept huit neuf dix",
    "it-IT": "zero uno due tre quattro cinque sei sette otto nove dieci",
    "nl-NL": "nul een twee drie vier vijf zes zeven acht negen tien",
    "pt-PT": "zero um dois três quatro cinco seis sete oito nove dez",
}


@pytest.mark.parametrize("language", _TEN)
def test_numbers_of_a_language(language: str) -> None:
    words = _TEN[language].split()
    assert [spoken_number(word.upper(), language) for word in words] == list(range(11))


@pytest.mark.parametrize(
    ("said", "language", "number"),
    [
        ("9", "en-US", 9),
        ("A 10!", "en-US", 10),
        ("seven out of ten", "en-US", 7),
        ("7 of 10", "en-US", 7),
        ("neun von zehn", "de-DE", 9),
        ("huit sur dix", "fr-FR", 8),
        ("nueve de diez", "es-ES", 9),
        ("five, yes five", "en-US", 5),
        ("three or four", "en-US", None),
        ("ninety", "en-US", None),
        ("often", "en-US", None),
        ("", "en-US", None),
        ("of", "en-US", None),
        ("one", "xx", 1),
        ("²", "en-US", 2),
        ("٣", "en-US", None),
    ],
)
def test_the_number_in_what_was_said(said: str, language: str, number: int | None) -> None:
    assert spoken_number(said, language) == number


@pytest.mark.parametrize(
    ("said", "language", "answer"),
    [
        ("Yes, please.", "en-US", "yes"),
        ("nope", "en-GB", "no"),
        ("Sí", "es-ES", "yes"),
        ("si", "es-ES", "yes"),
        ("NÃO", "pt-PT", "no"),
        ("jawohl", "de-DE", "yes"),
        ("non merci", "fr-FR", "no"),
        ("yes and no", "en-US", None),
        ("maybe", "en-US", None),
        ("", "en-US", None),
        ("know", "en-US", None),
        ("yes", "sv-SE", "yes"),
    ],
)
def test_yes_and_no(said: str, language: str, answer: str | None) -> None:
    assert yes_or_no(said, language) == answer


@pytest.mark.parametrize(
    ("said", "index"),
    [("sales", 0), ("No sales!", 1), ("my sales please", 0), ("other", None), ("", None)],
)
def test_the_option_said_whole_goes_first(said: str, index: int | None) -> None:
    assert choose(said, [["sales"], ["no sales", ""]]) == index
