"""The message field: what is said or sent, in one form for voice and text.

A message is one item or a list; an item is a text, or one of `text`, `audio`, `url`, `ssml`, each
of which may be a map by language. The palette's section "Message" is the contract.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Words = str | dict[str, str]


class Item(BaseModel):
    """One part of a message: exactly one of `text`, `audio`, `url`, `ssml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Words | None = Field(default=None, description="Text, spoken or sent; a template.")
    audio: Words | None = Field(default=None, description="A name in the prompt library.")
    url: Words | None = Field(
        default=None,
        description="An http(s) address: on calls of a .wav or .mp3, in messages of any file.",
    )
    ssml: Words | None = Field(default=None, description="SSML, without the <speak> element.")
    language: str = Field(default="", description="Overrides the flow's language.")
    voice: str = Field(default="", description="Overrides the flow's voice.")

    @model_validator(mode="after")
    def _one_kind(self) -> "Item":
        given = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one of {', '.join(KINDS)}")
        if getattr(self, given[0]) == {}:
            raise ValueError(f"{given[0]} by language needs at least one language")
        return self

    @cached_property
    def kind(self) -> str:
        """Which of the four kinds this item is."""
        return next(kind for kind in KINDS if getattr(self, kind) is not None)

    def words(self, language: str) -> str:
        """Pick the words for a language: exact, same primary language, else the first."""
        given: Words = getattr(self, self.kind)
        if isinstance(given, str):
            return given
        primary = language.split("-", maxsplit=1)[0].lower()
        by_name = {name.lower(): words for name, words in given.items()}
        primaries = {name.split("-")[0].lower(): words for name, words in given.items()}
        exact = by_name.get(language.lower()) or by_name.get(primary)
        return exact or primaries.get(primary) or next(iter(given.values()))


KINDS = ("text", "audio", "url", "ssml")


def _items(value: Any) -> Any:
    items = value if isinstance(value, list) else [value]
    return [{"text": item} if isinstance(item, str) else item for item in items]


Message = Annotated[
    list[Item],
    BeforeValidator(_items, json_schema_input_type=str | Item | list[str | Item]),
    Field(min_length=1, description="What is said or sent."),
]
"""A field that takes a text, an item, or a list of either."""


def templates_of(message: list[Item]) -> Iterator[str]:
    """Yield every template inside a message, in every language."""
    for item in message:
        given: Words = getattr(item, item.kind)
        yield from [given] if isinstance(given, str) else given.values()
