"""Puts those who are in a room as the desk wants them, and ends whole conversations.

What is wanted stands with the desk (`desk.rooms`), what is comes from the carrier, and only the
difference is asked for. So an order that died half-way, or is carried out twice, ends in the same
state; and of two at work at once the one that saw less looks again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from desk.rooms import CONTACT, Room, Seat, seats
from flow.instructions import Hangup, Music
from flow.ledger import Answer
from runner.desk import Desk
from runner.errors import GONE, CarrierError
from runner.legs import Legs
from runner.orders import Arrange, EndConversation, EndLeg, Later
from runner.ports import Conferences, Renderer, Store
from runner.walker import Walker

MUSIC = 30
"""Seconds of music a held contact hears before its address is asked again."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is wanted of a room; `calls` are the carrier's ids by leg, `music` an address."""

    room: Room
    wanted: Mapping[str, Seat]
    calls: Mapping[str, str]
    music: str


class Rooms:
    """Carries out `Arrange` and `EndConversation`, and says what is heard on hold."""

    def __init__(  # noqa: PLR0913, PLR0917  the places a room touches; composed once, in app.py
        self,
        store: Store,
        desk: Desk,
        legs: Legs,
        carrier: Conferences,
        walker: Walker,
        renderer: Renderer,
        address: Callable[[str, str], str],
    ) -> None:
        self._store, self._desk, self._legs, self._carrier = store, desk, legs, carrier
        self._walker, self._renderer, self._address = walker, renderer, address

    def arrange(self, order: Arrange) -> None:
        """Put everybody as wanted, then end the legs that the room can do without.

        Raises:
            Later: somebody is not there yet.
            CarrierError: the carrier did not do it.
        """
        plan = self._plan(order.room)
        while plan is not None:
            found = self._carrier.seats(plan.room.id)
            if found is None or not self._put(plan, *found):
                raise Later
            for leg in plan.room.leaving:
                self._legs.end(EndLeg(leg))
            since, plan = plan, self._plan(order.room)
            if plan is not None and plan.room.round == since.room.round:
                return

    def end(self, order: EndConversation) -> None:
        """End the contact's call first, lest it hears what comes after the agents; then the rest.

        Raises:
            CarrierError: the carrier did not do it.
        """
        run = self._store.glance(order.execution)
        if run is not None and run.live and run.call:
            self._carrier.end_call(run.call)
        self._desk.leave(order.contact)

    def music(self, room: str, token: str) -> Answer:
        """Say what a contact hears who is on hold: the music of its flow."""
        with self._store.work() as work:
            leg = work.leg(room)
        run = None if leg is None else self._store.glance(leg.execution)
        if leg is None or leg.token != token or run is None:
            return self._renderer.render((Hangup(),), "")
        heard = (Music(self._walker.music(run), MUSIC),)
        return self._renderer.waiting(heard, self._address(room, token))

    def _plan(self, name: str) -> _Plan | None:
        """Look what is wanted; None: the room is closed."""
        with self._desk.look() as (floor, _):
            room = floor.rooms.get(name)
            if room is None or room.closed is not None:
                return None
            wanted = seats(room, floor.serving(room.contact))
        with self._store.work() as work:
            ticket = work.tickets([room.contact]).get(room.contact)
            legs = [work.leg(leg) for leg in (room.id, *wanted) if leg != CONTACT]
        run = None if ticket is None else self._store.glance(ticket.execution)
        known = {leg.id: leg for leg in legs if leg is not None}
        calls = {leg.id: leg.sid for leg in known.values() if leg.state == "placed"}
        if run is not None and run.live:
            calls[CONTACT] = run.call
        return _Plan(room, wanted, calls, self._address(room.id, known[room.id].token))

    def _put(self, plan: _Plan, conference: str, present: Mapping[str, Seat]) -> bool:
        """Ask for what differs; false: one of those who serve, or the contact, is not there yet.

        First nobody's leaving ends the room any more; that it does again comes last.
        """
        stand = dict(present)
        wanted = _by_call(plan)
        for call, seat in wanted.items():
            if call in stand and stand[call].ends and not seat.ends:
                loose = replace(stand[call], ends=False)
                self._seat(conference, call, (stand[call], loose), plan.music)
                stand[call] = loose
        for call, seat in sorted(wanted.items(), key=lambda each: each[1].ends):
            if call in stand and stand[call] != seat:
                self._seat(conference, call, (stand[call], seat), plan.music)
        watch = {watcher.leg for watcher in plan.room.watchers}
        needed = set(plan.wanted) - watch - set(plan.room.leaving)
        return all(plan.calls[leg] in present for leg in needed if leg in plan.calls)

    def _seat(self, conference: str, call: str, change: tuple[Seat, Seat], music: str) -> None:
        try:
            self._carrier.seat(conference, call, *change, music)
        except CarrierError as error:
            if error.code not in GONE:
                raise


def _by_call(plan: _Plan) -> dict[str, Seat]:
    """Name everybody by the carrier's ids; who would coach one without a call is muted."""
    found = {}
    for leg, seat in plan.wanted.items():
        if leg in plan.calls:
            coached = plan.calls.get(seat.coaches, "")
            muted = seat.muted or bool(seat.coaches and not coached)
            found[plan.calls[leg]] = replace(seat, coaches=coached, muted=muted)
    return found
