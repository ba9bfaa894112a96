"""Languages as carriers want them, and the apology in those that we can say it in."""

import re

_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")

_REGIONS = {
    "da": "da-DK", "de": "de-DE", "en": "en-US", "es": "es-ES", "fi": "fi-FI", "fr": "fr-FR",
    "it": "it-IT", "ja": "ja-JP", "ko": "ko-KR", "nb": "nb-NO", "nl": "nl-NL", "pl": "pl-PL",
    "pt": "pt-PT", "ru": "ru-RU", "sv": "sv-SE", "tr": "tr-TR", "uk": "uk-UA", "zh": "zh-CN",
}  # fmt: skip

_APOLOGIES = {
    "de": "Es tut uns leid, ein Fehler ist aufgetreten. Bitte rufen Sie später noch einmal an.",
    "en": "We are sorry, something went wrong. Please call again later.",
    "es": "Lo sentimos, se ha producido un error. Por favor, llame más tarde.",
    "fr": "Nous sommes désolés, une erreur est survenue. Veuillez rappeler plus tard.",
    "it": "Ci dispiace, si è verificato un errore. La preghiamo di richiamare più tardi.",
    "nl": "Het spijt ons, er is iets misgegaan. Probeert u het later nog eens.",
    "pt": "Pedimos desculpa, ocorreu um erro. Por favor, volte a ligar mais tarde.",
}


def locale(language: str) -> str | None:
    """Complete a language to language and region; None for what is no language tag (BCP 47)."""
    if not _TAG.fullmatch(language):
        return None
    return _REGIONS.get(language.lower(), language)


def apology(language: str) -> tuple[str, str]:
    """Give the apology and the language it is in: English where we have no other."""
    base = language.partition("-")[0].lower()
    if base in _APOLOGIES:
        return _APOLOGIES[base], locale(language) or _REGIONS[base]
    return _APOLOGIES["en"], _REGIONS["en"]
