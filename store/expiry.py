"""Removes what was kept for long enough: in small batches, never what is live, waits or is held.

What goes is chosen by reading pages, which nobody waits for; each batch is a short transaction,
after which the database is left to the calls for as long as it took.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from desk.access import REMEMBERED
from desk.keeping import REPORTS_LATE, Belongings, Person
from store.belongings import Finder
from store.database import Database
from store.histories import remove_histories, remove_threads
from store.holds import list_holds
from store.scanning import PAGE, Rest, batches, gently, pages
from store.schema import (
    assignments,
    call_log,
    calls,
    executions,
    idempotency,
    legs,
    offers,
    outbox,
    recordings,
    reports,
    survey_answers,
    tickets,
    waiting,
)
from store.schema_keeping import carrier_copies, erased
from store.schema_messages import NOT_THROUGH, files, messages, threads
from store.schema_outgoing import dialled, outreach, refusals
from store.schema_rooms import rooms

SOUNDS = ("wanted", "ready", "kept")
"""States of a recording that has a sound, or may still get one."""

SETTLED = ("kept", "absent", "failed")
"""States in which nothing more is to be fetched."""


class HoldsChanged(Exception):
    """A hold came or went while things were removed: the rest waits for the next time."""


@dataclass(slots=True)
class _Held:
    """What the holds cover: which holds, whose numbers, and everything of those people."""

    ids: frozenset[str] = frozenset()
    numbers: set[str] = field(default_factory=set)
    all: Belongings = field(default_factory=Belongings)


class Expiry:
    """Removes the old of each kind; every method gives how many things went.

    `rest` is what a batch is followed by, with the seconds it took.
    """

    def __init__(self, database: Database, rest: Rest | None = None) -> None:
        self._database = database
        self._rest = {} if rest is None else {"rest": rest}
        self._held = _Held()

    def begin(self) -> None:
        """Find out what is held; the first thing of every round."""
        with self._database.read() as connection:
            holds = list_holds(connection)
        held, finder = _Held(frozenset(hold.id for hold in holds)), Finder(self._database)
        for hold in holds:
            _add(held, hold.person, finder.of(hold.person))
        self._held = held

    def old_recordings(self, before: datetime) -> Iterator[str]:
        """Give the ids of recordings whose time is over, those of live calls not among them."""
        table = recordings.c
        for page in pages(
            self._database, table.sid, table.updated, table.state, table.execution, table.call
        ):
            old = [row for row in page if row.updated < before and row.state in SETTLED]
            live = self._running({row.execution for row in old if row.execution})
            for row in old:
                if row.execution not in live and row.sid not in self._held.all.recordings:
                    self._unchanged()
                    yield row.sid

    def remove_recordings(self, sids: Collection[str]) -> int:
        """Remove the rows of recordings whose sound is gone."""
        return self._remove(recordings.c.sid, sids)

    def old_conversations(self, before: datetime) -> Iterator[str]:
        """Give the ids of conversations by messages that were closed before and are over.

        One whose walk goes on is not (a survey may follow), nor one with a message still to leave.
        """
        table = threads.c
        for page in pages(self._database, table.id, table.closed, table.state, table.execution):
            old = [row for row in page if row.state == "closed" and _over(row.closed, before)]
            live = self._running({row.execution for row in old})
            leaving = self._existing(
                {row.id for row in old}, messages.c.conversation, sa.text(NOT_THROUGH)
            )
            for row in old:
                kept = row.id in leaving or row.id in self._held.all.conversations
                if row.execution not in live and not kept:
                    self._unchanged()
                    yield row.id

    def files_of(self, conversations: Collection[str]) -> list[str]:
        """List the names on the shelf of the files of conversations."""
        query = sa.select(files.c.file).join(messages, messages.c.id == files.c.message)
        theirs = sa.and_(messages.c.conversation.in_(list(conversations)), files.c.file != "")
        with self._database.read() as connection:
            return list(connection.scalars(query.where(theirs)))

    def remove_conversations(self, ids: Collection[str]) -> int:
        """Remove conversations whose files are gone, with all their messages."""
        with self._batch() as connection:
            return remove_threads(connection, ids)["conversations"]

    def histories(self, before: datetime) -> int:
        """Remove executions that ended before, with all that tells their story.

        One whose recordings are still kept stays with them: without it nobody could say whose
        they are.
        """
        gone = 0
        for found in self._ended(before):
            for batch in batches(found):
                with self._batch() as connection:
                    gone += remove_histories(connection, batch)
        return gone

    def calls(self, before: datetime) -> int:
        """Remove what carriers said of calls that belong to no history (any more)."""
        table, gone = calls.c, 0
        columns = (table.sid, table.ended, table.execution, table.parent)
        for page in pages(self._database, *columns, table.sender, table.recipient):
            old = [row for row in page if row.ended is not None and row.ended < before]
            kept = self._existing({row.execution for row in old}, executions.c.id)
            parents = self._existing({row.parent for row in old}, table.sid)
            sids = [
                row.sid
                for row in old
                if row.execution not in kept
                and row.parent not in parents
                and row.sid not in self._held.all.calls
                and not self._held.numbers & {row.sender, row.recipient}
            ]
            for batch in batches(sids):
                with self._batch() as connection:
                    connection.execute(sa.delete(call_log).where(call_log.c.sid.in_(batch)))
                    gone += _delete(connection, table.sid, batch)
        return gone

    def surveys(self, before: datetime) -> int:
        """Remove survey answers and report labels."""
        held = self._held.all.executions
        return sum(
            self._sweep(
                (table.c.id, table.c.at, table.c.execution),
                lambda row: row.at < before and row.execution not in held,
            )
            for table in (survey_answers, reports)
        )

    def desk(self, before: datetime) -> int:
        """Remove what is over at the desk: offers, conversations, places, tickets, legs, orders."""
        places, held_legs = self._held.all.places, self._held.all.legs
        gone = sum(
            self._sweep(
                (table.c.id, table.c.ended, table.c.contact),
                lambda row: _over(row.ended, before) and row.contact not in places,
            )
            for table in (offers, assignments)
        )
        gone += self._sweep(
            (rooms.c.id, rooms.c.closed, rooms.c.contact),
            lambda row: _over(row.closed, before) and row.contact not in places,
        )
        gone += self._sweep(
            (waiting.c.id, waiting.c.entered, waiting.c.waits),
            lambda row: row.entered < before and not row.waits and row.id not in places,
        )
        gone += self._tickets(before)
        gone += self._sweep(
            (legs.c.id, legs.c.ended),
            lambda row: _over(row.ended, before) and row.id not in held_legs,
        )
        gone += self._sweep((refusals.c.id, refusals.c.at), lambda row: row.at < before)
        gone += self._sweep((outreach.c.id, outreach.c.at), lambda row: row.at < before)
        gone += self._sweep((dialled.c.id, dialled.c.ended), lambda row: _over(row.ended, before))
        return gone + self._sweep(
            (outbox.c.id, outbox.c.lease, outbox.c.state, outbox.c.execution),
            lambda row: row.lease < before and row.state != "ready" and not row.execution,
        )

    def marks(self, now: datetime) -> int:
        """Remove what nobody asks for after its time: old answers by key, marks of what is gone."""
        late = now - REPORTS_LATE
        gone = self._sweep((erased.c.sid, erased.c.at), lambda row: row.at < late)
        gone += self._sweep(
            (carrier_copies.c.sid, carrier_copies.c.gone), lambda row: _over(row.gone, late)
        )
        forgotten = idempotency.c.at <= now - REMEMBERED
        with gently(self._database, **self._rest) as connection:
            return gone + connection.execute(sa.delete(idempotency).where(forgotten)).rowcount

    def _tickets(self, before: datetime) -> int:
        """Remove tickets whose walk is over and of whom nobody waits."""
        gone, places = 0, self._held.all.places
        for page in pages(self._database, tickets.c.id, tickets.c.created, tickets.c.execution):
            old = [row for row in page if row.created < before and row.id not in places]
            live = self._running({row.execution for row in old})
            waits = self._existing({row.id for row in old}, waiting.c.id)
            ids = [row.id for row in old if row.execution not in live and row.id not in waits]
            gone += self._remove(tickets.c.id, ids)
        return gone

    def _ended(self, before: datetime) -> Iterator[list[str]]:
        """Give the executions that may go, page by page, in the order they began."""
        table, last = executions.c, None
        while True:
            query = sa.select(table.id, table.started, table.ended).where(table.started < before)
            if last is not None:
                later = (table.started == last.started) & (table.id > last.id)
                query = query.where((table.started > last.started) | later)
            with self._database.read() as connection:
                query = query.order_by(table.started, table.id).limit(PAGE)
                rows = connection.execute(query).all()
            old = {row.id for row in rows if _over(row.ended, before)}
            yield sorted(old - self._wanted(old) - self._held.all.executions)
            if len(rows) < PAGE:
                return
            last = rows[-1]

    def _wanted(self, ids: Collection[str]) -> set[str]:
        """Find executions for which something is still to be done, or a recording is kept."""
        found: set[str] = set()
        for some in batches(ids, 500):
            ready = sa.select(outbox.c.execution).where(
                outbox.c.execution.in_(some), outbox.c.state == "ready"
            )
            sound = sa.select(recordings.c.execution).where(
                recordings.c.execution.in_(some), recordings.c.state.in_(SOUNDS)
            )
            with self._database.read() as connection:
                found.update(connection.scalars(sa.union(ready, sound)))
        return found

    def _running(self, ids: Collection[str]) -> set[str]:
        return self._existing(ids, executions.c.id, executions.c.ended.is_(None))

    def _existing(self, keys: Iterable[str], column: sa.Column[str], *more: Any) -> set[str]:
        found: set[str] = set()
        for some in batches(set(keys) - {""}, 500):
            with self._database.read() as connection:
                found.update(connection.scalars(sa.select(column).where(column.in_(some), *more)))
        return found

    def _sweep(self, columns: tuple[sa.Column[Any], ...], is_old: Any) -> int:
        gone = 0
        for page in pages(self._database, *columns):
            gone += self._remove(columns[0], [row[0] for row in page if is_old(row)])
        return gone

    def _remove(self, key: sa.Column[Any], values: Iterable[Any]) -> int:
        gone = 0
        for batch in batches(values, 500):
            with self._batch() as connection:
                gone += _delete(connection, key, batch)
        return gone

    @contextmanager
    def _batch(self) -> Iterator[sa.Connection]:
        """Write one batch, but only while the holds are those that were looked at."""
        with gently(self._database, **self._rest) as connection:
            self._check(connection)
            yield connection

    def _unchanged(self) -> None:
        with self._database.read() as connection:
            self._check(connection)

    def _check(self, connection: sa.Connection) -> None:
        if {hold.id for hold in list_holds(connection)} != self._held.ids:
            raise HoldsChanged


def _add(held: _Held, person: Person, found: Belongings) -> None:
    held.numbers |= {person.number} - {""}
    for name in ("executions", "calls", "recordings", "places", "legs", "conversations"):
        getattr(held.all, name).update(getattr(found, name))


def _over(ended: datetime | None, before: datetime) -> bool:
    return ended is not None and ended < before


def _delete(connection: sa.Connection, key: sa.Column[Any], values: Iterable[Any]) -> int:
    return connection.execute(sa.delete(key.table).where(key.in_(list(values)))).rowcount
