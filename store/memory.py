"""The same store in dictionaries: for tests, and for talking to a flow without a database.

It keeps what the databases keep and refuses what they refuse; one lock serialises all work.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from desk.changes import Changes
from flow.effects import KeepRecording
from flow.ledger import (
    Answer,
    Call,
    CallFact,
    Contact,
    Greeting,
    OutboxItem,
    Recording,
    Run,
    Saved,
    Turn,
    Version,
)
from store.addresses import normalised
from store.contacts import comparable, merged
from store.documents import LATEST
from store.errors import Conflict, Missing, StoreError, Unstorable
from store.memory_api import MemoryKeys, MemoryStarts
from store.memory_desk import MemoryDesk, changes_of
from store.memory_events import MemoryDeliveries, MemorySubscriptions, MemoryTold, heard
from store.memory_keeping import MemoryMarks
from store.memory_mail import MemoryMails
from store.memory_messages import MemoryGlances, MemoryMessages
from store.memory_outgoing import MemoryOutgoing
from store.memory_tables import Tables
from store.memory_templates import MemoryTemplates
from store.memory_wrap_ups import MemoryWrapUps
from store.recordings import expected
from store.swap import short_turn
from store.types import clean, kept

Undo = Callable[[], object]


class MemoryWork(
    MemoryDesk,
    MemoryStarts,
    MemoryMarks,
    MemoryTold,
    MemoryOutgoing,
    MemoryWrapUps,
    MemoryMails,
    MemoryMessages,
    MemoryTemplates,
):
    """One open transaction on the dictionaries; `undo` puts back what it changed."""

    connection = None

    def __init__(self, tables: Tables) -> None:
        self._rows = tables.rows
        self._undo: list[Undo] = []
        self.broken: StoreError | None = None
        self.happened, self.later = [], []

    def undo(self) -> None:
        """Put back everything this transaction changed."""
        for step in reversed(self._undo):
            step()

    def enter_call(self, sid: str) -> str:
        """Find the execution of a call, or "" for none."""
        found = (run.id for run in self._rows["runs"].values() if sid and run.call == clean(sid))
        return next(found, "")

    def lock(self, execution: str) -> Run | None:
        """Read a run."""
        run = self._rows["runs"].get(clean(execution))
        return replace(run) if run else None

    def turn(self, execution: str, token: str) -> Turn | None:
        """Find what a token was used for."""
        found: Turn | None = self._rows["turns"].get((clean(execution), clean(token)))
        return found

    def open_turn(self, execution: str, token: str) -> tuple[Run | None, Turn | None]:
        """Do `lock` and `turn` at once."""
        run = self.lock(execution)
        return run, self.turn(execution, token) if run else None

    def latest_answer(self, execution: str) -> Answer | None:
        """Find the answer of the newest turn that has one."""
        turns = [t for t in self._rows["turns"].values() if t.execution == execution and t.answer]
        return max(turns, key=lambda t: t.number).answer if turns else None

    def save(self, saved: Saved) -> None:
        """Write everything one turn changes; raise Conflict, Missing."""
        run: Run = kept(saved.run)
        known = self._rows["runs"].get(run.id)
        if not saved.new and known is None:
            raise self._fail(Missing("there is no execution of this id to save"))
        if run.call and self.enter_call(run.call) not in {"", run.id}:
            raise self._fail(Conflict("this call has another execution already"))
        if known is not None and not saved.new:
            run = replace(run, flow=known.flow, type=known.type, version=known.version)
            run = replace(run, interaction=known.interaction, started=known.started)
        self._put("runs", run.id, run, new=saved.new)
        if saved.turn:
            self._put("turns", (run.id, clean(saved.turn.token)), kept(saved.turn), new=True)
        for entry in saved.history:
            self._put("history", (run.id, entry.seq), kept(entry), new=True)
        for item in saved.outbox:
            self._put("outbox", item.id, kept(item), new=True)
        for fact in saved.facts:
            self._keep_fact(run, fact)
        self.happened.append(saved)

    def answer(self, execution: str, token: str, answer: Answer) -> None:
        """Write the answer of a turn that had none; raise Missing."""
        turn = self.turn(execution, token)
        if turn is None:
            raise self._fail(Missing("there is no turn of this token to answer"))
        self._put("turns", (turn.execution, turn.token), replace(turn, answer=answer))

    def greet(self, sid: str, recipient: str, sender: str) -> Greeting:
        """Find the flow, the contact and the leg of a call that was entered."""
        return Greeting(self.bound(recipient), self.contact_by("number", sender), self.call(sid))

    def bound(self, address: str) -> Version | None:
        """Find the published version of the flow an address is bound to."""
        try:
            flow = self._rows["bindings"].get(normalised(address))
        except Unstorable:
            return None
        return self.version_of(flow, LATEST) if flow else None

    def owned_numbers(self) -> list[str]:
        """List the telephone numbers that are bound here, the oldest binding first."""
        return [address for address in self._rows["bindings"] if address.startswith("+")]

    def addresses_of(self, prefix: str) -> list[str]:
        """List the bound addresses that begin so, without the prefix, the oldest first."""
        found = (address for address in self._rows["bindings"] if address.startswith(prefix))
        return [address.removeprefix(prefix) for address in found]

    def version_of(self, flow: str, spec: str) -> Version | None:
        """Find a version of a flow: the published one (`latest`), or one by its number."""
        for version in self._rows["versions"].values():
            wanted = version.state == "published" if spec == LATEST else str(version.number) == spec
            if version.flow == flow and wanted:
                found: Version = version
                return found
        return None

    def contact_by(self, by: str, value: str) -> Contact | None:
        """Find a contact by `number`, `email` or `id`."""
        key = clean(comparable(by, value))
        found = (c for c in self._rows["contacts"].values() if key and getattr(c, by) == key)
        return next(found, None)

    def update_contact(self, contact: str, fields: Mapping[str, Any]) -> Contact | None:
        """Change fields of a contact; None: no such one; raise Conflict."""
        known = self.contact_by("id", contact)
        return self._put_contact(merged(known, fields)) if known else None

    def put_contact(self, contact: Contact) -> Contact:
        """Add a contact, or add to the one of the same id, number or e-mail address."""
        pairs = [(by, getattr(contact, by)) for by in ("id", "number", "email")]
        known = next(filter(None, (self.contact_by(by, value) for by, value in pairs)), None)
        given = {name: getattr(contact, name) for name in ("name", "number", "email")}
        fields = {**contact.fields, **{name: value for name, value in given.items() if value}}
        return self._put_contact(merged(known or Contact(contact.id), fields))

    def claim(self, item: str, owner: str, lease: datetime, now: datetime) -> OutboxItem | None:
        """Take over an item whose lease has passed and that is not done; None: not to be had."""
        found = self._rows["outbox"].get(item)
        if found is None or found.state != "ready" or found.lease > now:
            return None
        taken: OutboxItem = kept(
            replace(found, owner=owner, lease=lease, attempts=found.attempts + 1)
        )
        self._put("outbox", item, taken)
        return taken

    def finish(self, item: str, state: str) -> None:
        """Write that an item is `done` or `dead`; raise Missing."""
        found = self._rows["outbox"].get(item)
        if found is None:
            raise self._fail(Missing("there is no outbox item of this id"))
        self._put("outbox", item, replace(found, state=state))

    def call(self, sid: str) -> Call | None:
        """Read what is known of a call leg."""
        found = self._rows["calls"].get(clean(sid))
        return replace(found) if found else None

    def keep_call(self, call: Call) -> None:
        """Write what is known of a call leg (insert or update)."""
        self._put("calls", clean(call.sid), kept(call))

    def log_call(self, fact: CallFact) -> None:
        """Keep one callback as it came."""
        self._put("call_log", len(self._rows["call_log"]), kept(fact))

    def recording(self, sid: str) -> Recording | None:
        """Read a recording's row."""
        found = self._rows["recordings"].get(clean(sid))
        return replace(found) if found else None

    def keep_recording(self, recording: Recording) -> None:
        """Write a recording's row (insert or update)."""
        self._put("recordings", clean(recording.sid), kept(recording))
        self.happened.append(recording)

    def put(self, table: str, key: str, value: Any) -> None:
        """Write a row of the library: `versions`, `bindings`, `secrets`."""
        self._put(table, key, value)

    def _keep_fact(self, run: Run, fact: Any) -> None:
        if isinstance(fact, KeepRecording):
            self.keep_recording(expected(fact, self.recording(fact.recording), run))
        else:
            self._put("facts", len(self._rows["facts"]), (run.id, run.updated, kept(fact)))

    def _put_contact(self, contact: Contact) -> Contact:
        fresh: Contact = kept(contact)
        for by in ("number", "email"):
            other = self.contact_by(by, getattr(fresh, by))
            if other is not None and other.id != fresh.id:
                raise self._fail(Conflict(f"another contact has this {by}"))
        self._put("contacts", fresh.id, fresh)
        return fresh

    def _put(self, table: str, key: Any, value: Any, *, new: bool = False) -> None:
        rows = self._rows[table]
        if key in rows:
            if new:
                raise self._fail(Conflict(f"this is written already: {table}"))
            old = rows[key]
            self._undo.append(lambda: rows.__setitem__(key, old))
        else:
            self._undo.append(lambda: rows.pop(key))
        rows[key] = value

    def _take(self, table: str, key: Any) -> bool:
        rows = self._rows[table]
        if key not in rows:
            return False
        old = rows.pop(key)
        self._undo.append(lambda: rows.__setitem__(key, old))
        return True

    def check(self) -> None:
        """Raise the error that broke this transaction, if the body swallowed one."""
        if self.broken is not None:
            raise self.broken

    def _fail(self, error: StoreError) -> StoreError:
        self.broken = error
        return error


class MemoryStore(MemoryGlances):
    """The store of one process that forgets everything at its end."""

    def __init__(self) -> None:
        self._tables = Tables()
        self._lock = threading.Lock()
        self.keys = MemoryKeys(self._tables.rows)
        self.subscriptions = MemorySubscriptions(self._tables.rows)
        self.deliveries = MemoryDeliveries(self._tables.rows, self._lock)

    @contextmanager
    def work(self) -> Iterator[MemoryWork]:
        """Open a transaction; leaving it without an error keeps it, an error undoes it all."""
        with self._lock:
            work = MemoryWork(self._tables)
            try:
                yield work
                work.check()
                work.tell(work.happened)
            except BaseException:
                work.undo()
                raise
        work.do_later()

    def glance(self, execution: str) -> Run | None:
        """Read a run."""
        with self.work() as work:
            return work.lock(execution)

    def welcome(self, sid: str, recipient: str, sender: str) -> tuple[str, Greeting]:
        """Read the execution a call has ("" for none) and what a new call needs to know."""
        with self.work() as work:
            return work.enter_call(sid), work.greet(sid, recipient, sender)

    def admit(self, saved: Saved, call: Call) -> bool:
        """Write the first turn of a call and its leg, if nobody has entered the call meanwhile."""
        short_turn(saved, new=True)
        with self.work() as work:
            if heard(self._tables.rows, saved):
                return False
            if work.enter_call(call.sid) or work.call(call.sid):
                return False
            work.save(saved)
            work.keep_call(call)
            return True

    def swap(self, saved: Saved, token: str, moves: int) -> bool:
        """Write a turn if the run's token and count of moves are still these."""
        short_turn(saved, new=False)
        with self.work() as work:
            now = work.lock(saved.run.id)
            same = now is not None and (now.token, now.moves) == (token, moves)
            same = same and not heard(self._tables.rows, saved)
            if same:
                work.save(saved)
            return same

    def desk_since(self, version: int, horizon: datetime) -> Changes:
        """Read what changed of the desk after a version."""
        with self._lock:
            return changes_of(self._tables.rows, version, horizon)

    def version(self, version: str) -> Version | None:
        """Read one stored version by its id."""
        found: Version | None = self._tables.rows["versions"].get(version)
        return found

    def secret(self, name: str) -> bytes | None:
        """Read a sealed secret."""
        return self._tables.rows["secrets"].get(name)

    def overdue(self, now: datetime, limit: int) -> Sequence[str]:
        """List the ids of outbox items that are not done and whose lease has passed."""
        with self._lock:
            items = [i for i in self._tables.rows["outbox"].values() if i.state == "ready"]
        waiting = sorted((i for i in items if i.lease <= now), key=lambda i: i.lease)
        return [item.id for item in waiting[:limit]]

    def silent_calls(self, before: datetime, limit: int) -> Sequence[Call]:
        """List calls that are not over and of which nothing was heard since `before`."""
        with self._lock:
            calls = [replace(c) for c in self._tables.rows["calls"].values() if c.ended is None]
        silent = sorted((c for c in calls if c.updated < before), key=lambda c: c.updated)
        return silent[:limit]

    def unheard_recordings(self, before: datetime, limit: int) -> Sequence[str]:
        """List recordings that a walk expects and of which nothing was heard since `before`."""
        with self._lock:
            rows = [r for r in self._tables.rows["recordings"].values() if r.state == "wanted"]
        unheard = sorted((r for r in rows if r.updated < before), key=lambda r: r.updated)
        return [recording.sid for recording in unheard[:limit]]

    def publish(self, flow: str, type_: str, source: str, at: datetime) -> Version:
        """Store a document as the next version and publish it; the one before is archived."""
        with self.work() as work:
            others = [v for v in self._tables.rows["versions"].values() if v.flow == flow]
            for other in others:
                work.put("versions", other.id, replace(other, state="archived"))
            number = len(others) + 1
            added = Version(uuid4().hex, flow, type_, number, "published", source, at)
            work.put("versions", added.id, added)
            return added

    def bind(self, address: str, flow: str) -> None:
        """Bind an address to a flow, instead of any other."""
        with self.work() as work:
            work.put("bindings", normalised(address), flow)

    def load_contacts(self, people: Iterable[Contact]) -> int:
        """Add people, or add to those of the same id, number or e-mail; give how many."""
        with self.work() as work:
            return len([work.put_contact(person) for person in people])

    def put_secret(self, name: str, sealed: bytes) -> None:
        """Add a secret, or replace the one of this name."""
        with self.work() as work:
            work.put("secrets", name, sealed)

    def steps(self, execution: str) -> list[Any]:
        """Give every step an execution has left, in order."""
        rows = self._tables.rows["history"]
        return [rows[key] for key in sorted(rows) if key[0] == execution]
