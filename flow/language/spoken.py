"""Understands the small words of a spoken answer: numbers from nought to ten, yes and no.

Words are compared as `flow.language.phrases` does: without case, accents and punctuation. Digits
are understood in every language; a language without words of its own here is heard as English.
"""

from collections.abc import Mapping

from flow.language.phrases import matches, plain_words

_NUMBERS: Mapping[str, str] = {
    "en": "zero one two three four five six seven eight nine ten",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun zehn",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve diez",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf dix",
    "it": "zero uno due tre quattro cinque sei sette otto nove dieci",
    "nl": "nul een twee drie vier vijf zes zeven acht negen tien",
    "pt": "zero um dois três quatro cinco seis sete oito nove dez",
}

_YES: Mapping[str, tuple[str, ...]] = {
    "en": ("yes", "yeah", "yep", "yup", "sure", "correct", "of course"),
    "de": ("ja", "jawohl", "richtig", "genau"),
    "es": ("sí", "claro", "correcto"),
    "fr": ("oui", "ouais", "d'accord"),
    "it": ("sì", "certo", "esatto"),
    "nl": ("ja", "zeker", "klopt"),
    "pt": ("sim", "claro", "certo"),
}

_NO: Mapping[str, tuple[str, ...]] = {
    "en": ("no", "nope", "nah", "not", "never"),
    "de": ("nein", "nicht", "nee"),
    "es": ("no", "nunca"),
    "fr": ("non", "pas"),
    "it": ("no", "non"),
    "nl": ("nee", "niet"),
    "pt": ("não", "nunca"),
}

_OUT_OF: Mapping[str, tuple[str, ...]] = {
    "en": ("out of", "of"),
    "de": ("von",),
    "es": ("de", "sobre"),
    "fr": ("sur",),
    "it": ("su",),
    "nl": ("van de", "van"),
    "pt": ("em", "de"),
}


def _known(language: str) -> str:
    primary = language.split("-", maxsplit=1)[0].lower()
    return primary if primary in _NUMBERS else "en"


def spoken_number(said: str, language: str) -> int | None:
    """Find the one number in what was said; None for no number, or for several.

    "nine out of ten" is nine.
    """
    known = _known(language)
    words = plain_words(said)
    for phrase in _OUT_OF[known]:
        words = f" {words} ".split(f" {phrase} ", maxsplit=1)[0].strip() or words
    values = {plain_words(word): n for n, word in enumerate(_NUMBERS[known].split())}
    numbers = {values[word] for word in words.split() if word in values}
    numbers |= {int(word) for word in words.split() if word.isascii() and word.isdigit()}
    return numbers.pop() if len(numbers) == 1 else None


def yes_word(language: str) -> str:
    """Give the word for yes."""
    return _YES[_known(language)][0]


def no_word(language: str) -> str:
    """Give the word for no."""
    return _NO[_known(language)][0]


def yes_or_no(said: str, language: str) -> str | None:
    """Say whether "yes" or "no" was said; None when neither was, or both."""
    known = _known(language)
    yes, no = matches(said, _YES[known]), matches(said, _NO[known])
    if yes == no:
        return None
    return "yes" if yes else "no"
