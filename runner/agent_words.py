"""What agents are told on the telephone, in their own language.

The languages are those of the apology to callers (`ivr.twiml.languages`); who has another one is
spoken to in English. What a flow says to agents (`whisper`) is the flow's own.
"""

from collections.abc import Mapping
from typing import Any

from desk.agents import Agent
from flow.instructions import Say

ENGLISH = "en-US"

UNREACHED = frozenset(
    {"busy", "no_answer", "failed", "invalid_number", "refused", "machine", "too_late"}
)
"""Why a call of an agent's did not come about: each is told."""

_TEXTS: Mapping[str, Mapping[str, str]] = {
    "busy": {
        "en": "The number is busy.",
        "de": "Der Anschluss ist besetzt.",
        "es": "El número está ocupado.",
        "fr": "Le numéro est occupé.",
        "it": "Il numero è occupato.",
        "nl": "Het nummer is in gesprek.",
        "pt": "O número está ocupado.",
    },
    "no_answer": {
        "en": "Nobody answers.",
        "de": "Es meldet sich niemand.",
        "es": "Nadie contesta.",
        "fr": "Personne ne répond.",
        "it": "Nessuno risponde.",
        "nl": "Er wordt niet opgenomen.",
        "pt": "Ninguém atende.",
    },
    "failed": {
        "en": "The call could not be placed.",
        "de": "Der Anruf ist nicht zustande gekommen.",
        "es": "No se ha podido realizar la llamada.",
        "fr": "L'appel n'a pas pu être passé.",
        "it": "Non è stato possibile effettuare la chiamata.",
        "nl": "Het gesprek kon niet tot stand worden gebracht.",
        "pt": "Não foi possível efetuar a chamada.",
    },
    "invalid_number": {
        "en": "There is no such number.",
        "de": "Diese Rufnummer gibt es nicht.",
        "es": "Ese número no existe.",
        "fr": "Ce numéro n'existe pas.",
        "it": "Questo numero non esiste.",
        "nl": "Dit nummer bestaat niet.",
        "pt": "Esse número não existe.",
    },
    "refused": {
        "en": "This number may not be called.",
        "de": "Diese Rufnummer darf nicht angerufen werden.",
        "es": "No está permitido llamar a este número.",
        "fr": "Ce numéro ne peut pas être appelé.",
        "it": "Non è consentito chiamare questo numero.",
        "nl": "Dit nummer mag niet worden gebeld.",
        "pt": "Não é permitido ligar para este número.",
    },
    "machine": {
        "en": "An answering machine has answered.",
        "de": "Ein Anrufbeantworter hat sich gemeldet.",
        "es": "Ha contestado un contestador automático.",
        "fr": "Un répondeur a décroché.",
        "it": "Ha risposto una segreteria telefonica.",
        "nl": "Een antwoordapparaat heeft opgenomen.",
        "pt": "Atendeu um atendedor de chamadas.",
    },
    "too_late": {
        "en": "It is too late to call now.",
        "de": "Für diesen Anruf ist es jetzt zu spät.",
        "es": "Ya es demasiado tarde para llamar.",
        "fr": "Il est trop tard pour appeler maintenant.",
        "it": "Ora è troppo tardi per chiamare.",
        "nl": "Het is nu te laat om te bellen.",
        "pt": "Agora é demasiado tarde para ligar.",
    },
    "taken": {
        "en": "A colleague has taken this call.",
        "de": "Jemand anderes hat diesen Anruf angenommen.",
        "es": "Otra persona ha atendido esta llamada.",
        "fr": "Une autre personne a pris cet appel.",
        "it": "Un'altra persona ha preso questa chiamata.",
        "nl": "Een collega heeft dit gesprek aangenomen.",
        "pt": "Outra pessoa atendeu esta chamada.",
    },
    "gone": {
        "en": "The caller has hung up.",
        "de": "Der Anruf wurde beendet.",
        "es": "La persona que llamaba ha colgado.",
        "fr": "La personne qui appelait a raccroché.",
        "it": "Chi chiamava ha riagganciato.",
        "nl": "De beller heeft opgehangen.",
        "pt": "Quem ligava desligou.",
    },
    "over": {
        "en": "This call is no longer offered to you.",
        "de": "Dieser Anruf wird Ihnen nicht mehr angeboten.",
        "es": "Esta llamada ya no está disponible para usted.",
        "fr": "Cet appel ne vous est plus proposé.",
        "it": "Questa chiamata non le viene più offerta.",
        "nl": "Dit gesprek wordt u niet meer aangeboden.",
        "pt": "Esta chamada já não está disponível para si.",
    },
    "calling": {
        "en": "We are calling. Please hold.",
        "de": "Wir rufen an. Bitte bleiben Sie dran.",
        "es": "Estamos llamando. Espere, por favor.",
        "fr": "Nous appelons. Veuillez patienter.",
        "it": "Stiamo chiamando. Attenda, per favore.",
        "nl": "We bellen. Een ogenblik geduld.",
        "pt": "Estamos a ligar. Aguarde, por favor.",
    },
    "press": {
        "en": "Press {key} to take it.",
        "de": "Drücken Sie die {key}, um ihn anzunehmen.",
        "es": "Pulse {key} para atenderla.",
        "fr": "Appuyez sur {key} pour le prendre.",
        "it": "Prema {key} per rispondere.",
        "nl": "Druk op {key} om het aan te nemen.",
        "pt": "Prima {key} para atender.",
    },
    "call": {
        "en": "A call for {queue}.",
        "de": "Ein Anruf für {queue}.",
        "es": "Una llamada para {queue}.",
        "fr": "Un appel pour {queue}.",
        "it": "Una chiamata per {queue}.",
        "nl": "Een gesprek voor {queue}.",
        "pt": "Uma chamada para {queue}.",
    },
    "call_from": {
        "en": "A call from {name} for {queue}.",
        "de": "Ein Anruf von {name} für {queue}.",
        "es": "Una llamada de {name} para {queue}.",
        "fr": "Un appel de {name} pour {queue}.",
        "it": "Una chiamata da {name} per {queue}.",
        "nl": "Een gesprek van {name} voor {queue}.",
        "pt": "Uma chamada de {name} para {queue}.",
    },
    "callback": {
        "en": "A callback for {queue}.",
        "de": "Ein Rückruf für {queue}.",
        "es": "Una devolución de llamada para {queue}.",
        "fr": "Un rappel pour {queue}.",
        "it": "Una richiamata per {queue}.",
        "nl": "Een terugbelverzoek voor {queue}.",
        "pt": "Uma chamada de retorno para {queue}.",
    },
    "callback_from": {
        "en": "A callback from {name} for {queue}.",
        "de": "Ein Rückruf von {name} für {queue}.",
        "es": "Una devolución de llamada de {name} para {queue}.",
        "fr": "Un rappel de {name} pour {queue}.",
        "it": "Una richiamata da {name} per {queue}.",
        "nl": "Een terugbelverzoek van {name} voor {queue}.",
        "pt": "Uma chamada de retorno de {name} para {queue}.",
    },
    "transfer_from": {
        "en": "A call from {name}.",
        "de": "Ein Anruf von {name}.",
        "es": "Una llamada de {name}.",
        "fr": "Un appel de {name}.",
        "it": "Una chiamata da {name}.",
        "nl": "Een gesprek van {name}.",
        "pt": "Uma chamada de {name}.",
    },
    "transfer": {
        "en": "A call from a colleague.",
        "de": "Ein Anruf aus dem Kollegenkreis.",
        "es": "Una llamada interna.",
        "fr": "Un appel d'un collègue.",
        "it": "Una chiamata interna.",
        "nl": "Een gesprek van een collega.",
        "pt": "Uma chamada interna.",
    },
    "supervise": {
        "en": "You are asked to supervise a call.",
        "de": "Sie werden gebeten, ein Gespräch zu begleiten.",
        "es": "Se le pide que supervise una llamada.",
        "fr": "On vous demande de superviser un appel.",
        "it": "Le viene chiesto di supervisionare una chiamata.",
        "nl": "U wordt gevraagd een gesprek te begeleiden.",
        "pt": "Pedem-lhe que supervisione uma chamada.",
    },
}

LANGUAGES = frozenset(_TEXTS["busy"])
"""The languages that agents can be spoken to in."""


def say(word: str, language: str = "", **names: str) -> Say:
    """Say one of the texts in a language as `de` or `de-AT`; else, and for none, in English."""
    base = language.partition("-")[0].lower()
    if base not in LANGUAGES:
        base, language = "en", ENGLISH
    return Say(_TEXTS[word][base].format(**names), language)


def whose(data: Mapping[str, Any], language: str) -> Say:
    """Say whose call an agent is offered, by its ticket's data: the flow's words before ours."""
    if data.get("greeting"):
        return Say(str(data["greeting"]), str(data.get("language") or ENGLISH))
    kind = str(data.get("kind"))
    word = kind if kind in {"callback", "transfer"} else "call"
    name = str(data.get("by" if word == "transfer" else "name") or "")
    return say(f"{word}_from" if name else word, language, name=name, queue=str(data["queue"]))


def spoken_by(agent: Agent | None, data: Mapping[str, Any] | None = None) -> str:
    """Give the language an agent is spoken to in: the agent's own, else that of the flow."""
    own = agent.language if agent else ""
    return own or str((data or {}).get("language") or "")
