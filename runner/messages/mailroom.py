"""What operators change of outgoing messages: the switch, and what waits to leave.

The switch is asked in the database at every message that leaves, so it holds at once everywhere.
"""

from collections.abc import Callable
from datetime import datetime

import structlog

from desk.call_book import Gate
from desk.conversations import BULK, URGENT
from runner.ports import Store
from runner.switchboard import reason_of

_log = structlog.get_logger(__name__)

TAKEN_BACK = "it was taken back"

_TOGETHER = 500
"""Conversations whose messages are taken back in one transaction: others write meanwhile."""


class Mailroom:
    """The outgoing messages of one installation, as an operator handles them."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock

    def stop(self, reason: str = "") -> Gate:
        """Let no message leave any more: what is written waits. Chats go on, they cost nothing.

        Raises:
            RunnerError: the reason is too long.
        """
        text = reason_of(reason)
        with self._store.work() as work:
            stopped = work.message_switch().shut(text, self._clock())
            work.keep_message_switch(stopped)
        _log.warning("outgoing messages are stopped")
        return stopped

    def resume(self) -> bool:
        """Let messages leave again, those that waited first; false when they were not stopped."""
        with self._store.work() as work:
            switch = work.message_switch()
            work.keep_message_switch(switch.opened())
        _log.warning("outgoing messages may leave again")
        return switch.stopped

    def switch(self) -> Gate:
        """Say whether messages may leave."""
        with self._store.work() as work:
            return work.message_switch()

    def cancel(self, channel: str = "", address: str = "", *, bulk: bool = False) -> int:
        """Take back what waits to leave; says how many there were.

        Empty is every channel and every address of ours; `bulk`: only what nobody waits for. What
        was handed over, and nobody knows of, is looked for as before, but not sent again.
        """
        least, count = BULK if bulk else URGENT, 0
        with self._store.work() as work:
            work.expire_hanging(channel, address, least, self._clock())
        while True:
            with self._store.work() as work:
                some = work.cancel_waiting(channel, address, least, TAKEN_BACK, _TOGETHER)
            if not some:
                _log.warning("outgoing messages were taken back", count=count)
                return count
            count += some
