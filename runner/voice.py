"""The door for calls: a webhook in, the exact answer out, with everything kept in between.

The order is always the same: lock, look whether this request was answered before, move the walk,
save everything and the answer in one transaction, and only then answer (design, section 4).
"""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from dataclasses import dataclass
from datetime import datetime
from threading import BoundedSemaphore
from typing import Any

import structlog

from desk.calls import is_over
from flow.errors import FlowError
from flow.events import Event, HungUp, PickedUp
from flow.execution import Execution
from flow.instructions import Hangup, Instruction, Reject
from flow.ledger import Answer, Call, Contact, Run, Saved, Turn, Version
from runner.effects import Effects
from runner.ids import new_id, new_token
from runner.ports import Renderer, Store, Work
from runner.recent import Recent
from runner.walker import Walked, Walker, pack, unpack

_log = structlog.get_logger(__name__)

BUDGET = 4.0
"""Seconds a caller's request may wait for something outside (design, section 4.6)."""

MOMENT = 0.5
"""Seconds every such request may wait: most answers are there by then."""

PATIENT = 6
"""Requests of one process that may wait longer at the same time, a fifth of its threads: when a
dependency hangs, the next callers are put on hold soon and everybody else is served."""

FIRST = "start"
"""The token of the first turn: a call arrives once, so its own id is what makes it unique."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A call arrives: the carrier's id, from whom, to which number, and all else it said.

    `sender` is empty when the caller's number is withheld; `call` is what flows see as `call`.
    """

    sid: str
    sender: str
    recipient: str
    call: Mapping[str, Any]
    fingerprint: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Return:
    """The caller's channel comes back to an address we handed out.

    An empty `fingerprint` (the carrier's fallback) stands for the same request as before: the
    token alone says which turn it repeats.
    """

    execution: str
    token: str
    fingerprint: str
    event: Event


class Voice:
    """Answers calls. One instance serves all threads of a process."""

    def __init__(
        self,
        store: Store,
        walker: Walker,
        effects: Effects,
        renderer: Renderer,
        address: Callable[[str, str], str],
        budget: float = BUDGET,
    ) -> None:
        self._store, self._walker, self._effects = store, walker, effects
        self._renderer, self._address, self._budget = renderer, address, budget
        self._patient = BoundedSemaphore(PATIENT)
        self._recent = Recent()

    def arrive(self, arrival: Arrival) -> Answer:
        """Answer a call's first request, or the same request again.

        Raises:
            Unavailable: the database is away; nothing was changed.
        """
        swift = self._admit(arrival)
        if swift is not None:
            return swift
        began = time.monotonic()
        with self._store.work() as work:
            known = work.enter_call(arrival.sid)
            if known:
                run, turn = work.open_turn(known, FIRST)
                walked = None
                answer = self._repeat(work, run, turn, arrival.fingerprint)
            else:
                run, walked, answer = self._first(work, arrival)
        return self._finish(run, walked, answer, FIRST, began)

    def _admit(self, arrival: Arrival) -> Answer | None:
        """Answer the common first request in two statements; None when it is not one."""
        known, greeting = self._store.welcome(arrival.sid, arrival.recipient, arrival.sender)
        version = greeting.version
        if known or greeting.call or version is None or version.type != "incoming_call":
            return None
        execution = _new_execution(version, greeting.contact, arrival)
        walked = self._walker.try_begin(version, execution, arrival.at)
        if walked is None:
            return None
        run = walked.run
        answer = self._answer(run, walked.instructions)
        marked = self._marked(arrival.fingerprint)
        turn = Turn(run.id, FIRST, marked, walked.execution.turns, run.updated, answer)
        picked_up = not _rejects(walked)
        saved = Saved(run, True, turn, walked.history, answered=picked_up)
        if not self._store.admit(saved, _leg(arrival, run)):
            return None
        self._recent.keep(run, walked.execution)
        return answer

    def _first(
        self, work: Work, arrival: Arrival
    ) -> tuple[Run | None, Walked | None, Answer | None]:
        greeting = work.greet(arrival.sid, arrival.recipient, arrival.sender)
        version, earlier = greeting.version, greeting.call
        if version is None or version.type != "incoming_call":
            _log.warning("no flow for number", bound=version is not None)
            return None, None, self._renderer.apology("")
        if earlier is not None and is_over(earlier.status):
            return None, None, self._renderer.empty()
        execution = _new_execution(version, greeting.contact, arrival)
        try:
            walked = self._walker.begin(work, version, execution, {}, arrival.at)
        except FlowError as error:
            _log.error("flow does not start", flow=version.flow, error=str(error))
            return None, None, self._renderer.apology("")
        call = _leg(arrival, walked.run)
        call.status = earlier.status if earlier else call.status
        picked_up = not _rejects(walked)
        answer = self._save(work, walked, FIRST, arrival.fingerprint, new=True, answered=picked_up)
        work.keep_call(call)
        return walked.run, walked, answer

    def come_back(self, request: Return) -> Answer:
        """Answer a request to an address we handed out.

        Raises:
            Unavailable: the database is away; nothing was changed.
        """
        swift = self._swiftly(request)
        if swift is not None:
            return swift
        began = time.monotonic()
        walked: Walked | None = None
        answer: Answer | None
        with self._store.work() as work:
            run, turn = work.open_turn(request.execution, request.token)
            if run is None:
                return self._renderer.render((Hangup(),), "")
            if isinstance(request.event, HungUp) and run.live:
                walked, answer = self._hang_up(work, run, turn, request)
            elif isinstance(request.event, HungUp):
                answer = (turn and turn.answer) or self._renderer.empty()
            elif turn is not None or request.token != run.token:
                answer = self._repeat(work, run, turn, request.fingerprint)
            elif run.awaits or run.undelivered != "[]":
                answer = self._poll(work, run, request)
            else:
                walked = self._walker.move(work, run, request.event)
                picked_up = walked.moved and isinstance(request.event, PickedUp)
                answer = self._save(
                    work, walked, request.token, request.fingerprint, answered=picked_up
                )
        return self._finish(run, walked, answer, request.token, began)

    def _swiftly(self, request: Return) -> Answer | None:
        """Answer the common turn without a lock; None when it is not one, or somebody was faster.

        The rules are pure: what was worked out in vain is worked out again under the lock.
        """
        if isinstance(request.event, HungUp):
            return None
        recent = self._recent.take(request.execution, request.token)
        run = recent.run if recent else self._store.glance(request.execution)
        if run is None:
            return None
        # The run's own token was never used, so there is no earlier turn to look for.
        if request.token != run.token or run.awaits or run.undelivered != "[]":
            return None
        moves = run.moves
        walked = self._walker.try_move(run, request.event, recent.execution if recent else None)
        if walked is None:
            return None
        answer = self._answer(run, walked.instructions)
        kept = self._turn(walked.execution, request, run.updated, answer)
        picked_up = isinstance(request.event, PickedUp)
        saved = Saved(run, turn=kept, history=walked.history, answered=picked_up)
        if not self._store.swap(saved, request.token, moves):
            return None
        self._recent.keep(run, walked.execution)
        return answer

    def present(self, execution: str) -> Answer:
        """Answer with what the walk said last, for a caller who could not take it.

        Raises:
            Unavailable: the database is away.
        """
        with self._store.work() as work:
            return work.latest_answer(execution) or self._renderer.render((Hangup(),), "")

    def _hang_up(
        self, work: Work, run: Run, turn: Turn | None, request: Return
    ) -> tuple[Walked, Answer]:
        walked = self._walker.move(work, run, request.event)
        if not walked.moved:  # it is another call of the same run that has ended
            return walked, self._renderer.empty()
        run.undelivered = "[]"
        outbox = self._effects.note(work, walked, run.updated)
        answer = self._renderer.empty()
        kept = None if turn else self._turn(walked.execution, request, run.updated, answer)
        work.save(Saved(run, False, kept, walked.history, outbox, walked.facts))
        return walked, answer

    def _repeat(
        self, work: Work, run: Run | None, turn: Turn | None, fingerprint: str
    ) -> Answer | None:
        """Answer a request that came before, or one that the walk has left behind."""
        if run is None:
            return self._renderer.render((Hangup(),), "")
        if turn is not None and turn.answer is None:
            return self._meanwhile(work, run, turn.token)
        if turn is not None and self._is_same(turn, fingerprint):
            return turn.answer
        return work.latest_answer(run.id) or self._renderer.render((Hangup(),), "")

    def _meanwhile(self, work: Work, run: Run, token: str) -> Answer:
        """Answer a repeat of a turn whose first request still waits, or died waiting."""
        if run.awaits and run.live:
            return self._renderer.hold((), "", self._address(run.id, token))
        answer = self._present(run)
        work.save(Saved(run))
        work.answer(run.id, token, answer)
        return answer

    def _poll(self, work: Work, run: Run, request: Return) -> Answer:
        """Answer a caller on hold who asks whether there is news."""
        execution = self._walker.read(run)
        execution.turns += 1
        self._walker.write(run, execution, request.event.at)
        answer = self._present(run)
        work.save(Saved(run, turn=self._turn(execution, request, run.updated, answer)))
        return answer

    def _present(self, run: Run) -> Answer:
        """Render what the walk has to say now; a live caller of a waiting walk is put on hold."""
        instructions = unpack(run.undelivered)
        run.undelivered = "[]"
        return self._answer(run, instructions)

    def _answer(self, run: Run, instructions: tuple[Instruction, ...]) -> Answer:
        """Render what is said, with a new token to come back by."""
        run.token = new_token()
        action = self._address(run.id, run.token)
        if run.awaits and run.live:
            return self._renderer.hold(instructions, self._walker.music(run), action)
        return self._renderer.render(instructions or (Hangup(),), action)

    def _save(
        self,
        work: Work,
        walked: Walked,
        token: str,
        fingerprint: str,
        *,
        new: bool = False,
        answered: bool = False,
    ) -> Answer | None:
        run, effect = walked.run, walked.effect
        outbox = self._effects.note(work, walked, run.updated)
        answer: Answer | None = None
        if effect is not None and run.live:
            run.undelivered = pack(walked.instructions)
        else:
            run.undelivered = "[]"
            answer = self._answer(run, walked.instructions)
        number = walked.execution.turns
        marked = self._marked(fingerprint)
        turn = Turn(run.id, token, marked, number, run.updated, answer)
        saved = Saved(run, new, turn, walked.history, outbox, walked.facts, answered)
        work.save(saved)
        return answer

    def _turn(self, execution: Execution, request: Return, at: datetime, answer: Answer) -> Turn:
        number = execution.turns
        marked = self._marked(request.fingerprint)
        return Turn(execution.id, request.token, marked, number, at, answer)

    def _marked(self, fingerprint: str) -> str:
        # A plain digest of a request with a short PIN could be guessed from the row.
        return self._walker.mark(fingerprint) if fingerprint else ""

    def _is_same(self, turn: Turn, fingerprint: str) -> bool:
        """Say whether a request is the one a turn answered; a fallback always is."""
        return (
            not (fingerprint and turn.fingerprint)
            or self._walker.mark(fingerprint) == turn.fingerprint
        )

    def _finish(
        self,
        run: Run | None,
        walked: Walked | None,
        answer: Answer | None,
        token: str,
        began: float,
    ) -> Answer:
        """After the commit: begin what the walk awaits, and wait for it within the budget."""
        started = self._effects.begin(walked) if walked else None
        if run is None or walked is None or walked.effect is None:
            return answer or self._renderer.apology("")
        if answer is not None:
            return answer
        if started is not None:
            self._wait(started, began)
        return self._collect(run.id, token)

    def _wait(self, started: Future[None], began: float) -> None:
        """Wait for an effect: a moment always, the whole budget while not too many do."""
        wait_for([started], timeout=min(MOMENT, self._budget))
        if started.done() or not self._patient.acquire(blocking=False):
            return
        try:
            wait_for([started], timeout=max(0.0, self._budget - (time.monotonic() - began)))
        finally:
            self._patient.release()

    def _collect(self, execution: str, token: str) -> Answer:
        """Answer after waiting: with what the walk says now, or with a moment on hold."""
        with self._store.work() as work:
            run, turn = work.open_turn(execution, token)
            if run is None:
                return self._renderer.render((Hangup(),), "")
            if turn is not None and turn.answer is not None:
                return turn.answer
            answer = self._present(run)
            work.save(Saved(run))
            work.answer(execution, token, answer)
        return answer


def _leg(arrival: Arrival, run: Run) -> Call:
    """Write down the contact's own leg of a call."""
    call = Call(arrival.sid, "ringing", arrival.at, run.id, direction="inbound")
    call.sender, call.recipient = arrival.sender, arrival.recipient
    return call


def _rejects(walked: Walked) -> bool:
    """Say whether a call's first answer refuses it."""
    return any(isinstance(part, Reject) for part in walked.instructions)


def _new_execution(version: Version, contact: Contact | None, arrival: Arrival) -> Execution:
    return Execution(
        id=new_id(),
        flow=version.flow,
        type=version.type,
        started=arrival.at.isoformat(),
        contact=contact.values() if contact else {"number": arrival.sender},
        call={
            **arrival.call,
            "sid": arrival.sid,
            "from": arrival.sender,
            "to": arrival.recipient,
        },
        channel={"type": "voice", "address": arrival.recipient},
        live=True,
    )
