"""Obeys one document after the other: a leg's own, or what it hears while it waits."""

import math
from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from tests.standin.activity import Activity, Fact, Why
from tests.standin.courier import Request
from tests.standin.documents import Kind, Refused
from tests.support.carrier import Form
from tests.support.twiml import Verb

if TYPE_CHECKING:
    from tests.standin.leg import Leg

LOOP = 200
"""Documents in a row without time passing or anybody doing anything: an endless redirect."""

_LOOPED = 14100


def _nothing() -> Form:
    return {}


class Player:
    """`ended` is told when a document has no verb left, `failed` when one could not be got.

    `extra` gives the fields that go with every request from here, such as a queue's position.
    """

    def __init__(
        self,
        leg: "Leg",
        kind: Kind,
        ended: Callable[[], None],
        failed: Callable[[Refused], None],
        extra: Callable[[], Form] = _nothing,
    ) -> None:
        self.leg = leg
        self.kind = kind
        self.url = ""
        self.activity: Activity | None = None
        self.fetching = False
        self._ended, self._failed, self._extra = ended, failed, extra
        self._verbs: deque[Verb] = deque()
        self._generation = 0
        self._round = 0
        self._closed = False

    # -- documents ----------------------------------------------------------------------------

    def fetch(self, url: str, extra: Form | None = None, method: str = "POST") -> None:
        """Request a document and obey it; what was going on here is over."""
        if self._closed:
            return
        self._begin(self.address(url))
        self._round += 1
        if self._round > LOOP:
            self._failed(Refused(_LOOPED, f"{LOOP} documents in a row"))
            return
        self.fetching = True
        generation, leg = self._generation, self.leg
        form = {**leg.common(), **self._extra(), **(extra or {})}
        fallback = leg.plan.fallback if self.kind is Kind.MAIN else ""
        request = Request(leg.sid, self.url, form, self.kind, method, fallback)

        def job() -> None:
            if generation != self._generation:
                return
            try:
                verbs = leg.exchange.courier.document(request)
            except Refused as problem:
                self._take(generation, problem)
            else:
                self._take(generation, verbs)

        leg.exchange.pump.put(f"documents {leg.sid}", job)

    def play(self, verbs: Iterable[Verb], url: str = "") -> None:
        """Obey a document that is at hand."""
        if self._closed:
            return
        self._begin(url or self.url)
        self._verbs.extend(verbs)
        self.run()

    def _begin(self, url: str) -> None:
        self._generation += 1
        self._verbs.clear()
        self.activity = None
        self.fetching = False
        self.url = url

    def _take(self, generation: int, got: tuple[Verb, ...] | Refused) -> None:
        with self.leg.exchange.turn():
            if generation != self._generation:
                return
            self.fetching = False
            if isinstance(got, Refused):
                self._failed(got)
            else:
                self._verbs.extend(got)
                self.run()

    # -- verbs --------------------------------------------------------------------------------

    def run(self) -> None:
        """Obey verbs until one lasts, or the document is over."""
        while self._verbs and not self.busy():
            verb = self._verbs.popleft()
            self.leg.perform(self, verb)
        if not self.busy():
            self._ended()

    def busy(self) -> bool:
        """Whether something goes on here, or never will again."""
        return self._closed or self.fetching or self.activity is not None

    def start(self, activity: Activity) -> None:
        """A verb that lasts begins."""
        self.activity = activity

    def finish(self) -> None:
        """The verb that lasted is over: the next one."""
        self.activity = None
        self._round = 0
        self.run()

    def close(self) -> None:
        """Nothing more is heard or requested from here."""
        self._begin("")
        self._closed = True

    def leave(self, why: Why) -> list[Fact]:
        """Leave what goes on; what is to be posted about it."""
        activity, self.activity = self.activity, None
        self._verbs.clear()
        self._round = 0
        return activity.leave(why) if activity else []

    def partners(self) -> "list[Leg]":
        """The legs it is bridged with."""
        return self.activity.partners() if self.activity else []

    def moved(self) -> None:
        """Somebody did something: no endless loop."""
        self._round = 0

    def address(self, url: str) -> str:
        """An address as it stands in this document."""
        return urljoin(self.url, url)

    # -- time ---------------------------------------------------------------------------------

    def next_due(self) -> float:
        """The moment at which time changes something here."""
        return self.activity.next_due() if self.activity else math.inf

    def elapse(self, now: float) -> None:
        """Do what time does."""
        if self.activity:
            self._round = 0
            self.activity.elapse(now)

    def innermost(self) -> Activity | None:
        """What is going on, in the waiting document where there is one."""
        activity = self.activity
        while activity and activity.inner and activity.inner.activity:
            activity = activity.inner.activity
        return activity
