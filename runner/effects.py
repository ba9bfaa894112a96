"""Does what a walk asked of the world, after the commit and outside of any transaction.

The process that committed an effect does it at once on a thread of its own, under a lease. When
it dies, the lease passes and whoever comes first (a repeated request, the worker) takes over:
what may be done twice is done again, anything else counts as timed out (design, section 4.2).
"""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import structlog

from flow import values
from flow.effects import HttpRequest, Needed, SendEmail, StartTimer
from flow.events import EffectDone, Event
from flow.instructions import Enqueue, Join
from flow.ledger import OutboxItem, Run, Saved, Turn
from runner.errors import Unavailable
from runner.mail import IN_ALL, PATIENCE
from runner.orders import Orders, name_of
from runner.pauses import longest_pauses
from runner.ports import Jobs, Performer, Store, Work
from runner.vault import Vault
from runner.walker import Walked, Walker, may_repeat, pack, place_of, unpack

_log = structlog.get_logger(__name__)

GRACE = timedelta(seconds=7)
"""How much longer than its own time-out an effect's lease lasts: queueing and a slow commit."""

QUEUED = timedelta(seconds=2)
"""How late an effect may begin. One that waited longer for a thread is left to whoever comes when
its lease has passed: begun now, it could be sent a second time."""

TAKEN_OVER = timedelta(seconds=60)
"""The lease of an effect that was taken over: longer than the longest effect with its retries."""

MOST_ATTEMPTS = 5
"""How often an effect is taken over; one that kills each process that tries it is dead."""

_ROOMS = Enqueue | Join

_SWEPT = 100
"""Effects one sweep looks at."""

DELIVERY_TRIES = 5
"""How often a result is offered to a database that is away before the worker is left with it."""


class Effects:
    """Writes effects down, performs them, and brings their results back into the walk.

    `after` is told, in the turn's transaction, of every turn of a run that has a conversation.
    """

    def __init__(  # noqa: PLR0913, PLR0917  the places an effect touches; composed once, in app.py
        self,
        store: Store,
        walker: Walker,
        jobs: Jobs,
        vault: Vault,
        performers: Mapping[type[Any], Performer],
        clock: Callable[[], datetime],
        owner: str,
        threads: int = 32,
        pause: float = 0.2,
        orders: Orders | None = None,
    ) -> None:
        self._store, self._walker, self._jobs, self._vault = store, walker, jobs, vault
        self._performers, self._clock, self._owner = performers, clock, owner
        self._pause = pause
        self.orders = orders or Orders(store, jobs, vault, clock, owner)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="effect")
        self.after: Callable[[Work, Walked], None] | None = None

    def note(self, work: Work, walked: Walked, at: datetime) -> list[OutboxItem]:
        """Write down, in the turn's transaction, what a walk ordered and what it awaits.

        Orders are written at once; what is given back belongs to the turn (`Saved.outbox`).
        """
        named = [(name_of(order), order) for order in walked.orders]
        walked.noted = self.orders.note(work, named, at)
        if walked.timer is not None:
            self._remind(work, walked.run, walked.timer, at)
        if self.after is not None and walked.execution.conversation:
            self.after(work, walked)
        return self._note(work, walked.run, walked.effect, at) if walked.effect else []

    def _remind(self, work: Work, run: Run, timer: StartTimer, at: datetime) -> None:
        delay = max(0.0, (timer.due - at).total_seconds())
        data = {"execution": run.id, "timer": timer.id}
        self._jobs.enqueue(work, "timer", f"timer-{timer.id}", data, delay)

    def _note(self, work: Work, run: Run, effect: Needed, at: datetime) -> list[OutboxItem]:
        """Write an effect down.

        A timer becomes a durable job alone; everything else an outbox row owned by this process,
        with a job that takes over after its lease.
        """
        if isinstance(effect, StartTimer):
            self._remind(work, run, effect, at)
            return []
        lease = at + _patience(effect)
        item = OutboxItem(
            id=effect.id,
            execution=run.id,
            kind=type(effect).__name__,
            payload=self._vault.seal(values.to_json(effect), effect.id),
            awaited=True,
            resend=may_repeat(effect),
            owner=self._owner,
            lease=lease,
        )
        self._follow_up(work, item, at)
        return [item]

    def _follow_up(self, work: Work, item: OutboxItem, at: datetime) -> None:
        delay = (item.lease - at).total_seconds() + 1
        key = f"deliver-{item.id}-{item.attempts}"
        data = {"item": item.id}
        self._jobs.enqueue(work, "deliver", key, data, delay)

    def begin(self, walked: Walked) -> Future[None] | None:
        """Begin what was noted and committed; the future ends when the effect is delivered.

        None when no effect is to be begun: there is none, or it is a timer and fires by itself.
        """
        self.orders.begin(walked.noted)
        effect = walked.effect
        if effect is None or isinstance(effect, StartTimer):
            return None
        return self._pool.submit(self._begin, walked.run.id, effect, self._clock() + QUEUED)

    def _begin(self, execution: str, effect: Needed, latest: datetime) -> None:
        if self._clock() > latest:
            _log.warning("effect left to the worker: no thread was free", effect=effect.id)
            return
        try:
            self._do(execution, effect)
        except Exception as error:  # noqa: BLE001 a thread's errors are seen by nobody else
            _log.error("effect not delivered", effect=effect.id, at=place_of(error))

    def _do(self, execution: str, effect: Needed) -> None:
        following: Needed | None = effect
        while following is not None:
            outcome, result = self._perform(following)
            following = self._deliver(execution, following.id, outcome, result)

    def _perform(self, effect: Needed) -> tuple[str, Mapping[str, Any]]:
        try:
            return self._performers[type(effect)](effect)
        except Exception as error:  # noqa: BLE001 whatever a performer does wrong, the walk must go on
            _log.error("effect crashed", kind=type(effect).__name__, at=place_of(error))
            return "crashed", {}

    def _deliver(
        self, execution: str, effect: str, outcome: str, result: Mapping[str, Any]
    ) -> Needed | None:
        for attempt in range(1, DELIVERY_TRIES + 1):
            try:
                done = EffectDone(self._clock(), effect, outcome, result)
                return self.wake(execution, done, finished=effect)
            except Unavailable:
                _log.warning("result waits for the database", effect=effect, attempt=attempt)
                if attempt < DELIVERY_TRIES:
                    time.sleep(self._pause * 2**attempt)
        return None

    def wake(self, execution: str, event: Event, finished: str = "") -> Needed | None:
        """Move a run by an event that no request of the contact brought.

        What it then says is kept until the contact's channel asks. Gives the next effect, which
        the caller must `begin` or do. `finished` names the outbox row this settles.

        Raises:
            Unavailable: the database is away; nothing was changed.
        """
        with self._store.work() as work:
            run = work.lock(execution)
            if run is None:
                return None
            walked = self._walker.move(work, run, event)
            if finished:
                work.finish(finished, "done")
            if walked.moved:
                self.keep(work, walked)
        self.orders.begin(walked.noted)
        return walked.effect if not isinstance(walked.effect, StartTimer) else None

    def keep(self, work: Work, walked: Walked, turn: Turn | None = None) -> None:
        """Write what a run was moved to without a request of its contact's channel.

        `turn` remembers what moved it, where that may come twice.
        """
        run = walked.run
        if walked.instructions and not walked.texts:
            # A room that nobody was sent into yet is not entered any more: the walk has moved on.
            waiting = (part for part in unpack(run.undelivered) if not isinstance(part, _ROOMS))
            run.undelivered = pack((*waiting, *walked.instructions))
        outbox = self.note(work, walked, run.updated)
        saved = Saved(run, False, turn, walked.history, outbox, walked.facts)
        work.save(saved)

    def fire(self, execution: str, event: Event) -> None:
        """Move a run by a timer or a fact, and do whatever effects follow."""
        self.follow(execution, self.wake(execution, event))

    def follow(self, execution: str, effect: Needed | None) -> None:
        """Do an effect that was noted, and whatever effects follow."""
        if effect is not None and not isinstance(effect, StartTimer):
            self._do(execution, effect)

    def sweep(self) -> int:
        """Take over whatever lies with a lease that has passed; gives how many there were."""
        left = self._store.overdue(self._clock(), _SWEPT)
        for done in [self._pool.submit(self._sweep_one, item) for item in left]:
            done.result()
        return len(left)

    def _sweep_one(self, item: str) -> None:
        try:
            self.take_over(item)
        except Exception as error:  # noqa: BLE001 one that fails must not stop the others
            _log.error("effect not taken over", effect=item, at=place_of(error))

    def take_over(self, item: str) -> str:
        """Finish an effect whose process never came back; gives what was done with it.

        `gone`: it is done or somebody else's. `repeated`: it was done (again). `given up`: it
        may not be done twice, so the walk goes on with `timeout`. `dead`: nobody can do it, and
        the walk goes on with its step's error handling.
        """
        now = self._clock()
        with self._store.work() as work:
            taken = work.claim(item, self._owner, now + TAKEN_OVER, now)
            if taken is None:
                return "gone"
            self._follow_up(work, taken, now)
        if not taken.awaited:
            return self.orders.redo(taken)
        if taken.attempts > MOST_ATTEMPTS:
            return self._bury(taken)
        if not taken.resend:
            self._go_on(taken, "timeout")
            return "given up"
        try:
            effect: Needed = values.from_json(self._vault.open(taken.payload, taken.id))
        except Exception as error:  # noqa: BLE001 whatever is wrong with the row, it stays wrong
            _log.error("effect cannot be read", effect=taken.id, at=place_of(error))
            return self._bury(taken)
        self._do(taken.execution, effect)
        return "repeated"

    def _bury(self, item: OutboxItem) -> str:
        _log.error("effect is dead", effect=item.id, kind=item.kind, attempts=item.attempts)
        self._go_on(item, "crashed")
        return "dead"

    def _go_on(self, item: OutboxItem, outcome: str) -> None:
        """Move the walk on without its effect, and do what it asks for then."""
        following = self._deliver(item.execution, item.id, outcome, {})
        if following is not None:
            self._do(item.execution, following)


def _patience(effect: Needed) -> timedelta:
    """How long the process that sends an effect may take before others think it dead."""
    if isinstance(effect, HttpRequest):
        tries = effect.retries + 1
        return timedelta(seconds=effect.timeout * tries + longest_pauses(effect.retries)) + GRACE
    if isinstance(effect, SendEmail):
        return timedelta(seconds=IN_ALL + PATIENCE) + GRACE
    return timedelta(seconds=10) + GRACE
