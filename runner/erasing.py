"""Erases everything of one contact: sounds, messages, histories, calls, the carrier's copies.

It is done in short transactions, the contact's own row last: broken off anywhere, the next run
finds what is left. What was erased leaves a proof that says how much and when, never whose.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from itertools import islice
from typing import Protocol

import structlog

from desk.conversations import CHANNELS
from desk.keeping import Belongings, Hold, Person, Proof
from runner.copies import CarrierCopies
from runner.errors import RunnerError
from runner.ids import new_id
from runner.ports import Work

_log = structlog.get_logger(__name__)

_TOGETHER = 50
"""Keys one transaction removes by: on SQLite everybody else waits for it."""


class NotErased(RunnerError):
    """Nothing was erased; the text says why, and what to do."""


class ErasingWork(Work, Protocol):
    """One open transaction of an erasure; every method gives how many rows went, by kind."""

    def erase_histories(self, ids: Collection[str]) -> Mapping[str, int]:
        """Remove executions with all that tells their story."""

    def erase_calls(self, sids: Collection[str]) -> Mapping[str, int]:
        """Remove calls and all the carrier said of them."""

    def erase_recordings(self, sids: Collection[str]) -> Mapping[str, int]:
        """Remove the rows of recordings."""

    def erase_places(self, places: Collection[str]) -> Mapping[str, int]:
        """Remove places in the queue."""

    def carriers_messages(self, ids: Collection[str]) -> Sequence[str]:
        """List the carrier's ids of the messages in conversations."""

    def erase_conversations(self, ids: Collection[str], at: datetime) -> Mapping[str, int]:
        """Remove conversations by messages with all that is in them."""

    def erase_opt_outs(self, peers: Collection[str]) -> Mapping[str, int]:
        """Keep wishes not to be written to, without saying whose they are."""

    def erase_legs(self, ids: Collection[str]) -> Mapping[str, int]:
        """Remove calls that we placed."""

    def erase_dialled(self, mark: str) -> Mapping[str, int]:
        """Take a number's digest from the book of outgoing calls."""

    def erase_outreach(self, marks: Collection[str]) -> Mapping[str, int]:
        """Take a contact's digests from the book of messages that were begun."""

    def erase_contact(self, contact: str) -> Mapping[str, int]:
        """Remove the contact's row."""

    def mark_erased(self, sids: Collection[str], at: datetime) -> None:
        """Remember calls and recordings of which later reports are not taken in."""

    def keep_proof(self, proof: Proof) -> None:
        """Keep what was erased, how much and when."""


class ErasingStore(Protocol):
    """Where erasures are carried out."""

    def work(self) -> AbstractContextManager[ErasingWork]:
        """Open a transaction."""

    def settle(self) -> bool:
        """Let nothing of it stay in the database's log; false when others kept it busy."""


class Eraser:
    """Erases people.

    `find` looks for what is theirs, `held` for holds, `drop` erases a sound and `discard` a
    file of a message, `mark` makes the keyed digest under which a number stands in the book of
    outgoing calls.
    """

    def __init__(  # noqa: PLR0913, PLR0917  the places a person's data lie; composed once, in app.py
        self,
        store: ErasingStore,
        find: Callable[[Person], Belongings],
        held: Callable[[Person], Sequence[Hold]],
        drop: Callable[[str], object],
        discard: Callable[[str], object],
        copies: CarrierCopies,
        mark: Callable[[str], str],
        clock: Callable[[], datetime],
    ) -> None:
        self._store, self._find, self._held, self._drop = store, find, held, drop
        self._discard, self._copies, self._mark, self._clock = discard, copies, mark, clock

    def erase(self, person: Person) -> Proof:
        """Erase everything of a person; give and keep the proof.

        Raises:
            NotErased: the person's data are held, or something of theirs is not over yet.
        """
        found = self._allowed(person)
        counts: Counter[str] = Counter()
        self._sounds(found, counts)
        at = self._clock()
        self._conversations(found, counts, at)
        for some in _some(found.executions):
            with self._store.work() as work:
                counts.update(work.erase_histories(some))
        for some in _some(found.calls):
            with self._store.work() as work:
                work.mark_erased(some, at)
                counts.update(work.erase_calls(some))
        self._desk(found, counts)
        proof = self._prove(person, counts)
        if not self._store.settle():
            _log.warning("erased rows are still in the database's log", proof=proof.id)
        _log.info("a contact was erased", proof=proof.id, things=proof.total)
        return proof

    def left(self, person: Person) -> Belongings:
        """Find what there is now: of those who called meanwhile, what the next run erases."""
        return self._find(person)

    def _allowed(self, person: Person) -> Belongings:
        holds = self._held(person)
        if holds:
            since = holds[0].since.strftime("%Y-%m-%d")
            raise NotErased(f"held since {since}: flask contacts release ends the hold")
        found = self._find(person)
        if found.live:
            raise NotErased(f"{found.live} is theirs: try again when it is over")
        return found

    def _sounds(self, found: Belongings, counts: Counter[str]) -> None:
        """Erase recordings: the sound, then the row; the carrier's copy by an order."""
        for some in _some(found.recordings):
            for sid in some:
                self._drop(sid)
            at = self._clock()
            with self._store.work() as work:
                work.mark_erased(some, at)
                counts.update(work.erase_recordings(some))
                noted = self._copies.order(work, some, at)
            self._copies.begin(noted)

    def _conversations(self, found: Belongings, counts: Counter[str], at: datetime) -> None:
        """Erase what was written: files, then rows; the carrier's copies by orders.

        The wish to be left alone stays in force.
        """
        for name in found.files:
            self._discard(name)
        for some in _some(found.conversations):
            with self._store.work() as work:
                theirs = work.carriers_messages(some)
                counts.update(work.erase_conversations(some, at))
                noted = self._copies.order(work, theirs, at)
            self._copies.begin(noted)
        for some in _some(found.peers):
            with self._store.work() as work:
                counts.update(work.erase_opt_outs(some))
                marks = [self._mark(f"{name}:{peer}") for name in CHANNELS for peer in some]
                counts.update(work.erase_outreach(marks))

    def _desk(self, found: Belongings, counts: Counter[str]) -> None:
        for some in _some(found.places):
            with self._store.work() as work:
                counts.update(work.erase_places(some))
        for some in _some(found.legs):
            with self._store.work() as work:
                counts.update(work.erase_legs(some))

    def _prove(self, person: Person, counts: Counter[str]) -> Proof:
        with self._store.work() as work:
            if person.number:
                counts.update(work.erase_dialled(self._mark(person.number)))
            if person.contact:
                counts.update(work.erase_contact(person.contact))
            kept = {kind: number for kind, number in sorted(counts.items()) if number}
            proof = Proof(new_id(), self._clock(), kept)
            work.keep_proof(proof)
        return proof


def _some(keys: Collection[str]) -> Iterator[list[str]]:
    left = iter(sorted(keys))
    while batch := list(islice(left, _TOGETHER)):
        yield batch
