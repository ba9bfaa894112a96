"""What people change and see of outgoing calls: the kill switch, the do-not-call list, the audit.

The switch and the list are asked in the database at every call, so they hold at once everywhere.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from desk.call_book import Blocked, Gate, Refusal, Tally, called_number
from runner.errors import RunnerError
from runner.ports import Store

_log = structlog.get_logger(__name__)

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_LONGEST = 200
"""Characters of a reason."""


@dataclass(frozen=True, slots=True)
class Status:
    """How outgoing calls stand: the switch, and what was let go until now."""

    gate: Gate
    tally: Tally


class Switchboard:
    """The outgoing calls of one installation, as an operator handles them."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock

    def stop(self, reason: str = "") -> Gate:
        """Let no outgoing call leave any more; those that are up go on.

        Raises:
            RunnerError: the reason is too long.
        """
        text = reason_of(reason)
        with self._store.work() as work:
            stopped = work.open_gate().shut(text, self._clock())
            work.keep_gate(stopped)
        _log.warning("outgoing calls are stopped")
        return stopped

    def resume(self) -> bool:
        """Let outgoing calls leave again; false when they were not stopped."""
        with self._store.work() as work:
            gate = work.open_gate()
            work.keep_gate(gate.opened())
        _log.warning("outgoing calls may leave again")
        return gate.stopped

    def status(self) -> Status:
        """Say how outgoing calls stand."""
        with self._store.work() as work:
            return Status(work.gate(), work.tally(self._clock(), None))

    def block(self, numbers: Iterable[str], reason: str = "") -> Sequence[str]:
        """Put numbers on the do-not-call list; gives them in E.164.

        Raises:
            RunnerError: one of them is no number; none was put on the list.
        """
        entries = [Blocked(number_of(given), reason_of(reason), self._clock()) for given in numbers]
        with self._store.work() as work:
            for entry in entries:
                work.block(entry)
        return [entry.number for entry in entries]

    def unblock(self, number: str) -> bool:
        """Take a number off the list; false when it was not there.

        Raises:
            RunnerError: it is no number.
        """
        wanted = number_of(number)
        with self._store.work() as work:
            return work.unblock(wanted)

    def blocked(self, after: str = "", limit: int = 1_000) -> Sequence[Blocked]:
        """List the numbers behind `after`, in their order."""
        with self._store.work() as work:
            return work.do_not_call(after, limit)

    def refusals(self, limit: int = 50) -> Sequence[Refusal]:
        """List the latest refusals, the newest first."""
        with self._store.work() as work:
            return work.refusals(limit)


def number_of(given: str) -> str:
    """Bring a number into E.164.

    Raises:
        RunnerError: it is none.
    """
    number = called_number(given)
    if not _E164.fullmatch(number):
        raise RunnerError("one of these is no number; write each as +, country code and number")
    return number


def reason_of(text: str) -> str:
    """Take a reason that an operator gave.

    Raises:
        RunnerError: it is too long, or has characters that cannot be seen.
    """
    if len(text) > _LONGEST or not text.isprintable():
        raise RunnerError(f"a reason has at most {_LONGEST} printable characters")
    return text
