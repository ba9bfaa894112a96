"""What a leg is in at a moment, and the simplest of it: a sound that takes time."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tests.support.carrier import Form

if TYPE_CHECKING:
    from tests.standin.leg import Leg
    from tests.standin.player import Player

Why = Literal["redirect", "hangup"]


@dataclass
class Fact:
    """A request owed because a leg left something; its answer changes nothing."""

    url: str
    form: Form
    method: str = "POST"


class Activity:
    """One verb that lasts; `due` is the moment at which it changes by itself."""

    name = ""

    def __init__(self, player: "Player", due: float = math.inf) -> None:
        self.player = player
        self.due = due
        self.inner: Player | None = None

    def partners(self) -> "list[Leg]":
        """The legs it is bridged with, outside of conferences."""
        return []

    def next_due(self) -> float:
        """The moment at which time changes something in here."""
        return min(self.due, self.inner.next_due() if self.inner else math.inf)

    def elapse(self, now: float) -> None:
        """Do what time does."""
        if self.due <= now:
            self.due = math.inf
            self.expire()
        elif self.inner:
            self.inner.elapse(now)

    def expire(self) -> None:
        """Its time is up: the document goes on."""
        self.player.finish()

    def leave(self, why: Why) -> list[Fact]:
        """The leg goes elsewhere or hangs up; what must be posted about it."""
        if self.inner:
            self.inner.close()
        return []


class Sound(Activity):
    """A Say, Play or Pause that takes its time."""

    def __init__(self, player: "Player", name: str, due: float) -> None:
        super().__init__(player, due)
        self.name = name


class Rest(Activity):
    """The second between two rounds of a waiting document that took no time."""

    name = "Rest"
