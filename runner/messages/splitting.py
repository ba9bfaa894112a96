"""Makes several messages of one that is too long for its channel."""

from collections.abc import Sequence
from dataclasses import replace

from desk.conversations import Message


def split(whole: Message, texts: Sequence[str]) -> list[Message]:
    """Give a message for each text: files go with the first, quick replies with the last.

    The first has the id and the key of the whole; the others' ids follow from it, so that who
    writes it twice writes the same.
    """
    last = len(texts)
    return [
        replace(
            whole,
            id=whole.id if number == 1 else f"{whole.id}~{number}",
            text=text,
            key=whole.key if number == 1 else "",
            media=whole.media if number == 1 else (),
            choices=whole.choices if number == last else (),
        )
        for number, text in enumerate(texts, 1)
    ]
