"""What every message channel has in common. The contract is `runner.messages.channels.Channel`.

A channel is one folder in `digital/` and does five things:

- **parse**: a provider's webhook, once its signature has been checked, becomes an `Incoming`. What
  is unknown is ignored; nothing a stranger can send is an error of ours.
- **render**: a `Message` becomes what the provider is sent. Pure. Quick replies that the channel
  has no buttons for are written below the text (`numbered`).
- **send** and **find**: hand it over; look for one whose outcome is unknown. What goes wrong is a
  `ChannelError`, which says whether it may be tried again, or is unsure.
- **fits**: what can never be sent is refused when it is written, with the reason.
- **redact**: texts, addresses and names go into no log message and no error's text.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from uniseg.graphemecluster import grapheme_clusters

Length = Callable[[str], int]
"""How long a channel counts a text."""

MOST_PARTS = 99
"""Messages one text may be split into; a text of that length is a mistake."""


class TextTooLong(ValueError):
    """A text cannot be split into messages of this channel; the text says why."""


def utf16_units(text: str) -> int:
    """Count a text as telephones do: what is beyond the first 65,536 characters counts two."""
    return len(text) + sum(ch > "\uffff" for ch in text)


def numbered(text: str, choices: Sequence[Mapping[str, Any]]) -> str:
    """Write quick replies below a text, one line each, with the number to answer by."""
    lines = [_line(choice, str(number)) for number, choice in enumerate(choices, 1)]
    return "\n\n".join(part for part in (text, "\n".join(lines)) if part)


def _line(choice: Mapping[str, Any], number: str) -> str:
    # What the flow understands: a menu's own key, nothing where its place means another option.
    key = choice.get("key", number)
    return f"{key}. {_label(choice)}" if key else _label(choice)


def _label(choice: Mapping[str, Any]) -> str:
    return str(choice.get("label") or choice.get("value", ""))


def parts(text: str, limit: int, length: Length = utf16_units) -> list[str]:
    """Split a text into messages of at most `limit`, each with `(1/n)` where it is not the only.

    It is split between words; a word that is longer than a message between characters as people
    see them: no surrogate pair, joined emoji or combining sequence is ever cut.

    Raises:
        TextTooLong: one character is longer than a message, or it takes too many.
    """
    if length(text) <= limit:
        return [text]
    if length(text) <= limit * MOST_PARTS:
        characters = list(grapheme_clusters(text))
        for digits in (1, 2):
            pieces = _pieces(characters, limit - len("(/) ") - 2 * digits, length)
            if len(pieces) < 10**digits:
                return [f"({n}/{len(pieces)}) {piece}" for n, piece in enumerate(pieces, 1)]
    raise TextTooLong(f"the text takes more than {MOST_PARTS} messages of {limit} characters")


def _pieces(characters: Sequence[str], room: int, length: Length) -> list[str]:
    done: list[str] = []
    now = ""
    for unit in _units(characters, room, length):
        if now and length(now + unit.rstrip()) > room:
            done.append(now.rstrip())
            now = ""
        now = f"{now}{unit}" if now or not unit.isspace() else ""
    return [*done, now.rstrip()] if now.strip() else done


def _units(characters: Sequence[str], room: int, length: Length) -> Iterator[str]:
    """Give words with the space behind them; one that is too long character by character."""
    for word in _words(characters):
        if length("".join(word).rstrip()) <= room:
            yield "".join(word)
            continue
        for character in word:
            if length(character) > room:
                raise TextTooLong(f"one character of the text is longer than {room}")
            yield character


def _words(characters: Sequence[str]) -> Iterator[list[str]]:
    word: list[str] = []
    for character in characters:
        if word and word[-1].isspace() and not character.isspace():
            yield word
            word = []
        word.append(character)
    if word:
        yield word
