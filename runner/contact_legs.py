"""Calls to contacts: placed for a walk, answered into it, and their end told to it."""

from typing import get_args

from desk.calls import is_over
from desk.outbound import Reason
from flow.effects import PlaceCall
from flow.events import PickedUp
from flow.ledger import Answer, CallFact, Leg
from runner.agent_legs import AgentLegs
from runner.legs import CARRIER_REFUSED, TOO_LATE, Legs
from runner.orders import LegOver, Ring, Tell
from runner.ports import Renderer, Store
from runner.telling import Teller
from runner.voice import Return, Voice

_WORDS = {"busy": "busy", "no-answer": "no_answer", "canceled": "no_answer"}
"""What a walk calls the ends of a call that was never answered; any other is a failure."""

_NO_SUCH_NUMBER = frozenset({404, 410, 484, 604})
"""SIP codes of a number that does not exist (RFC 3261, 21.4.5, 21.4.9, 21.4.22, 21.6.3)."""


class ContactLegs:
    """Serves the legs that walks order. `over` is for legs of both kinds."""

    def __init__(
        self, store: Store, legs: Legs, agents: AgentLegs, teller: Teller, renderer: Renderer
    ) -> None:
        self._store, self._legs, self._agents = store, legs, agents
        self._teller, self._renderer = teller, renderer

    def place(self, order: PlaceCall) -> None:
        """Place a call for a walk, at most once, unless the walk dropped it meanwhile.

        Raises:
            Later: it is to be tried, or looked for, again.
        """
        execution = order.id.rpartition(".")[0]
        run = self._store.glance(execution)
        if run is None:
            return
        with self._store.work() as work:
            dropped = order.id in work.tickets([order.id])
            if work.leg(order.id) is None and not dropped:
                work.keep_leg(
                    Leg(
                        id=order.id,
                        token=run.token,
                        kind="contact",
                        execution=execution,
                        recipient=order.to,
                        sender=order.sender,
                        ring_seconds=order.ring_seconds,
                        created=run.updated,
                        machine_detection=order.machine_detection,
                    )
                )
        self._legs.ring(Ring(order.id, order.until))

    def leg(self, name: str, token: str) -> Leg | None:
        """Find a leg by what its address says."""
        with self._store.work() as work:
            leg = work.leg(name)
        return leg if leg is not None and leg.token == token else None

    def answer(
        self, leg: Leg, fact: CallFact, fingerprint: str, answered_by: str, voice: Voice
    ) -> Answer:
        """Let a contact who answered into the walk; a repeated request gets the stored answer.

        Raises:
            Unavailable: the database is away; nothing was changed.
        """
        if is_over(fact.status):
            return self._renderer.empty()  # how it ended comes by its own report
        call = {"sid": fact.sid, "from": leg.sender, "to": leg.recipient, "direction": "outbound"}
        event = PickedUp(fact.at, leg.id, call, answered_by)
        return voice.come_back(Return(leg.execution, leg.token, fingerprint, event))

    def over(self, order: LegOver) -> None:
        """Tell the desk, or the walk, that a leg is over.

        Raises:
            Later: the walk must finish something first.
        """
        with self._store.work() as work:
            leg = work.leg(order.leg)
        if leg is None:
            return
        if leg.kind != "contact":
            self._agents.over(leg)
        else:
            at = leg.ended or leg.created
            self._teller.tell(Tell(leg.execution, leg.id, _word(leg), at, last=True))


_REFUSED = {CARRIER_REFUSED, *get_args(Reason)} - {"", "invalid_number"}
"""Why a leg never left because somebody's rules refused it (`desk.outbound`)."""


def _word(leg: Leg) -> str:
    if leg.reason == TOO_LATE:
        return TOO_LATE
    if leg.status == "failed" and leg.reason in _REFUSED:
        return "refused"
    if leg.status == "failed" and leg.reason == "invalid_number":
        return "invalid_number"
    if leg.status == "failed" and leg.sip in _NO_SUCH_NUMBER:
        return "invalid_number"
    return _WORDS.get(leg.status, "failed")
