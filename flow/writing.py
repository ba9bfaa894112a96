"""Turns what a flow says into what is written: one text, the files beside it, quick replies."""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from flow.context import Context
from flow.errors import StepError
from flow.instructions import Play, Say
from flow.language.phrases import plain_words
from flow.message import Item

Choices = tuple[Mapping[str, Any], ...]
"""Quick replies as `SendMessage` takes them."""

_MARKUP = re.compile(r"<[^>]*>")
_WEB = re.compile(r"https?://[^\s]+", re.IGNORECASE)


class QuickReply(BaseModel):
    """One answer that the contact can give by a tap."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: str = Field(min_length=1, description="What the contact reads; a template.")
    value: str = Field(default="", description="What the flow is told; the label when empty.")


@dataclass(frozen=True, slots=True)
class Written:
    """A message as it is sent: `media` are each an `audio` (a prompt's name) or a `url`."""

    text: str
    media: tuple[Mapping[str, Any], ...] = ()


def written(context: Context, message: Sequence[Item]) -> Written:
    """Write a message: texts are joined by a blank line, sounds and addresses become files.

    Raises:
        StepError: a template does not render, or a file's address is none of the web.
    """
    texts: list[str] = []
    media: list[Mapping[str, Any]] = []
    for part in context.speak(list(message)):
        match part:
            case Say():
                texts.append(_plain(part))
            case Play(audio=audio, url=url):
                media.append({"audio": audio} if audio else {"url": _of_the_web(url.strip())})
    return Written("\n\n".join(text for text in texts if text), tuple(media))


def _of_the_web(url: str) -> str:
    if not _WEB.fullmatch(url):
        raise StepError("a file to be sent needs an address that begins with http(s)://")
    return url


def _plain(said: Say) -> str:
    if not said.ssml:
        return said.text.strip()
    return " ".join(html.unescape(_MARKUP.sub(" ", said.text)).split())


def choices_of(context: Context, replies: Sequence[QuickReply]) -> Choices:
    """Render quick replies; they are numbered from 1 where a channel has no buttons.

    Raises:
        StepError: a template does not render.
    """
    found = []
    for number, reply in enumerate(replies, 1):
        label = context.render(reply.label).strip()
        value = context.render(reply.value).strip() or label
        found.append({"label": label, "value": value, "key": str(number)})
    return tuple(found)


def reply_of(choices: Choices, text: str, choice: str) -> str | None:
    """Find the value of the quick reply that was tapped, numbered or written; None for none."""
    if choice and any(known["value"] == choice for known in choices):
        return choice
    plain = plain_words(text)
    for known in choices:
        if plain and plain in {plain_words(known["key"]), plain_words(known["label"])}:
            return str(known["value"])
    return None


def written_keys(keys: Sequence[str]) -> list[str]:
    """Say what is written for each of several options: its key, else its place if that is free."""
    places = [str(place) for place, _ in enumerate(keys, 1)]
    return [
        key or (place if place not in keys else "") for key, place in zip(keys, places, strict=True)
    ]


def by_key(keys: Sequence[str], text: str) -> int | None:
    """Find the option of which the key, or the place, was written."""
    found = text.strip().rstrip(".)")
    known = written_keys(keys)
    return known.index(found) if found and found in known else None
