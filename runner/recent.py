"""Remembers where the runs stand that this process answered last, to save reading them again.

A guess, never a truth: whoever moves a run changes its token or its count of moves, and a turn
worked out from here is written only where both are still the same (`Store.swap`). A wrong guess
costs one statement; the turn is then worked out again from what is stored.
"""

from collections import OrderedDict
from dataclasses import dataclass, replace
from threading import Lock

from flow.execution import Execution
from flow.ledger import Run

MOST = 1_000
"""Runs remembered: more than the calls one process has at a time, some 20 MB."""


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a run stood after its last turn: its row, and what the row's state says."""

    run: Run
    execution: Execution


class Recent:
    """The runs of one process, the latest last; for all its threads."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = Lock()
        self._stands: OrderedDict[str, Stand] = OrderedDict()

    def keep(self, run: Run, execution: Execution) -> None:
        """Remember a run that was just written; neither may be changed from here on.

        One that is over is not worth it, and what is kept sealed must not lie about open.
        """
        if run.status == "ended" or run.awaits or execution.private:
            return
        with self._lock:
            self._stands[run.id] = Stand(run, execution)
            if len(self._stands) > self._most:
                self._stands.popitem(last=False)

    def take(self, execution: str, token: str) -> Stand | None:
        """Give what is remembered of a run if this token is its own, and forget it.

        The row given is a copy that may be changed.
        """
        with self._lock:
            stand = self._stands.pop(execution, None)
        if stand is None or stand.run.token != token:
            return None
        return Stand(replace(stand.run), stand.execution)
