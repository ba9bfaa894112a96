"""Places calls, at most once each, and ends them.

A call's outcome may stay unknown: the request was sent and its answer was lost, or this process
died in the middle. Then the call is looked for, at the carrier and in what it reports by itself
(every address we hand out names the leg); it is never simply placed again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

import structlog

from desk.calls import is_over, joined
from flow.ledger import CallFact, Leg
from runner.errors import CarrierError
from runner.orders import EndLeg, Later, LegOver, Noted, Orders, Ring, SayAndEnd
from runner.outbound import Outbound
from runner.ports import CallPlacing, Store, Work

_log = structlog.get_logger(__name__)

LOOKED_FOR = (2.0, 5.0, 15.0)
"""Seconds after an unknown outcome at which the call is looked for; then it was not placed."""

MOST_TRIES = 3
"""How often a call is asked for when the carrier surely did not place it."""

SERVER_ERROR = "server-error"
"""The status of a leg whose request the carrier answered with 5xx: it failed in the middle."""

INTERRUPTED = "interrupted"
"""The status of a leg whose asker died before the answer: the request may never have left."""

STALE = timedelta(seconds=3)
"""How old a word to ask the carrier may be when it is done: others may have it by then."""

NOT_PLACED = "not placed"
UNWANTED = "unwanted"

TOO_LATE = "too_late"
"""The reason of a leg that waited for its turn until the contact's hours were over."""

CARRIER_REFUSED = "carrier"
"""The reason of a leg that the carrier's own rules refused."""

_FORBIDDEN = frozenset({13225, 13227, 21215, 21216, 21219})
"""The carrier's codes for a number its account may not call (its geographic permissions, its
lists): the second line behind our rules."""

_NO_NUMBER = frozenset({13223, 13224, 21211, 21214, 21217})
"""The carrier's codes for a number that is none."""


class Legs:
    """Carries out `Ring` and `EndLeg`, and takes in what is heard of legs."""

    def __init__(
        self,
        store: Store,
        orders: Orders,
        carrier: CallPlacing,
        outbound: Outbound,
        clock: Callable[[], datetime],
        address: Callable[[str, str], str],
    ) -> None:
        self._store, self._orders, self._carrier = store, orders, carrier
        self._outbound, self._clock, self._address = outbound, clock, address

    def ring(self, order: Ring) -> None:
        """Place a leg's call, or find out what became of an earlier try.

        Raises:
            Later: it is to be tried, or looked for, again.
        """
        leg = self._begin(order)
        if leg is None:
            return
        if leg.state == "unknown":
            self._look_for(leg)
            return
        if leg.tried is not None and self._clock() - leg.tried > STALE:
            raise Later(0)  # this process was held up: what became of it is for a look to say
        try:
            sid = self._carrier.create_call(leg)
        except CarrierError as error:
            self._failed(leg, error)
        else:
            self._placed(leg.id, sid)

    def end(self, order: EndLeg) -> None:
        """End a leg's call; one that was not placed yet never will be.

        Raises:
            Later: it is just being placed.
            CarrierError: the carrier did not do it.
        """
        with self._store.work() as work:
            leg = work.leg(order.leg)
            if leg is None or leg.state == "over":
                return
            leg.reason = leg.reason or UNWANTED
            if leg.state == "wanted":
                leg.state, leg.ended = "over", self._clock()
                self._outbound.over(work, leg, leg.ended)
            work.keep_leg(leg)
        if leg.state in ("placing", "unknown"):
            raise Later(1.0)
        if leg.state == "placed":
            self._carrier.end_call(leg.sid)

    def say_and_end(self, order: SayAndEnd) -> None:
        """Bring an agent's leg back to hear why nobody comes; its answer ends it.

        Raises:
            Later: it is just being placed.
            CarrierError: the carrier did not do it.
        """
        with self._store.work() as work:
            leg = work.leg(order.leg)
            if leg is not None and leg.state != "over":
                leg.reason = leg.reason or order.word
                work.keep_leg(leg)
        if leg is None or leg.state == "over":
            return
        if leg.state != "placed":
            self.end(EndLeg(leg.id))
            return
        try:
            self._carrier.bring_back(leg.sid, self._address(leg.id, leg.token))
        except CarrierError:
            self._carrier.end_call(leg.sid)

    def heard(self, work: Work, leg_id: str, fact: CallFact) -> tuple[Leg | None, list[Noted]]:
        """Take in, in an open transaction, what the carrier says of a leg.

        Gives the leg, and what is to be begun after the commit: its end is noted as an order.
        """
        leg = work.leg(leg_id)
        if leg is None:
            return None, []
        noted: list[Noted] = []
        self._know(leg, fact.sid)
        leg.status = joined(leg.status, fact.status)
        if is_over(leg.status) and leg.state != "over":
            leg.sip = _code(fact)
            noted = self._over(work, leg, fact.at, fact.seconds)
        work.keep_leg(leg)
        return leg, noted

    def _begin(self, order: Ring) -> Leg | None:
        """Say that the carrier is being asked; None when there is nothing to do.

        Raises:
            Later: the call has to wait for its turn.
        """
        noted: list[Noted] = []
        wait = 0.0
        with self._store.work() as work:
            leg = work.leg(order.leg)
            if leg is None or leg.state in ("placed", "over"):
                return None
            if leg.state == "placing":
                leg.state, leg.status = "unknown", INTERRUPTED
            elif leg.state == "wanted" and leg.reason:
                noted = self._refuse(work, leg, leg.reason)  # given up while it was looked for
            elif leg.state == "wanted" and self._is_late(order):
                noted = self._refuse(work, leg, TOO_LATE)
            elif leg.state == "wanted":
                wait, noted = self._ask(work, leg, order)
            work.keep_leg(leg)
        self._orders.begin(noted)
        if wait:
            raise Later(wait)
        return None if leg.state == "over" else leg

    def _is_late(self, order: Ring) -> bool:
        return bool(order.until) and self._clock() >= datetime.fromisoformat(order.until)

    def _ask(self, work: Work, leg: Leg, order: Ring) -> tuple[float, list[Noted]]:
        """Write down that the carrier is about to be asked, where the call may leave now.

        Gives the seconds to wait where it may leave later, and what became of one that may not.
        """
        answer, at = self._outbound.ask(work, leg), self._clock()
        if answer.may_at is not None:
            return max(0.01, (answer.may_at - at).total_seconds()), []
        if not answer.allowed:
            # The contact's hours may have ended between the two looks at the clock.
            return 0.0, self._refuse(work, leg, TOO_LATE if self._is_late(order) else answer.reason)
        leg.state, leg.tried = "placing", at
        leg.sender = self._outbound.numbers.shown(work, leg.sender)
        leg.longest = self._outbound.longest(work, leg)
        leg.tries += 1
        return 0.0, []

    def _placed(self, name: str, sid: str) -> None:
        with self._store.work() as work:
            leg = work.leg(name)
            if leg is None:
                return
            self._know(leg, sid)
            work.keep_leg(leg)

    def _know(self, leg: Leg, sid: str) -> None:
        leg.sid = leg.sid or sid
        if leg.state in ("wanted", "placing", "unknown"):
            leg.state = "placed"

    def _failed(self, leg: Leg, error: CarrierError) -> None:
        if error.unsure:
            self._set(leg.id, "unknown", SERVER_ERROR if error.code else "")
            raise Later(LOOKED_FOR[0])
        if error.retry and leg.tries < MOST_TRIES:
            self._set(leg.id, "wanted")
            raise Later
        _log.warning("the carrier placed no call", leg=leg.id, code=error.code)
        if error.code in _FORBIDDEN:
            with self._store.work() as work:
                self._outbound.second_line(work, leg, error.code)
        self._give_up(leg.id, _reason(error.code))

    def _look_for(self, leg: Leg) -> None:
        """Find the call of an unknown outcome.

        Raises:
            Later: it may still turn up.
        """
        found = list(self._carrier.find_calls(leg))
        with self._store.work() as work:
            known = work.known_calls(found)
        new = [sid for sid in found if sid not in known]
        if new:
            self._placed(leg.id, new[0])
            return
        age = (self._clock() - (leg.tried or leg.created)).total_seconds()
        # An answered 5xx is final after a second look; a lost answer may still be on its way.
        # What no look found, of somebody who died, most likely never left: it is asked for again.
        looks = LOOKED_FOR[:2] if leg.status == SERVER_ERROR else LOOKED_FOR
        later = [at for at in looks if at > age]
        if later:
            raise Later(later[0] - age)
        if leg.status in (SERVER_ERROR, INTERRUPTED) and leg.tries < MOST_TRIES:
            self._set(leg.id, "wanted")
            raise Later(0)
        self._give_up(leg.id, NOT_PLACED)

    def _set(self, name: str, state: Literal["wanted", "unknown"], status: str = "") -> None:
        with self._store.work() as work:
            leg = work.leg(name)
            if leg is not None and leg.state in ("placing", "unknown"):
                leg.state, leg.status = state, status
                work.keep_leg(leg)

    def _give_up(self, name: str, reason: str) -> None:
        noted: list[Noted] = []
        with self._store.work() as work:
            leg = work.leg(name)
            if leg is not None and leg.state not in ("placed", "over"):
                noted = self._refuse(work, leg, reason)
        self._orders.begin(noted)

    def _refuse(self, work: Work, leg: Leg, reason: str) -> list[Noted]:
        leg.status, leg.reason = "failed", leg.reason or reason
        noted = self._over(work, leg, self._clock())
        work.keep_leg(leg)
        return noted

    def _over(self, work: Work, leg: Leg, at: datetime, seconds: int | None = None) -> list[Noted]:
        leg.state, leg.ended = "over", at
        self._outbound.over(work, leg, at, seconds)
        return self._orders.note(work, [(f"over-{leg.id}", LegOver(leg.id))], at)


def _reason(code: int) -> str:
    if code in _NO_NUMBER:
        return "invalid_number"
    return CARRIER_REFUSED if code in _FORBIDDEN else f"the carrier refused the call (code {code})"


def since(leg: Leg) -> datetime:
    """Say from when on a leg's call may have been made; the carrier's clock is not ours."""
    return (leg.tried or leg.created) - timedelta(seconds=30)


def _code(fact: CallFact) -> int | None:
    text = fact.raw.get("SipResponseCode", "")
    return int(text) if text.isascii() and text.isdigit() else None
