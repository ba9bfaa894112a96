"""Says when a contact wants no more messages, wants them again, or asks who writes.

Only a whole message counts; case, accents, spaces and punctuation do not. The English words are
those the carrier acts on itself (its page "Support for opt-out keywords"), with those of others.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Wish = Literal["stop", "start", "help"]

_LONGEST = 40
"""Characters of a message that can be one of these words, with what stands round it."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language. Those of `yes` count only from a contact who has opted out."""

    stop: frozenset[str] = frozenset()
    start: frozenset[str] = frozenset()
    help: frozenset[str] = frozenset()
    yes: frozenset[str] = frozenset()

    def __or__(self, other: "Words") -> "Words":
        """Put the words of two together."""
        return Words(
            self.stop | other.stop,
            self.start | other.start,
            self.help | other.help,
            self.yes | other.yes,
        )


def _key(text: str) -> str:
    """Reduce a text to its letters and digits, without case and accents."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(ch for ch in apart if ch.isalnum()).casefold()


def words(
    stop: Iterable[str] = (),
    start: Iterable[str] = (),
    help: Iterable[str] = (),  # noqa: A002  it is one of the three wishes
    yes: Iterable[str] = (),
) -> Words:
    """Make the words of what an operator writes; what has no letter is left out."""
    given = (stop, start, help, yes)
    return Words(*(frozenset(map(_key, some)) - {""} for some in given))


_STOP = (
    *("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"),
    *("ARRET", "REMOVE", "TD"),
)

ALWAYS = words(
    stop=_STOP,
    start=["START", "UNSTOP"],
    help=["HELP", "INFO"],
    yes=["YES"],
)
"""What is understood whatever language a flow speaks; `_key` makes OPT-OUT and OPTOUT one."""

_CARRIERS = frozenset(
    {
        *("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"),
        *("START", "YES", "UNSTOP", "HELP", "INFO"),
    }
)

BY_LANGUAGE: Mapping[str, Words] = {
    "de": words(["STOPP", "ABMELDEN", "ABBESTELLEN"], ["ANMELDEN"], ["HILFE"], ["JA"]),
    "es": words(["ALTO", "BAJA", "PARAR", "CANCELAR"], ["ALTA", "INICIAR"], ["AYUDA"], ["SÍ"]),
    "fr": words(["DÉSABONNER", "DÉSINSCRIRE"], ["DÉBUT", "RÉABONNER"], ["AIDE"], ["OUI"]),
    "it": words(["FERMA", "ANNULLA", "DISISCRIVI"], ["INIZIA"], ["AIUTO"], ["SÌ"]),
    "nl": words(["AFMELDEN", "UITSCHRIJVEN"], ["AANMELDEN"], ["HULP"], ["JA"]),
    "pt": words(["PARAR", "SAIR", "CANCELAR", "REMOVER"], ["INICIAR"], ["AJUDA"], ["SIM"]),
}
"""What is understood besides, in flows of that language."""


_PLAIN = frozenset({"stop", "stopall", "unsubscribe", "optout"})
"""What means nothing else, even on a button that a flow has shown."""


def wish_of(
    text: str,
    language: str = "",
    more: Words | None = None,
    *,
    out: bool,
    pressed: bool = False,
) -> Wish | None:
    """Name what a message asks for; None when it is a message like any other.

    `language` is the flow's (`pt-BR`), `more` are the operator's own words. `out`: the contact has
    opted out, so that a plain yes takes it back. `pressed`: it is the label of a button, which may
    well be "Cancel" and mean an appointment.
    """
    text = text.strip()
    if pressed:
        return "stop" if _key(text) in _PLAIN else None
    if len(text) > _LONGEST:
        return None
    key = _key(text)
    spoken = ALWAYS | BY_LANGUAGE.get(_tongue(language), Words()) | (more or Words())
    if key in spoken.stop:
        return "stop"
    if key in spoken.start or (out and key in spoken.yes):
        return "start"
    return "help" if key in spoken.help else None


def is_carriers(text: str) -> bool:
    """Say whether a message is a word that the carrier answers itself where nobody told it not to.

    Its rule is narrower than ours: the word alone. What it may not know is confirmed by us.
    """
    return text.strip().upper() in _CARRIERS


def _tongue(language: str) -> str:
    return language.partition("-")[0].lower()


_CONFIRMATIONS: Mapping[str, Mapping[Wish, str]] = {
    "de": {
        "stop": "Sie bekommen keine Nachrichten mehr von uns. Antworten Sie START, um sie wieder "
        "zu bekommen.",
        "start": "Sie bekommen wieder Nachrichten von uns. Antworten Sie STOP, um keine mehr zu "
        "bekommen.",
        "help": "Antworten Sie STOP, um keine Nachrichten mehr zu bekommen, START, um sie wieder "
        "zu bekommen.",
    },
    "en": {
        "stop": "You will get no more messages from us. Reply START to get them again.",
        "start": "You will get messages from us again. Reply STOP to get no more.",
        "help": "Reply STOP to get no more messages, START to get them again.",
    },
    "es": {
        "stop": "Ya no recibirá más mensajes nuestros. Responda START para volver a recibirlos.",
        "start": "Volverá a recibir mensajes nuestros. Responda STOP para no recibir más.",
        "help": "Responda STOP para no recibir más mensajes, START para volver a recibirlos.",
    },
    "fr": {
        "stop": "Vous ne recevrez plus de messages de notre part. Répondez START pour en recevoir "
        "à nouveau.",
        "start": "Vous recevrez à nouveau nos messages. Répondez STOP pour ne plus en recevoir.",
        "help": "Répondez STOP pour ne plus recevoir de messages, START pour en recevoir à "
        "nouveau.",
    },
    "it": {
        "stop": "Non riceverà più messaggi da noi. Risponda START per riceverli di nuovo.",
        "start": "Riceverà di nuovo i nostri messaggi. Risponda STOP per non riceverne più.",
        "help": "Risponda STOP per non ricevere più messaggi, START per riceverli di nuovo.",
    },
    "nl": {
        "stop": "U ontvangt geen berichten meer van ons. Antwoord START om ze weer te ontvangen.",
        "start": "U ontvangt weer berichten van ons. Antwoord STOP om er geen meer te ontvangen.",
        "help": "Antwoord STOP om geen berichten meer te ontvangen, START om ze weer te ontvangen.",
    },
    "pt": {
        "stop": "Não receberá mais mensagens nossas. Responda START para voltar a recebê-las.",
        "start": "Voltará a receber mensagens nossas. Responda STOP para não receber mais.",
        "help": "Responda STOP para não receber mais mensagens, START para voltar a recebê-las.",
    },
}


def confirmation(wish: Wish, language: str = "", name: str = "") -> str:
    """Write the one message that answers a wish, in the flow's language; `name` is who writes."""
    texts = _CONFIRMATIONS.get(_tongue(language), _CONFIRMATIONS["en"])
    return f"{name}: {texts[wish]}" if name else texts[wish]
