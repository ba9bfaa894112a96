"""Notes that somebody is writing in a conversation, so that the other side sees it.

The note lies in the conversation's details under `typing`: who (`contact`, `agent:ID`) and until
when. So every process sees it, and it fades without anybody's doing.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from desk.conversations import Conversation
from runner.ports import Store

LASTS = timedelta(seconds=7)
"""How long somebody is said to write; who writes on notes it again."""

_FRESH = timedelta(seconds=4)
"""A note that lasts this much longer is not written again."""


class TypingNotes:
    """Writes the notes; `changed` hears the conversation's id after the commit."""

    def __init__(
        self, store: Store, clock: Callable[[], datetime], changed: Callable[[str], object]
    ) -> None:
        self._store, self._clock, self._changed = store, clock, changed

    def note(self, conversation: str, who: str) -> None:
        """Note that somebody is writing; in a closed conversation nobody is."""
        at = self._clock()
        with self._store.work() as work:
            found = work.conversation(conversation)
            if found is None or found.state == "closed":
                return
            notes = writers(found, at)
            if notes.get(who, at) - at > _FRESH:
                return
            notes[who] = at + LASTS
            kept = {name: until.isoformat() for name, until in notes.items()}
            details = {**found.details, "typing": kept}
            work.keep_conversation(replace(found, version=found.version + 1, details=details))
            work.afterwards(lambda: self._changed(conversation))


def writers(conversation: Conversation, at: datetime) -> dict[str, datetime]:
    """Give who is writing in a conversation, and until when that is to be believed."""
    notes = conversation.details.get("typing") or {}
    read = {who: datetime.fromisoformat(until) for who, until in notes.items()}
    return {who: until for who, until in read.items() if until > at}
