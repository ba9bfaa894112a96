"""Takes in what the carrier reports besides the walk: call statuses and recordings.

Every report is a fact, in any order and any number of times: it is kept as it came, moves a call
only up its lattice, and a call's end reaches its walk once.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from desk.calls import is_over, joined
from flow.events import HungUp
from flow.ledger import Call, CallFact, Recording, Run, Saved
from runner import forwards
from runner.effects import Effects
from runner.errors import CarrierError
from runner.legs import Legs
from runner.ports import CallControl, Jobs, Store, Work
from runner.voicemails import wake
from runner.walker import Walked, Walker, place_of

_log = structlog.get_logger(__name__)

LAST_WORD = timedelta(seconds=10)
"""How long a call's end waits for what its last verb still brings: the recording of a voicemail
comes by a request of its own, and status reports overtake it."""

_BATCH = 100
"""Calls one round of the watchdog asks the carrier about."""

UNHEARD = timedelta(minutes=10)
"""How long the carrier may be silent about a recording that a walk expects."""

AGAIN = timedelta(minutes=10)
"""How long a call is left alone about which the carrier could not say anything."""

LONGEST = timedelta(hours=25)
"""How long a call can be: a walk of a call lives 24 h at most (design, section 6)."""


class CallFacts:
    """Keeps the calls' statuses and ends the walks of calls that are over."""

    def __init__(
        self, store: Store, walker: Walker, effects: Effects, jobs: Jobs, legs: Legs
    ) -> None:
        self._store, self._walker, self._effects, self._jobs = store, walker, effects, jobs
        self._legs = legs

    def take(self, fact: CallFact, leg: str = "") -> None:
        """Keep one status report; a call's first terminal one hangs its walk up.

        `leg` names one that we placed.

        Raises:
            Unavailable: the database is away; nothing was changed.
        """
        walked: Walked | None = None
        with self._store.work() as work:
            work.enter_call(fact.sid)
            ours, noted = self._legs.heard(work, leg, fact) if leg else (None, [])
            known = work.call(fact.sid)
            if known is None and work.is_erased(fact.sid, fact.parent):
                return
            work.log_call(fact)
            was_over = known is not None and is_over(known.status)
            call = _after(known, fact)
            if ours is not None and ours.kind == "contact":
                call.execution = ours.execution
            work.keep_call(call)
            if is_over(call.status) and not was_over:
                walked = self._over(work, call, fact)
        self._effects.orders.begin(noted)
        if walked is not None:
            self._effects.begin(walked)

    def _over(self, work: Work, call: Call, fact: CallFact) -> Walked | None:
        forwards.parted(work, call, self._walker.mark)
        run = work.lock(call.execution) if call.execution else None
        return self._hang_up(work, run, fact) if run else None

    def _hang_up(self, work: Work, run: Run, fact: CallFact) -> Walked | None:
        if run.live and not run.awaits and self._walker.expects_last_word(run):
            key, data = f"hangup-{run.id}", {"execution": run.id, "call": fact.sid}
            self._jobs.enqueue(work, "hangup", key, data, LAST_WORD.total_seconds())
            return None
        at = max(fact.at, run.updated)  # the carrier counts whole seconds, by a clock of its own
        walked = self._walker.move(work, run, HungUp(at, call=fact.sid))
        if not walked.moved:
            return None
        run.undelivered = "[]"
        outbox = self._effects.note(work, walked, at)
        work.save(Saved(run, history=walked.history, outbox=outbox, facts=walked.facts))
        return walked


def _after(known: Call | None, fact: CallFact) -> Call:
    call = known or Call(fact.sid, fact.status, fact.at)
    over = is_over(call.status) and known is not None
    call.status = joined(call.status, fact.status)
    call.updated = max(call.updated, fact.at)
    call.parent = call.parent or fact.parent
    call.direction = call.direction or fact.direction
    call.sender = call.sender or fact.sender
    call.recipient = call.recipient or fact.recipient
    if call.seconds is None:
        call.seconds = fact.seconds
    if is_over(call.status) and not over:
        call.ended = fact.at
    return call


class Watchdog:
    """Closes calls whose last report never came: asks the carrier how they stand."""

    def __init__(
        self,
        store: Store,
        facts: CallFacts,
        carrier: CallControl,
        clock: Callable[[], datetime],
        silence: timedelta,
    ) -> None:
        self._store, self._facts, self._carrier = store, facts, carrier
        self._clock, self._silence = clock, silence
        self._unanswered: dict[str, datetime] = {}

    def round(self) -> int:
        """Ask after every call that was silent for too long; gives how many were closed.

        A call the carrier does not know, or one older than a call can be, counts as completed.
        A carrier that is down ends the round: it would let each question time out.
        """
        now = self._clock()
        self._unanswered = {sid: at for sid, at in self._unanswered.items() if now - at < AGAIN}
        closed = 0
        for call in self._store.silent_calls(now - self._silence, _BATCH):
            if call.sid in self._unanswered:
                continue
            try:
                closed += self._ask(call, now)
            except CarrierError as error:
                self._unanswered[call.sid] = now
                _log.warning(
                    "carrier does not say how a call stands", call=call.sid, code=error.code
                )
                if error.retry:
                    break
            except Exception as error:  # noqa: BLE001 one call's fault must not keep the others open
                self._unanswered[call.sid] = now
                _log.error("call not closed", call=call.sid, at=place_of(error))
        return closed

    def _ask(self, call: Call, now: datetime) -> bool:
        status, seconds = self._carrier.call_status(call.sid) or ("completed", call.seconds)
        if not is_over(status) and self._is_too_old(call, now):
            status = "completed"
        raw = {"CallbackSource": "watchdog"}
        self._facts.take(CallFact(call.sid, status, now, seconds=seconds, raw=raw))
        return is_over(status)

    def _is_too_old(self, call: Call, now: datetime) -> bool:
        with self._store.work() as work:
            run = work.lock(call.execution) if call.execution else None
        return run is not None and now - run.started > LONGEST


class RecordingFacts:
    """Keeps what the carrier says of recordings, and has each one fetched once it is ready."""

    def __init__(self, store: Store, jobs: Jobs) -> None:
        self._store, self._jobs = store, jobs

    def take(self, news: Recording) -> None:
        """Keep one recording report; `news.state` is `ready` or `absent`, other states only touch.

        Raises:
            Unavailable: the database is away; nothing was changed.
        """
        with self._store.work() as work:
            execution = work.enter_call(news.call)  # first, as everywhere: call, then recording
            known = work.recording(news.sid)
            if known is None and work.is_erased(news.sid, news.call):
                work.want_gone(news.sid, news.updated)
                return
            merged = _merged(known, news)
            merged.execution = merged.execution or execution
            work.keep_recording(merged)
            if merged.state == "ready" and (known is None or known.state == "wanted"):
                self._ask_for(work, news.sid)
            if merged.state == "absent":
                wake(self._jobs, work, merged)

    def chase(self, now: datetime) -> int:
        """Have recordings fetched that the carrier never spoke of; gives how many there are.

        Its report is sent once: lost on the way, it never comes (Twilio, "Recording callbacks").
        Asked for again in every round, each is still fetched by one job.
        """
        unheard = self._store.unheard_recordings(now - UNHEARD, _BATCH)
        with self._store.work() as work:
            for sid in unheard:
                self._ask_for(work, sid)
        return len(unheard)

    def _ask_for(self, work: Work, sid: str) -> None:
        self._jobs.enqueue(work, "recording", f"recording-{sid}", {"recording": sid})


def _merged(known: Recording | None, news: Recording) -> Recording:
    if known is None:
        return replace(news, state=news.state or "wanted")
    final = known.state in {"kept", "absent", "failed", "ready"}
    return replace(
        known,
        state=known.state if final or not news.state else news.state,
        updated=news.updated,
        call=known.call or news.call,
        seconds=known.seconds if known.state == "kept" else news.seconds or known.seconds,
        reason=known.reason if final else news.reason,
    )
