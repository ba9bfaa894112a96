"""What the system itself writes to contacts, in the languages that we can say it in."""

_APOLOGIES = {
    "de": "Es tut uns leid, etwas ist schiefgegangen. Bitte schreiben Sie uns später noch einmal.",
    "en": "We are sorry, something went wrong. Please write to us again later.",
    "es": "Lo sentimos, se ha producido un error. Por favor, escríbanos más tarde.",
    "fr": "Nous sommes désolés, une erreur est survenue. Veuillez nous écrire plus tard.",
    "it": "Ci dispiace, si è verificato un errore. La preghiamo di scriverci più tardi.",
    "nl": "Het spijt ons, er is iets misgegaan. Schrijft u ons later nog eens.",
    "pt": "Pedimos desculpa, ocorreu um erro. Por favor, volte a escrever-nos mais tarde.",
}


def apology(language: str) -> str:
    """Give the written apology; in English where we have no other."""
    return _APOLOGIES.get(language.partition("-")[0].lower(), _APOLOGIES["en"])
