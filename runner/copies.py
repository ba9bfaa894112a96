"""Has the carrier delete what it keeps: recordings that are ours now, and whatever was erased."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from runner.orders import DeleteMessage, DeleteRecording, Noted, Orders
from runner.ports import Store, Work

_log = structlog.get_logger(__name__)

AGAIN = timedelta(hours=2)
"""After this an order that has not worked was given up, and is given anew."""

_AT_ONCE = 100
"""Recordings and messages one round asks for."""

_MESSAGES = ("SM", "MM")
"""How the carrier's ids of messages begin."""


class RecordingKeeper(Protocol):
    """The carrier, as far as it keeps recordings."""

    def delete_recording(self, sid: str) -> None:
        """Delete one for good; one that is gone is no error. Raises `CarrierError`."""


class CarrierCopies:
    """Gives and carries out the orders that delete recordings and messages at the carrier.

    `forget` deletes a message there; one that is gone is no error. It may raise `CarrierError`.
    """

    def __init__(
        self,
        store: Store,
        orders: Orders,
        carrier: RecordingKeeper,
        clock: Callable[[], datetime],
        forget: Callable[[str], object],
    ) -> None:
        self._store, self._orders, self._carrier, self._clock = store, orders, carrier, clock
        self._forget = forget

    def order(self, work: Work, sids: Collection[str], at: datetime) -> list[Noted]:
        """Order deletions in an open transaction; give what to `begin` after its commit."""
        wanted = [sid for sid in sids if work.want_gone(sid, at)]
        named = [(f"delete-{sid}-{at:%Y%m%d%H%M%S}", _deletion(sid)) for sid in wanted]
        return self._orders.note(work, named, at)

    def begin(self, noted: Sequence[Noted]) -> None:
        """Carry out what was ordered and committed."""
        self._orders.begin(noted)

    def delete(self, order: DeleteRecording) -> None:
        """Carry one out.

        Raises:
            CarrierError: it was refused or not reached.
        """
        self._carrier.delete_recording(order.recording)
        self._gone(order.recording)

    def delete_message(self, order: DeleteMessage) -> None:
        """Carry one out.

        Raises:
            CarrierError: it was refused or not reached.
        """
        self._forget(order.message)
        self._gone(order.message)

    def again(self) -> int:
        """Order anew what the carrier has not deleted for long; gives how many there are."""
        now = self._clock()
        with self._store.work() as work:
            left = work.copies_left(now - AGAIN, _AT_ONCE)
            noted = self.order(work, left, now)
        self.begin(noted)
        if left:
            _log.warning("still at the carrier", things=len(left))
        return len(left)

    def _gone(self, sid: str) -> None:
        with self._store.work() as work:
            work.copy_gone(sid, self._clock())
        _log.info("deleted at the carrier", sid=sid)


def _deletion(sid: str) -> DeleteMessage | DeleteRecording:
    return DeleteMessage(sid) if sid.startswith(_MESSAGES) else DeleteRecording(sid)
