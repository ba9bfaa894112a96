"""Wakes whoever watches conversations when something happens in them, in this process or another.

One thread asks the store for the versions of everything that is watched, a few times a second, as
long as somebody watches. Who changes a conversation in this process calls `wake`: that is faster.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import structlog

from flow.ledger import Unavailable

_log = structlog.get_logger(__name__)

EVERY = 0.4
"""Seconds between two looks: what another process wrote is late by this at the most."""

LEAVING = 1.0
"""Seconds that who was told to leave is waited for where there is no other room."""

_AT_ONCE = 500
"""Conversations asked for in one statement."""

Versions = Callable[[Sequence[str]], dict[str, int]]


class Full(Exception):
    """Nobody more may watch now; `owner`: it is this one watcher who has too many places."""

    def __init__(self, *, owner: bool) -> None:
        super().__init__("too many watch")
        self.owner = owner


class Place:
    """Somebody's place at the hub: follows one conversation at a time."""

    def __init__(
        self, owner: str, name: str, site: str = "", gone: Callable[[], bool] = lambda: False
    ) -> None:
        self.owner, self.name, self.site, self.gone = owner, name, site, gone
        self.conversation, self.seen = "", 0
        self.ended = False
        self._event = threading.Event()

    def follow(self, conversation: str, version: int) -> None:
        """Be woken when a conversation gets beyond a version."""
        self.conversation, self.seen = conversation, version

    def wait(self, seconds: float) -> bool:
        """Wait until something happened, or the time is up; say whether something did."""
        happened = self._event.wait(seconds)
        self._event.clear()
        return happened

    def wake(self) -> None:
        """Let the one who waits go on."""
        self._event.set()

    def end(self) -> None:
        """Tell the one who waits that the place is no longer his."""
        self.ended = True
        self.wake()


class Hub:
    """The watchers of one process: `most` at a time, one owner at `most_of_one` places.

    A quarter of all places is for one site, so that one host cannot take the chat from the others.
    """

    def __init__(
        self, versions: Versions, most: int = 200, most_of_one: int = 6, every: float = EVERY
    ) -> None:
        self._versions, self._most, self._most_of_one = versions, most, most_of_one
        self._most_of_a_site = max(most_of_one, most // 4)
        self._every = every
        self._lock = threading.Condition()
        self._places: list[Place] = []
        self._ending: Callable[[], bool] = lambda: False
        self._running = False
        self._away = False

    def ends_when(self, ending: Callable[[], bool]) -> None:
        """Say how it is seen that this process ends: everybody's place ends then."""
        self._ending = ending

    @contextmanager
    def place(
        self, owner: str, name: str, site: str = "", gone: Callable[[], bool] = lambda: False
    ) -> Iterator[Place]:
        """Take a place; the same owner's place of the same name ends, it was left without a word.

        `site` is the address that the owner comes from; `gone` says whether the owner has left,
        and is asked when others come.

        Raises:
            Full: there is none.
        """
        place = Place(owner, name, site, gone)
        self._enter(place)
        try:
            yield place
        finally:
            with self._lock:
                self._places = [other for other in self._places if other is not place]
                self._lock.notify_all()

    def wake(self, conversation: str) -> None:
        """Wake those who watch a conversation: something was committed there."""
        with self._lock:
            watching = [place for place in self._places if place.conversation == conversation]
        for place in watching:
            place.wake()

    def _enter(self, place: Place) -> None:
        with self._lock:
            self._clear(place)
            self._lock.wait_for(lambda: self._has_room(place), LEAVING)
            own = [one for one in self._places if one.owner == place.owner and not one.ended]
            if len(own) >= self._most_of_one:
                raise Full(owner=True)
            near = sum(one.site == place.site for one in self._places)
            if len(self._places) >= self._most or (place.site and near >= self._most_of_a_site):
                raise Full(owner=False)
            self._places.append(place)
            if not self._running:
                self._running = True
                threading.Thread(target=self._watch, name="hub", daemon=True).start()

    def _has_room(self, place: Place) -> bool:
        """Say whether nobody who was told to leave is in the way."""
        near = [one for one in self._places if one.site == place.site]
        if len(self._places) < self._most and len(near) < self._most_of_a_site:
            return True
        return not any(one.ended for one in self._places)

    def _clear(self, place: Place) -> None:
        """End the places that were left: by whoever has gone, or has come back to the same one.

        They count until their threads have left: one may hang in sending to nobody.
        """
        for one in list(self._places):
            if one.gone() or (one.owner, one.name) == (place.owner, place.name):
                one.end()

    def _watch(self) -> None:
        pause = threading.Event()
        while self._look():
            pause.wait(self._every)

    def _look(self) -> bool:
        """Look once; false when nobody watches any more, and the thread may end."""
        with self._lock:
            places = [one for one in self._places if not one.ended]
            self._running = bool(places)
        if not places:
            return False
        if self._ending():
            for place in places:
                place.end()
            return True
        try:
            self._compare(places)
            self._away = False
        except Unavailable as error:
            if not self._away:
                _log.warning("the hub waits for the database", reason=str(error))
            self._away = True
        return True

    def _compare(self, places: Sequence[Place]) -> None:
        ids = sorted({place.conversation for place in places if place.conversation})
        found: dict[str, int] = {}
        for at in range(0, len(ids), _AT_ONCE):
            found |= self._versions(ids[at : at + _AT_ONCE])
        for place in places:
            if found.get(place.conversation, 0) > place.seen:
                place.wake()
