"""Notes for somebody that they want no messages, or want them again: for agents and operators."""

import re
from collections.abc import Callable
from datetime import datetime

import structlog

from desk.conversations import ChannelName, OptOut
from flow.mailbox import mailbox
from runner.errors import RunnerError
from runner.messages.threads import OPTED_OUT
from runner.ports import Store
from runner.switchboard import number_of

_log = structlog.get_logger(__name__)

_NAMED = re.compile(r"[ -~]{0,200}")


class Wishes:
    """Who wants no messages, as others note it; it is asked at every message that leaves."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock

    def opt_out(
        self, channel: ChannelName, to: str, by: str = "operator", address: str = ""
    ) -> tuple[OptOut, int]:
        """Note that somebody wants no messages, and take back what waits; says how many there were.

        `address` is the one of ours that shall not write, "" for all of them.

        Raises:
            RunnerError: `to` is no address of the channel.
        """
        peer, ours = peer_of(channel, to), _own(address)
        entry = OptOut(channel, ours, peer, self._clock(), by=by)
        with self._store.work() as work:
            work.opt_out(entry)
            count = work.cancel_queued(channel, ours, peer, OPTED_OUT)
        _log.info("somebody wants no messages", channel=channel, by=by, canceled=count)
        return entry, count

    def opt_in(self, channel: ChannelName, to: str, address: str = "") -> bool:
        """Strike somebody off, who wants messages again; false when nothing was noted.

        Raises:
            RunnerError: `to` is no address of the channel.
        """
        peer, ours = peer_of(channel, to), _own(address)
        with self._store.work() as work:
            return work.opt_in(channel, ours, peer)


def peer_of(channel: ChannelName, given: str) -> str:
    """Bring a contact's address into the form it is kept in; no country is asked.

    Raises:
        RunnerError: it is none of the channel.
    """
    if channel == "chat":
        raise RunnerError("a chat is begun by its visitor: nobody opts out of it")
    if channel != "email":
        return number_of(given)
    try:
        return mailbox(given).address.lower()
    except ValueError as error:
        raise RunnerError(str(error)) from None


def _own(address: str) -> str:
    if not _NAMED.fullmatch(address):
        raise RunnerError("our address is a number, a mailbox, or left out for all of them")
    return address.strip().lower()
