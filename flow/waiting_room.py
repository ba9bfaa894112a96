"""What a caller in the waiting room hears: messages in their time, the place in line, music."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from flow.component import Place
from flow.context import Context
from flow.instructions import Collect, Heard, Instruction, Music, Spoken
from flow.language.durations import Duration
from flow.message import Item, Message

ANNOUNCED = 60.0
"""Seconds between two announcements of the place or the wait."""

LONGEST, SHORTEST = 30, 3
"""Seconds of music between two looks: a key or a message waits for no more than the most."""

_LOST = Item(
    text={
        "en": "The connection to the agent was lost. Please hold, you are the next in line.",
        "de": "Die Verbindung wurde unterbrochen. Bitte bleiben Sie dran, Sie kommen als Nächstes.",
        "fr": "La communication a été interrompue. Veuillez patienter, vous êtes le prochain.",
        "es": "Se ha perdido la conexión con el agente. Espere, por favor: es su turno.",
        "pt": "A ligação ao agente foi interrompida. Aguarde, por favor: é a sua vez.",
    }
)

_POSITION = Item(
    text={
        "en": "You are number {} in line.",
        "de": "Sie sind Nummer {} in der Warteschlange.",
        "fr": "Vous êtes numéro {} dans la file d'attente.",
        "es": "Usted es el número {} en la cola.",
        "pt": "É o número {} na fila de espera.",
    }
)
_WAIT = Item(
    text={
        "en": "The estimated wait is {} minutes.",
        "de": "Die geschätzte Wartezeit beträgt {} Minuten.",
        "fr": "L'attente estimée est de {} minutes.",
        "es": "La espera estimada es de {} minutos.",
        "pt": "A espera estimada é de {} minutos.",
    }
)
_SOON = Item(
    text={
        "en": "The estimated wait is less than a minute.",
        "de": "Die geschätzte Wartezeit beträgt weniger als eine Minute.",
        "fr": "L'attente estimée est de moins d'une minute.",
        "es": "La espera estimada es de menos de un minuto.",
        "pt": "A espera estimada é inferior a um minuto.",
    }
)
_KEY = re.compile(r"[0-9*#]")


class Repeated(BaseModel):
    """A message said again and again while the contact waits."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    message: Message
    every: Duration = Field(ge=5, description="Seconds from one time to the next, at least 5.")


def key_problems(keys: Mapping[str, str], fixed: Sequence[str]) -> list[tuple[str, str]]:
    """Find waiting keys that are no key, and exits that another meaning has taken."""
    found = []
    for key, exit_ in keys.items():
        if not _KEY.fullmatch(key):
            found.append((f"keys.{key}", "a waiting key is one of 0 to 9, * and #"))
        if not exit_ or exit_ in {*fixed, "error"}:
            found.append((f"keys.{key}", f"{exit_!r} is a fixed exit; give the key one of its own"))
    return found


def sorry(context: Context) -> tuple[Spoken, ...]:
    """Say what a caller hears whose agent's line broke."""
    return _say(context, _LOST)


@dataclass(frozen=True, slots=True)
class Sounds:
    """What a step has to say to those who wait."""

    messages: tuple[Repeated, ...]
    announce: Literal["position", "estimated_wait"] | None
    music: str

    def at(self, context: Context, place: Place, *, keys: bool) -> tuple[Instruction, ...]:
        """Give what is heard from now until the next look; a key may be pressed meanwhile.

        Raises:
            StepError: a message does not render.
        """
        spoken = [part for message in self._due(place) for part in context.speak(message.message)]
        spoken += self._announced(context, place)
        music = Music(self.music, self._until_next(place.waited))
        heard: tuple[Heard, ...] = (*spoken, music)
        return (Collect(heard, max_digits=1, timeout=1),) if keys else heard

    def _due(self, place: Place) -> list[Repeated]:
        return [
            message
            for index, message in enumerate(self.messages)
            if _is_due(message.every, place, at_once=index == 0)
        ]

    def _announced(self, context: Context, place: Place) -> tuple[Spoken, ...]:
        if not _is_due(ANNOUNCED, place, at_once=True):
            return ()
        if self.announce == "position" and place.position is not None:
            return _say(context, _POSITION, place.position)
        if self.announce == "estimated_wait" and place.estimate is not None:
            minutes = math.ceil(place.estimate / 60)
            return _say(context, _WAIT if minutes > 1 else _SOON, minutes)
        return ()

    def _until_next(self, waited: float) -> int:
        periods = [message.every for message in self.messages]
        periods += [ANNOUNCED] if self.announce else []
        left = (every - waited % every for every in periods)
        return max(SHORTEST, min(LONGEST, math.ceil(min(left, default=LONGEST))))


def _is_due(every: float, place: Place, *, at_once: bool) -> bool:
    """Say whether a multiple of `every` lies after what was heard, up to now."""
    if place.heard < 0:
        return at_once
    return math.floor(place.waited / every) > math.floor(place.heard / every)


def _say(context: Context, item: Item, number: int = 0) -> tuple[Spoken, ...]:
    """Say a phrase of our own; in a language that it does not exist in, in English as English."""
    words = item.words(context.language)
    tongue = "" if words != item.words("en") or context.language.startswith("en") else "en-US"
    return context.speak([Item(text=words.format(number), language=tongue)])
