"""Writes down what a contact wrote: the message, its files, and the mail as it came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from desk.conversations import Conversation, Media, Message
from runner.ids import new_id
from runner.messages.channels import Attached, Incoming
from runner.messages.threads import Threads
from runner.ports import Jobs, Work

RAW = Attached("message.eml", "message/rfc822")
"""How a whole mail lies on the shelf: with the files of its message, and in no list of them."""


class Shelf(Protocol):
    """Where the bytes of files are kept."""

    def put(self, data: bytes) -> str:
        """Keep bytes; give the name they have here."""

    def discard(self, name: str) -> bool:
        """Erase a file; say if it was here."""


@dataclass(frozen=True, slots=True)
class Shelved:
    """The bytes of one message on the shelf: by each file its name there ("": not here yet)."""

    files: Sequence[tuple[Attached, str]]
    raw: str = ""

    def forget(self, shelf: Shelf) -> None:
        """Take them from the shelf again: no row names them."""
        for name in (*(name for _, name in self.files), self.raw):
            if name:
                shelf.discard(name)


def shelve(shelf: Shelf, incoming: Incoming) -> Shelved:
    """Lay the bytes of a message on the shelf, before the transaction whose rows name them."""
    files = [(each, shelf.put(each.data) if each.data else "") for each in incoming.files]
    return Shelved(files, shelf.put(incoming.raw) if incoming.raw else "")


class Keeping:
    """Writes messages of contacts; files that the provider has are fetched by a job."""

    def __init__(self, threads: Threads, jobs: Jobs) -> None:
        self._threads, self._jobs = threads, jobs

    def keep(
        self,
        work: Work,
        conversation: Conversation,
        incoming: Incoming,
        shelved: Shelved,
        *,
        taken: bool,
    ) -> tuple[Message | None, Conversation]:
        """Write a message and its files; a chat that begins by itself brings none."""
        if incoming.details.get("begins"):
            work.keep_conversation(conversation)
            return None, conversation
        if conversation.details.get("bulk"):
            work.hurry(conversation.id)  # somebody waits for it now
        name = new_id()
        media = [self._file(work, name, each, file, incoming.at) for each, file in shelved.files]
        if shelved.raw:
            size = len(incoming.raw)
            work.keep_media(
                Media(new_id(), name, RAW.name, RAW.type, size, incoming.at, shelved.raw)
            )
        row = replace(_row(name, conversation, incoming, taken=taken), media=tuple(media))
        return row, self._threads.add(
            work, replace(conversation, heard=_later(conversation.heard, incoming.at)), row
        )

    def _file(
        self, work: Work, message: str, each: Attached, file: str, at: datetime
    ) -> Mapping[str, Any]:
        told = keep_file(work, message, each, file, at)
        if not file and each.source:
            self._jobs.enqueue(work, "media", f"media-{told['id']}", {"media": told["id"]})
        return told


def keep_file(
    work: Work, message: str, each: Attached, file: str, at: datetime
) -> Mapping[str, Any]:
    """Write a file's row, by its name on the shelf; gives what its message tells of it."""
    size = len(each.data) if each.data else 0
    row = Media(new_id(), message, each.name, each.type, size, at, file, source=each.source)
    work.keep_media(row)
    return {"id": row.id, "name": each.name, "type": each.type, "size": size}


def _later(before: datetime | None, now: datetime) -> datetime:
    """What was missed comes in after what was written later."""
    return now if before is None else max(before, now)


def _row(name: str, conversation: Conversation, incoming: Incoming, *, taken: bool) -> Message:
    details: dict[str, Any] = dict(incoming.details)
    if incoming.choice:
        details["choice"] = incoming.choice
    return Message(
        *(name, conversation.id, incoming.channel, incoming.address, incoming.peer, "in"),
        *("contact", incoming.text, incoming.at, "received"),
        subject=incoming.subject,
        html=incoming.html,
        key=incoming.key,
        sid=incoming.sid,
        taken=taken,
        details=details,
    )
