"""What happens in a visitor's thread as Server-Sent Events (WHATWG HTML, section 9.2).

The id of an event is a place in the thread: who comes back with it misses nothing and gets nothing
twice. Typing has no id: it is worth nothing later.
"""

import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import structlog

from digital.chat.thread import Cursor, Page, Thread
from digital.chat.views import Views
from flow.ledger import Unavailable
from runner.hub import Place

_log = structlog.get_logger(__name__)

BEAT = 15.0
"""Seconds after which a comment shows that the line is alive; proxies give up at 30 or more."""

LONGEST = 3600.0
"""Seconds a stream lives: afterwards the widget asks again, and its token is looked at again."""


class Stream:
    """The events of one visitor from a place in the thread on."""

    def __init__(
        self,
        thread: Thread,
        views: Views,
        place: Place,
        clock: Callable[[], datetime],
    ) -> None:
        self._thread, self._all_views, self._views = thread, views, views
        self._place, self._clock = place, clock
        self._standing: dict[str, Any] = {}
        self._typing: dict[str, Any] = {"on": False}
        self._believed = clock()

    def run(self, cursor: Cursor) -> Iterator[str]:
        """Give events until the conversation is over, the process ends, or an hour has gone."""
        yield "retry: 2000\n\n"
        until = time.monotonic() + LONGEST
        while time.monotonic() < until and not self._place.ended:
            page = self._read(cursor)
            if page is None:
                return
            cursor = page.cursor
            yield from self._messages(page)
            if page.more:
                continue
            yield from self._changes(page)
            if page.conversation is None or page.conversation.state == "closed":
                return
            if not self._place.wait(self._pause()) and not self._place.ended:
                yield ": here\n\n"

    def _read(self, cursor: Cursor) -> Page | None:
        """Read on; None while the database is away: the widget asks again with what it has."""
        try:
            page = self._thread.since(cursor)
        except Unavailable as error:
            _log.warning("a stream ends: the database is away", reason=str(error))
            return None
        self._views = self._all_views.of_one_answer()
        if page.conversation is not None:
            self._place.follow(page.conversation.id, page.conversation.version)
        return page

    def _messages(self, page: Page) -> Iterator[str]:
        for message in page.messages:
            shown = self._views.message(message)
            if shown is not None:
                at = Cursor(message.conversation, message.version)
                yield event("message", shown, str(at))

    def _changes(self, page: Page) -> Iterator[str]:
        """Tell where the conversation stands and who is writing, where that has changed."""
        conversation = page.conversation
        if conversation is None:
            return
        standing = self._views.standing(conversation)
        if standing != self._standing:
            self._standing = standing
            name = "closed" if conversation.state == "closed" else "state"
            yield event(name, standing, str(page.cursor))
        typing, self._believed = self._views.typing(conversation, self._clock())
        if typing != self._typing:
            self._typing = typing
            yield event("typing", typing)

    def _pause(self) -> float:
        if not self._typing["on"]:
            return BEAT
        left = (self._believed - self._clock()).total_seconds()
        return min(BEAT, max(0.1, left + 0.05))


def event(name: str, data: dict[str, Any], place: str = "") -> str:
    """Write one event; JSON has no line breaks, so its data is one line."""
    lines = [f"event: {name}", f"data: {json.dumps(data)}"]
    return "\n".join([f"id: {place}", *lines] if place else lines) + "\n\n"
