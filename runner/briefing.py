"""Says something to an agent who waits for a contact, before the two are joined.

The agent's call is brought out of the room by REST and asks what is next (`said`); it comes back
when that was heard (`back`), and only then the walk is told, which brings the contact in. What was
said stands in a ticket beside that of the agent's place, so an order that died half-way is carried
out again; a second ticket says that the agent is listening already.
"""

from collections.abc import Callable
from datetime import timedelta

import structlog

from flow.effects import Brief
from flow.instructions import Instruction, Proceed, Say
from flow.ledger import Leg, Ticket
from runner.desk import Desk, Open
from runner.errors import GONE, CarrierError
from runner.orders import Tell
from runner.ports import CallPlacing

_log = structlog.get_logger(__name__)

PATIENCE = timedelta(seconds=10)
"""How long a contact waits for a carrier that cannot reach the agent; then both are joined."""


class Briefing:
    """Carries out `Brief`."""

    def __init__(
        self, desk: Desk, carrier: CallPlacing, address: Callable[[str, str], str]
    ) -> None:
        self._desk, self._carrier, self._address = desk, carrier, address

    def brief(self, order: Brief) -> None:
        """Bring the agent out of the room to hear it; one who is gone tells so by leaving.

        Raises:
            CarrierError: the carrier did not do it, and may yet.
        """
        with self._desk.change() as desk:
            leg = _wanted(desk, order)
            late = desk.at - order.at > PATIENCE
        if leg is None:
            return
        try:
            self._carrier.bring_back(leg.sid, self._address(leg.id, leg.token))
        except CarrierError as error:
            if error.retry and not late:
                raise
            if error.code not in GONE:
                _log.warning("the agent was not told", order=order.id, code=error.code)
                self._give_up(order)

    def _give_up(self, order: Brief) -> None:
        with self._desk.change() as desk:
            _tell(desk, order.id, "unheard")


def said(desk: Open, place: str) -> tuple[Instruction, ...]:
    """Give what an agent who was brought out of the room has to hear; nothing for most."""
    ticket = desk.work.tickets([_said(place)]).get(_said(place))
    if ticket is None:
        return ()
    desk.work.keep_ticket(Ticket(_listens(place), ticket.execution, {}, desk.at))
    words = Say(str(ticket.data["text"]), str(ticket.data["language"]))
    return (words, Proceed(said=True))


def back(desk: Open, place: str) -> None:
    """The agent has heard it and is on the way back into the room."""
    ticket = desk.work.tickets([_said(place)]).get(_said(place))
    if ticket is not None:
        _tell(desk, str(ticket.data["order"]), "heard")


def _wanted(desk: Open, order: Brief) -> Leg | None:
    """Find the agent's leg and keep what it shall hear; None: nobody is to hear it any more."""
    known = desk.work.tickets([order.id, _listens(order.place)])
    served = desk.floor.assignments.get(order.room)
    leg = desk.work.leg(order.room)
    if known or leg is None or leg.state != "placed" or served is None or served.ended is not None:
        return None
    data = {"order": order.id, "text": order.text, "language": order.language}
    execution = order.id.rpartition(".")[0]
    desk.work.keep_ticket(Ticket(_said(order.place), execution, data, desk.at))
    return leg


def _tell(desk: Open, order: str, word: str) -> None:
    told = Tell(order.rpartition(".")[0], order, word, desk.at, last=True)
    desk.orders.append((f"tell-{order}-{word}", told))


def _said(place: str) -> str:
    return f"{place}.said"


def _listens(place: str) -> str:
    return f"{place}.listens"
