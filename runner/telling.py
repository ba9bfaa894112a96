"""Tells walks what became of their orders, and brings their contacts' calls back to hear it."""

from collections.abc import Callable
from datetime import datetime

import structlog

from desk.calls import is_over
from flow.effects import Needed
from flow.events import HungUp, News
from flow.ledger import Run, Turn
from runner.effects import Effects
from runner.errors import GONE, CarrierError
from runner.orders import Later, Noted, Push, Tell
from runner.ports import CallMoving, Store, Work
from runner.walker import Walker
from runner.ways import takes

_log = structlog.get_logger(__name__)

SOON = 0.3
"""Seconds until a walk is told again that had to finish something first."""

BY_ITSELF = 2.0
"""Seconds a call has to come back by itself: the end of a conversation ends its own verb, and the
carrier asks what is next. A redirect would say the same things twice."""


class Teller:
    """Delivers `Tell` and `Push`. `unheard` is given the order whose news nobody wanted."""

    def __init__(  # noqa: PLR0913, PLR0917  the places news go through; composed once, in app.py
        self,
        store: Store,
        walker: Walker,
        effects: Effects,
        carrier: CallMoving,
        address: Callable[[str, str], str],
        clock: Callable[[], datetime],
        unheard: Callable[[str], None],
    ) -> None:
        self._store, self._walker, self._effects = store, walker, effects
        self._carrier, self._address, self._clock = carrier, address, clock
        self._unheard = unheard

    def tell(self, order: Tell) -> None:
        """Move a walk by news, once; one that listens no more has its order dropped.

        The same transaction remembers that it was told: whoever tells it may die before that is
        written anywhere else, and news heard twice would bring the contact out of the room.

        Raises:
            Later: the walk must finish something first.
        """
        effect: Needed | None = None
        noted: list[Noted] = []
        heard = False
        with self._store.work() as work:
            run, earlier = work.open_turn(order.execution, _told(order))
            heard = earlier is not None
            if order.after and not heard and work.is_outstanding(order.after):
                raise Later(SOON)  # whoever told that may have died, and it is told again
            if run is not None and not heard and self._listens(run, order):
                heard = True
                effect, noted = self._move(work, run, order)
        self._effects.orders.begin(noted)
        self._effects.follow(order.execution, effect)
        if not heard and not order.last:
            _log.info("news that nobody waits for", execution=order.execution, word=order.word)
            self._unheard(order.order)

    def _listens(self, run: Run, order: Tell) -> bool:
        if run.status == "ended":
            return False
        execution = self._walker.read(run)
        if execution.later.get("hears") == order.order:
            raise Later(SOON)
        if order.order not in {execution.hears, execution.place}:
            return False
        if execution.awaits:
            raise Later(SOON)
        return True

    def _move(self, work: Work, run: Run, order: Tell) -> tuple[Needed | None, list[Noted]]:
        on_the_line, moves = run.live, run.moves
        at = max(order.at, run.updated)
        news = News(at, order.order, order.word, order.result, order.last)
        walked = self._walker.move(work, run, news)
        told = Turn(run.id, _told(order), order.word, run.moves, run.updated)
        self._effects.keep(work, walked, told)
        noted = list(walked.noted)
        if on_the_line:
            comes = order.word == "agent_left" and not order.at_once
            delay = BY_ITSELF if comes else 0.0
            push = (f"push-{run.id}-{moves}", Push(run.id, run.token))
            noted += self._effects.orders.note(work, [push], at, delay)
        return walked.effect, noted

    def push(self, order: Push) -> None:
        """Bring a contact's call back by REST, unless it came meanwhile.

        Raises:
            Later: the walk awaits something before it has anything to say, or the carrier has not
                heard yet what it is to do with this call first.
            CarrierError: the carrier did not do it.
        """
        with self._store.work() as work:
            run, ours = takes(work, order.execution, order.token, "push")
        if run is None or run.token != order.token:
            return
        if run.awaits:
            raise Later(SOON)
        if not ours or run.undelivered == "[]":
            return
        try:
            self._carrier.bring_back(run.call, self._address(run.id, run.token))
        except CarrierError as error:
            if error.code not in GONE:
                raise
            known = self._carrier.call_status(run.call)
            if known is not None and not is_over(known[0]):
                raise Later from None  # refused like one that is over: it is not answered yet
            self._effects.fire(run.id, HungUp(max(self._clock(), run.updated)))


def _told(order: Tell) -> str:
    """Name the turn that remembers news: each word of an order comes once, unless `again`."""
    return f"{order.order}.{order.word}" + (f".{order.again}" if order.again else "")
