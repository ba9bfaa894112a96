"""The door for what agents and supervisors do with a conversation that goes on.

Each wish moves the desk by one transaction; what the carrier must do about it leaves as orders of
the same transaction. A wish that is fulfilled already changes nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from desk import handling
from desk.assignments import Assignment
from desk.handling import RING, NotNow, Wanted, Wrong
from desk.rooms import Mode, Purpose, Room, Watcher
from flow.effects import CheckDial
from flow.ledger import Leg, Run, Ticket
from runner.desk import Desk, Open
from runner.ids import new_id, new_token
from runner.orders import EndConversation, EndLeg, Ring
from runner.ports import LocalPerformer
from runner.walker import Walker


class Unknown(LookupError):
    """There is no such conversation, or it is over."""


@dataclass(frozen=True, slots=True)
class Target:
    """Whom to call into a conversation: exactly one of an agent, a ring group and a number."""

    agent: str = ""
    ring_group: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a conversation stands: on hold, who is being called why, who serves, who watches."""

    is_held: bool
    purpose: Purpose
    serving: tuple[Assignment, ...]
    supervisors: tuple[Watcher, ...]


@dataclass(frozen=True, slots=True)
class _Opened:
    desk: Open
    call: str
    room: Room
    ticket: Ticket
    run: Run


class Handling:
    """Holds, transfers, adds, supervises and ends. Every method gives how it stands then.

    Each raises `Unknown` for a conversation that is not there, `NotNow` (or `Wrong`) for what
    cannot be, and `Unavailable` when the database is away.
    """

    def __init__(self, desk: Desk, walker: Walker, dial: LocalPerformer) -> None:
        self._desk, self._walker, self._dial = desk, walker, dial

    def hold(self, call: str) -> Standing:
        """Let the contact hear music."""
        with self._opened(call) as it:
            handling.hold(it.desk.floor, it.room)
            return _standing(it)

    def resume(self, call: str) -> Standing:
        """Bring the contact back."""
        with self._opened(call) as it:
            handling.resume(it.desk.floor, it.room)
            return _standing(it)

    def transfer(self, call: str, target: Target, purpose: Purpose) -> Standing:
        """Call somebody in, to take over or (`add`) to join."""
        with self._opened(call) as it:
            wanted = Wanted(new_id(), purpose, target.agent, target.ring_group)
            if target.ring_group:
                _check_group(it.desk, target.ring_group)
            leg = self._outside(it, wanted, target.number) if target.number else None
            handling.transfer(it.desk.floor, call, it.room, wanted, it.desk.at)
            if leg is not None:
                it.desk.work.keep_leg(leg)
                it.desk.orders.append((f"ring-{leg.id}", Ring(leg.id)))
            else:
                it.desk.work.keep_ticket(_ticket(it, wanted))
            return _standing(it)

    def complete(self, call: str) -> Standing:
        """Leave the contact to the others."""
        with self._opened(call) as it:
            handling.complete(it.desk.floor, call, it.room, it.desk.at)
            return _standing(it)

    def cancel(self, call: str) -> Standing:
        """Call off a transfer."""
        with self._opened(call) as it:
            handling.cancel(it.desk.floor, call, it.room, it.desk.at)
            return _standing(it)

    def supervise(self, call: str, agent: str, mode: Mode) -> Standing:
        """Call a supervisor in, or change what one does who is there."""
        with self._opened(call) as it:
            name = new_id()
            leg = handling.watch(it.desk.floor, it.room, Watcher(name, agent, mode), it.desk.at)
            if leg == name:
                address = it.desk.floor.agents[agent].address
                it.desk.work.keep_leg(_leg(it, name, "supervisor", address, _line(it)))
                it.desk.orders.append((f"ring-{name}", Ring(name)))
            return _standing(it)

    def end(self, call: str) -> Standing:
        """End it for everybody; a contact who is not there yet is called no more."""
        with self._opened(call, there=False) as it:
            contact = it.room.contact
            if self._is_there(it):
                order = EndConversation(it.run.id, contact)
                it.desk.orders.append((f"finish-{contact}", order))
            else:
                for each in it.desk.floor.serving(contact):
                    it.desk.orders.append((f"end-{each.id}", EndLeg(each.id)))
            return _standing(it)

    @contextmanager
    def _opened(self, call: str, *, there: bool = True) -> Iterator[_Opened]:
        with self._desk.change() as desk:
            found = handling.find(desk.floor, call)
            if found is None:
                raise Unknown(call)
            contact = found[0].contact
            ticket = desk.work.tickets([contact]).get(contact)
            run = desk.work.lock(ticket.execution) if ticket else None
            if ticket is None or run is None:
                raise Unknown(call)
            opened = _Opened(desk, call, found[1], ticket, run)
            if there and not self._is_there(opened):
                raise NotNow("the contact is not there yet")
            yield opened

    def _is_there(self, it: _Opened) -> bool:
        return it.run.live and self._walker.read(it.run).hears == it.room.contact

    def _outside(self, it: _Opened, wanted: Wanted, number: str) -> Leg:
        """Make the leg to a number that may be called."""
        asked = CheckDial("", (number,), line=_line(it))
        outcome, found = self._dial(it.desk.work, asked)
        if outcome != "allowed":
            raise Wrong(str(found.get("reason", "")) or "this number may not be called", "number")
        target, sender = str(found["targets"][0]), str(found["caller_id"])
        return _leg(it, wanted.name, "outside", target, sender)


def _check_group(desk: Open, group: str) -> None:
    if group not in {each.id for each in desk.work.ring_groups()}:
        raise Wrong(f"there is no ring group {group!r}", "ring_group")


def _line(it: _Opened) -> str:
    return str(it.ticket.data.get("line") or it.ticket.data.get("sender") or "")


def _leg(
    it: _Opened, name: str, kind: Literal["outside", "supervisor"], to: str, sender: str
) -> Leg:
    return Leg(name, new_token(), kind, it.run.id, to, sender, round(RING), it.desk.at)


def _ticket(it: _Opened, wanted: Wanted) -> Ticket:
    """Make what an agent needs to know of a contact who is transferred."""
    known = it.ticket.data
    by = it.desk.floor.agents.get(it.desk.floor.assignments[it.call].agent)
    data = {
        "kind": "transfer",
        "queue": wanted.ring_group or f"@{wanted.agent}",
        "call": it.run.call,
        "caller": known.get("caller") or known.get("to", ""),
        "line": _line(it),
        "name": known.get("name", ""),
        "by": by.name if by else "",
        "language": known.get("language", ""),
    }
    return Ticket(wanted.name, it.run.id, data, it.desk.at)


def _standing(it: _Opened) -> Standing:
    floor, contact = it.desk.floor, it.room.contact
    room = floor.room_of(contact) or it.room
    return Standing(room.is_held, room.purpose, tuple(floor.serving(contact)), room.watchers)
