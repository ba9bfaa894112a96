"""A document that is heard again and again while a leg waits."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.standin.activity import Rest
from tests.standin.documents import Kind, Refused
from tests.standin.player import Player
from tests.support.carrier import Form

if TYPE_CHECKING:
    from tests.standin.leg import Leg


class Loop(Player):
    """Requests its document at once, and again whenever it has ended and time has passed."""

    def __init__(
        self,
        leg: "Leg",
        kind: Kind,
        failed: Callable[[Refused], None],
        extra: Callable[[], Form],
    ) -> None:
        super().__init__(leg, kind, self._again, failed, extra)
        self._wanted = ("", "POST")
        self._asked_at = 0.0

    def begin(self, url: str, method: str) -> None:
        """Hear the document of an address from now on."""
        self._wanted = (url, method)
        self._asked_at = self.leg.exchange.clock.elapsed
        self.fetch(url, method=method)

    def _again(self) -> None:
        now = self.leg.exchange.clock.elapsed
        if now > self._asked_at:
            self.begin(*self._wanted)
        else:
            self.start(Rest(self, now + 1.0))
