"""Decides by which of two ways a waiting contact hears news: we call it back, or it is let out.

Both at once would pull a contact out of the room it was just brought into. So the first to say so,
under the run's lock, decides; a turn of that name keeps the word.
"""

from typing import Literal

from flow.ledger import Run, Saved, Turn
from runner.ports import Work

Way = Literal["push", "leave"]


def takes(work: Work, execution: str, token: str, way: Way) -> tuple[Run | None, bool]:
    """Lock a run, and say whether its contact goes this way; the first word counts."""
    name = f"{token}.way"
    run, known = work.open_turn(execution, name)
    if run is None or run.token != token:
        return run, False
    if known is not None:
        return run, known.fingerprint == way
    if run.awaits or run.undelivered == "[]":
        return run, False
    work.save(Saved(run, turn=Turn(run.id, name, way, run.moves, run.updated)))
    return run, True
