"""What an agent hears on the telephone, and what the desk makes of it.

The address of an agent's leg is asked for again and again; only a key pressed there, or picking up
where no key is asked for, moves anything, and doing it twice gives the same answer (design, 4.3).
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desk import handling
from desk.agents import Agent
from desk.assignments import Assignment, how_left
from desk.calls import is_over
from desk.offers import Ending
from flow.effects import HowItEnded, PlaceCall
from flow.instructions import Hangup, Instruction, Join, Pause, Proceed, Say
from flow.ledger import Answer, CallFact, Leg, Ticket
from runner import briefing, guests
from runner.agent_words import ENGLISH, UNREACHED, say, spoken_by, whose
from runner.desk import Desk, Open
from runner.errors import CarrierError
from runner.legs import Legs
from runner.orders import Noted, Orders
from runner.ports import CallControl, Renderer, Store

AGENT_LEFT_WITHIN = 3.0
"""Seconds in which the carrier says how an agent's leg ended; then the carrier is asked."""

LOOK = 0.1

_ENDINGS: dict[str, Ending] = {"no-answer": "expired", "canceled": "cancelled", "failed": "lost"}
"""What the end of a leg means for its offer; any other end is a refusal."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A request of a leg: which one, what the carrier says of the call, and the keys pressed.

    `asked`: the request answers the question for the key; `joined`: it follows a conversation;
    `said`: it follows what was said before one.
    """

    leg: str
    token: str
    fact: CallFact
    digits: str = ""
    asked: bool = False
    joined: bool = False
    said: bool = False


class AgentLegs:
    """Answers agents' legs, and takes in how they end."""

    def __init__(  # noqa: PLR0913, PLR0917  the places a leg touches; composed once, in app.py
        self,
        store: Store,
        desk: Desk,
        legs: Legs,
        orders: Orders,
        carrier: CallControl,
        renderer: Renderer,
        address: Callable[[str, str], str],
        clock: Callable[[], datetime],
    ) -> None:
        self._store, self._desk, self._legs, self._orders = store, desk, legs, orders
        self._carrier, self._renderer = carrier, renderer
        self._address, self._clock = address, clock

    def answer(self, request: Pressed) -> Answer:
        """Answer a request of an agent's leg.

        Raises:
            Unavailable: the database is away; nothing was changed.
        """
        noted: list[Noted] = []
        with self._store.work() as work:
            leg = work.leg(request.leg)
            if leg is None or leg.token != request.token:
                return self._say((Hangup(),), None)
            if is_over(request.fact.status):
                # How it ended is not said here: the status report brings the code.
                return self._renderer.empty()
            _, noted = self._legs.heard(work, leg.id, request.fact)
        self._orders.begin(noted)
        if request.joined:
            return self._say((Hangup(),), leg)
        return self._say(self._moved(leg, request), leg)

    def over(self, leg: Leg) -> None:
        """Tell the desk that an agent's leg is over: the offer is in vain, or the agent left."""
        at = leg.ended or self._clock()
        with self._desk.change() as desk:
            offer = desk.floor.offers.get(leg.id)
            if offer is not None and offer.is_open:
                # A call that was never placed is no fault of the agent's line.
                ending = _ENDINGS.get(leg.status, "declined") if leg.sid else "declined"
                desk.floor.end_offer(leg.id, ending, desk.at)
            desk.floor.agent_left(leg.id, how_left(leg.status, leg.sip), max(at, desk.at))
            desk.floor.unwatch(leg.id, desk.at)

    def how_it_ended(self, effect: HowItEnded) -> tuple[str, Mapping[str, Any]]:
        """Find out how a conversation ended: wait a moment for the carrier's word, then ask.

        An agent whose leg lives on although the contact came out of the room is released.
        """
        deadline = time.monotonic() + AGENT_LEFT_WITHIN
        served = self._desk.served(effect.place)
        while served is not None and served.ended is None and time.monotonic() < deadline:
            time.sleep(LOOK)
            served = self._desk.served(effect.place)
        is_alone = self._desk.awaits(effect.place)
        if served is not None and (served.ended is None or is_alone):
            if not is_alone:
                self._ask(served.id)
            self._desk.leave(effect.place)
            served = self._desk.served(effect.place)
        return self._ended(effect.place, is_alone or (served is not None and _broke(served)))

    def _ended(self, place: str, is_accident: bool) -> tuple[str, Mapping[str, Any]]:  # noqa: FBT001  how it ended
        with self._desk.look() as (floor, _):
            kept = {"talk_seconds": floor.talk_seconds(place), "agent": floor.last_agent(place)}
        return ("accident" if is_accident else "finished"), kept

    def _ask(self, name: str) -> None:
        with self._store.work() as work:
            leg = work.leg(name)
        if leg is None or not leg.sid:
            return
        try:
            found = self._carrier.call_status(leg.sid)
        except CarrierError:
            return
        if found is None or not is_over(found[0]):
            return
        fact = CallFact(leg.sid, found[0], self._clock(), raw={"CallbackSource": "asked"})
        with self._store.work() as work:
            _, noted = self._legs.heard(work, name, fact)
            leg = work.leg(name)
        if noted and leg is not None:
            self.over(leg)
        self._orders.begin(noted)

    def _moved(self, leg: Leg, request: Pressed) -> tuple[Instruction, ...]:
        with self._desk.change() as desk:
            if leg.kind != "agent":
                return guests.moved(desk, leg, request.digits if request.asked else None)
            offer = desk.floor.offers.get(leg.id)
            ticket = (
                None if offer is None else desk.work.tickets([offer.contact]).get(offer.contact)
            )
            agent = None if offer is None else desk.floor.agents.get(offer.agent)
            if offer is None:
                return self._calls(desk, leg, said=request.said)
            if ticket is None or agent is None:
                return (Hangup(),)
            language = spoken_by(agent, ticket.data)
            if offer.is_open and agent.must_press(answers_itself=leg.answer_after is not None):
                if not request.asked:
                    desk.floor.picked_up(leg.id, desk.at)
                    return (guests.question(whose(ticket.data, language), language),)
                if request.digits[:1] != guests.ACCEPTS:
                    desk.floor.end_offer(leg.id, "declined", desk.at)
                    return (Hangup(),)
            elif offer.is_open and not request.said and (first := _first(leg, agent, ticket)):
                desk.floor.picked_up(leg.id, desk.at)
                return (*first, Proceed(said=True))
            word = desk.floor.accept(leg.id, desk.at)
        if word == "accepted":
            return self._joined(leg, ticket, language)
        return (say(word, language), Hangup())

    def _calls(self, desk: Open, leg: Leg, *, said: bool) -> tuple[Instruction, ...]:
        """Let an agent who calls somebody wait in the room, and have the contact called.

        One whose call came to nothing hears why; one to whom something is to be said before the
        contact joins hears that, then waits on.
        """
        served = desk.floor.assignments.get(leg.id)
        if served is None:
            return _why_not(leg, "")
        ticket = desk.work.tickets([served.contact]).get(served.contact)
        data = ticket.data if ticket else {}
        language = spoken_by(desk.floor.agents.get(served.agent), data)
        if served.ended is not None:
            return _why_not(leg, language)
        words = () if said else briefing.said(desk, served.contact)
        if words:
            return words
        if said:
            briefing.back(desk, served.contact)
            return (Join(leg.id, starts=False),)
        name = str(data["contact_leg"])
        call = PlaceCall(name, str(data["to"]), str(data["sender"]), leg.ring_seconds)
        desk.orders.append((f"call-{name}", call))
        return (say("calling", language), Join(leg.id, starts=False))

    def _joined(self, leg: Leg, ticket: Ticket, language: str) -> tuple[Instruction, ...]:
        """Bring an agent into the room; for a callback the contact is called only now."""
        with self._desk.look() as (floor, _):
            way = handling.entrance(floor, leg.id)
        if way is None:
            return _why_not(leg, language, "gone")
        if ticket.data.get("kind") == "callback":
            return (say("calling", language), Join(leg.id, starts=False))
        return (Join(way[0], ends=way[1].ends),)

    def _say(self, said: tuple[Instruction, ...], leg: Leg | None) -> Answer:
        action = self._address(leg.id, leg.token) if leg else ""
        return self._renderer.render(said, action)


def _broke(served: Assignment) -> bool:
    return served.how == "accident"


def _first(leg: Leg, agent: Agent, ticket: Ticket) -> tuple[Instruction, ...]:
    """Give what comes before a join that needs no key: the flow's whisper, and the delay.

    The delay of a telephone that answers by itself is over by then.
    """
    words = str(ticket.data.get("greeting") or "")
    wait = leg.answer_after or 0 if agent.kind == "number" else 0
    said = (Say(words, str(ticket.data.get("language") or ENGLISH)),) if words else ()
    return (*said, Pause(wait)) if wait else said


def _why_not(leg: Leg, language: str, word: str = "") -> tuple[Instruction, ...]:
    """Say why nobody came, and end the call; `word` where nothing better is known."""
    word = leg.reason if leg.reason in UNREACHED else word
    return (say(word, language), Hangup()) if word else (Hangup(),)
