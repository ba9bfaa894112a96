"""Answers the waiting room: what is heard, and the keys that lead out of it.

Its address is asked for again each time its sounds end, so nothing of it is stored; only a key
that takes an exit is a turn, with the way out as its answer (design, 4.3).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flow.component import Place
from flow.context import parse_time
from flow.events import Digits
from flow.instructions import Instruction, Pause
from flow.ledger import Answer, Run, Saved, Turn
from runner.desk import Desk
from runner.effects import Effects
from runner.ports import Renderer, Store, Work
from runner.walker import Walked, Walker, pack
from runner.ways import takes

SILENCE = (Pause(2),)
"""Heard by a contact for whom the walk has nothing to say."""


@dataclass(frozen=True, slots=True)
class Waits:
    """A request of the waiting room: whose, filled with sound up to when, and the key pressed.

    `over`: the call has ended; that is told by its own report.
    """

    execution: str
    token: str
    heard: float
    at: datetime
    digits: str = ""
    over: bool = False


class WaitingRoom:
    """Answers those who wait. One instance serves all threads of a process."""

    def __init__(
        self,
        store: Store,
        walker: Walker,
        effects: Effects,
        desk: Desk,
        renderer: Renderer,
        again: Callable[[str, str, float], str],
    ) -> None:
        self._store, self._walker, self._effects = store, walker, effects
        self._desk, self._renderer, self._again = desk, renderer, again

    def answer(self, request: Waits) -> Answer:
        """Answer a request: sounds, or the way out for one whose walk has moved on.

        Raises:
            Unavailable: the database is away; nothing was changed.
        """
        if request.over:
            return self._renderer.empty()
        if request.digits and self._press(request):
            return self._renderer.leave()
        run = self._store.glance(request.execution)
        if run is None or run.token != request.token:
            return self._renderer.leave()
        if run.status == "ended" and run.undelivered == "[]":
            return self._renderer.leave()  # nothing will ever be said here
        if _waits(run, request.token):
            return self._sounds(run, request)
        with self._store.work() as work:
            _, ours = takes(work, request.execution, request.token, "leave")
        return self._renderer.leave() if ours else self._silence(request)

    def _sounds(self, run: Run, request: Waits) -> Answer:
        execution = self._walker.read(run)
        waited = (request.at - parse_time(execution.frame.entered)).total_seconds()
        position, estimate = self._desk.stands(execution.hears)
        place = Place(max(0.0, waited), request.heard, position, estimate)
        heard: tuple[Instruction, ...] = self._walker.waiting(run, execution, place, request.at)
        again = self._again(run.id, request.token, place.waited)
        return self._renderer.waiting(heard or SILENCE, again)

    def _silence(self, request: Waits) -> Answer:
        """Fill the moment until the contact is called back."""
        again = self._again(request.execution, request.token, max(0.0, request.heard))
        return self._renderer.waiting(SILENCE, again)

    def _press(self, request: Waits) -> bool:
        """Move the walk by a key; true when it takes the contact out of the room."""
        walked: Walked | None = None
        with self._store.work() as work:
            run, turn = work.open_turn(request.execution, _key_turn(request.token))
            if run is None or turn is not None:
                return True
            if not _waits(run, request.token):
                return False
            walked = self._walker.move(work, run, Digits(request.at, request.digits))
            self._keep(work, walked, request)
        self._effects.begin(walked)
        return walked.execution.hears == "" or bool(walked.instructions)

    def _keep(self, work: Work, walked: Walked, request: Waits) -> None:
        run = walked.run
        outbox = self._effects.note(work, walked, run.updated)
        turn: Turn | None = None
        if walked.instructions or walked.effect or not walked.execution.hears:
            run.undelivered = pack(walked.instructions)
            token, number = _key_turn(request.token), walked.execution.turns
            turn = Turn(run.id, token, "", number, run.updated, self._renderer.leave())
        work.save(Saved(run, False, turn, walked.history, outbox, walked.facts))


def _waits(run: Run, token: str) -> bool:
    """Say whether the contact still waits here: the walk has nothing new for it."""
    return run.token == token and not run.awaits and run.undelivered == "[]" and run.live


def _key_turn(token: str) -> str:
    return f"{token}.key"
