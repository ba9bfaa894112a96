"""Carries out what need not be awaited: calls, news for walks, redirects. After the commit, once.

An order is an outbox row of the transaction that gave it. The committing process carries it out
at once; what it leaves, or does not come to, the worker takes over when the lease has passed.
Carrying one out twice must do no harm: whoever does it looks first whether it is done.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import structlog

from flow import values
from flow.effects import Brief, DeliverVoicemail, Drop, PlaceCall
from flow.ledger import OutboxItem
from runner.errors import CarrierError, Unavailable
from runner.ports import Jobs, Store, Work
from runner.vault import Vault
from runner.walker import place_of

_log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=15)
"""How long the committing process has: a request to the carrier with a repetition or two."""

MOST_ATTEMPTS = 20
"""How often an order is taken over before it is given up; with the pauses, about an hour."""

LONGEST_PAUSE = 300.0
"""Seconds between two tries of an order, at the most."""

AT_ONCE = 2.0
"""Seconds that a thread waits itself before it tries an order again; longer waits are a job."""


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell a walk what became of its order; `result` is kept sealed like every order.

    `at_once`: the contact's call does not come back to us by itself. `again` tells apart what is
    said with the same word, as of the second agent of a conversation by messages. `after` names the
    outbox row of what the walk must hear first.
    """

    execution: str
    order: str
    word: str
    at: datetime
    result: Mapping[str, Any] = field(default_factory=dict)
    last: bool = False
    at_once: bool = False
    again: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Push:
    """Bring a contact's call back to us, unless it came by itself: the walk has news for it."""

    execution: str
    token: str


@dataclass(frozen=True, slots=True)
class Ring:
    """Place the call of a leg; from `until` (ISO; empty for never) on it leaves no more."""

    leg: str
    until: str = ""


@dataclass(frozen=True, slots=True)
class EndLeg:
    """End the call of a leg, or never place it."""

    leg: str


@dataclass(frozen=True, slots=True)
class SayAndEnd:
    """Tell an agent who waits alone why nobody comes (`word`), then end the leg."""

    leg: str
    word: str


@dataclass(frozen=True, slots=True)
class LegOver:
    """A leg is over: the desk or the walk must hear of it."""

    leg: str


@dataclass(frozen=True, slots=True)
class Arrange:
    """Put those who are in a room as the desk wants them now."""

    room: str


@dataclass(frozen=True, slots=True)
class EndConversation:
    """End the call of a contact who is served, then let everybody else go."""

    execution: str
    contact: str


@dataclass(frozen=True, slots=True)
class Hear:
    """Let a walk have the messages that came while it was busy."""

    execution: str
    conversation: str


@dataclass(frozen=True, slots=True)
class DeleteRecording:
    """Delete a recording at the carrier: our copy is verified, or it was erased."""

    recording: str


@dataclass(frozen=True, slots=True)
class DeleteMessage:
    """Delete a message at the carrier: it was erased."""

    message: str


KINDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        *(Tell, Push, Ring, EndLeg, SayAndEnd, LegOver, Hear, DeleteMessage),
        *(Brief, Drop, PlaceCall, DeleteRecording, DeliverVoicemail, Arrange, EndConversation),
    )
}

Noted = tuple[OutboxItem, Any]

By = Mapping[type[Any], Callable[[Any], None]]


def name_of(order: Brief | Drop | PlaceCall | DeliverVoicemail) -> str:
    """Name the outbox row of a walk's order."""
    match order:
        case Brief():
            return f"brief-{order.id}"
        case Drop():
            return f"drop-{order.order}"
        case PlaceCall():
            return f"call-{order.id}"
        case DeliverVoicemail():
            return f"voicemail-{order.recording}"


class Later(Exception):
    """The order cannot be carried out yet; `seconds` None leaves the pause to the tries so far."""

    def __init__(self, seconds: float | None = None) -> None:
        super().__init__("not yet")
        self.seconds = seconds


class Orders:
    """Writes orders down and carries them out.

    `by` says who carries out which type; it is asked late, for those who do give orders themselves.
    """

    def __init__(  # noqa: PLR0913, PLR0917  the places an order touches; composed once, in app.py
        self,
        store: Store,
        jobs: Jobs,
        vault: Vault,
        clock: Callable[[], datetime],
        owner: str,
        by: Callable[[], By] = dict,
        threads: int = 16,
    ) -> None:
        self._store, self._jobs, self._vault = store, jobs, vault
        self._clock, self._owner, self._by = clock, owner, by
        self._closing = Event()
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="order") if threads else None

    def note(
        self, work: Work, given: Iterable[tuple[str, Any]], at: datetime, delay: float = 0.0
    ) -> list[Noted]:
        """Write orders down under their names, in the open transaction; give what to `begin`.

        Without threads of its own (a command) this process leaves them to the worker. Leases run by
        this process's own clock, also where `at` is the carrier's.
        """
        at = max(at, self._clock())
        wait = timedelta(seconds=delay) if delay or self._pool is None else LEASE
        noted = [(self._item(name, order, at + wait), order) for name, order in given]
        work.note_outbox([item for item, _ in noted])
        for item, _ in noted:
            self._follow_up(work, item, at)
        return [] if delay or self._pool is None else noted

    def begin(self, noted: Sequence[Noted]) -> None:
        """Carry out at once what was noted and committed."""
        if self._pool is None:
            return
        for item, order in noted:
            with suppress(RuntimeError):  # closed meanwhile: the worker has it
                self._pool.submit(self._begin, item, order)

    def close(self) -> None:
        """Finish what was begun, and begin nothing more: the worker has the rest."""
        if self._pool is not None:
            self._closing.set()
            self._pool.shutdown(cancel_futures=True)

    def redo(self, item: OutboxItem) -> str:
        """Carry out an order that was taken over: `repeated`, or `dead` when it is given up."""
        try:
            order = self._unpack(item)
        except Exception as error:  # noqa: BLE001 whatever is wrong with the row, it stays wrong
            _log.error("order cannot be read", order=item.id, at=place_of(error))
            order = None
        if order is None or item.attempts > MOST_ATTEMPTS:
            _log.error("order is dead", order=item.id, kind=item.kind, attempts=item.attempts)
            self._finish(item.id, "dead")
            return "dead"
        self._carry_out(item, order)
        return "repeated"

    def _item(self, name: str, order: Any, lease: datetime) -> OutboxItem:
        packed = {part.name: values.to_json(getattr(order, part.name)) for part in fields(order)}
        return OutboxItem(
            id=name,
            execution=getattr(order, "execution", ""),
            kind=type(order).__name__,
            payload=self._vault.seal(packed, name),
            awaited=False,
            resend=True,
            owner=self._owner,
            lease=lease,
        )

    def _unpack(self, item: OutboxItem) -> Any:
        packed = self._vault.open(item.payload, item.id)
        return KINDS[item.kind](**{name: values.from_json(part) for name, part in packed.items()})

    def _follow_up(self, work: Work, item: OutboxItem, at: datetime) -> None:
        delay = max(0.0, (item.lease - at).total_seconds())
        key = f"deliver-{item.id}-{item.attempts}-{item.lease:%H%M%S%f}"
        self._jobs.enqueue(work, "deliver", key, {"item": item.id}, delay)

    def _begin(self, item: OutboxItem, order: Any) -> None:
        if self._clock() >= item.lease:
            _log.warning("order left to the worker: no thread was free", order=item.id)
            return
        try:
            self._carry_out(item, order)
        except Exception as error:  # noqa: BLE001 a thread's errors are seen by nobody else
            _log.error("order not carried out", order=item.id, at=place_of(error))

    def _carry_out(self, item: OutboxItem, order: Any) -> None:
        until = min(item.lease, self._clock() + LEASE)
        pause = 0.2
        while True:
            again = self._try(item, order)
            if again is None:
                return
            seconds = again.seconds if again.seconds is not None else pause
            pause *= 2
            ends = self._clock() + timedelta(seconds=seconds)
            if seconds > AT_ONCE or ends >= until:
                self._postpone(item, again)
                return
            if self._closing.wait(seconds):
                return

    def _try(self, item: OutboxItem, order: Any) -> Later | None:
        try:
            self._by()[type(order)](order)
            self._finish(item.id, "done")
        except Later as later:
            return later
        except Unavailable:
            return Later()
        except CarrierError as error:
            if error.retry:
                return Later()
            _log.error("the carrier refused an order", order=item.id, code=error.code)
            self._finish(item.id, "dead")
        return None

    def _postpone(self, item: OutboxItem, later: Later) -> None:
        backoff = min(LONGEST_PAUSE, 2.0**item.attempts)
        now = self._clock()
        until = now + timedelta(seconds=backoff if later.seconds is None else later.seconds)
        with self._store.work() as work:
            work.postpone(item.id, until)
            again = OutboxItem(
                item.id, item.execution, item.kind, b"", False, True, self._owner, until,
                attempts=item.attempts,
            )  # fmt: skip
            self._follow_up(work, again, now)

    def _finish(self, item: str, state: str) -> None:
        with self._store.work() as work:
            work.finish(item, state)
