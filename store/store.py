"""Everything that is kept, behind the methods the runner asks for: SQLite and PostgreSQL."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from desk.changes import Changes
from flow.ledger import Call, Greeting, Run, Saved, Version
from store.calls import Calls, silent_calls
from store.contacts import Contacts
from store.database import Database
from store.desk import Desk, read_changes
from store.documents import Documents, stored_version
from store.greeting import Greetings
from store.happenings import tells
from store.hot import Hot
from store.legs import Legs
from store.mails import Mails
from store.marks import Marks
from store.messages import Messages
from store.outbox import Outbox, overdue
from store.outgoing import Outgoing
from store.recordings import Recordings, unheard_recordings
from store.runs import Runs
from store.sealed import sealed_secret
from store.starts import Starts
from store.swap import Swaps
from store.templates import Templates
from store.threads import Glances
from store.told import SOMEBODY, listens, tell
from store.wrap_ups import WrapUps


class SqlWork(
    Runs,
    Greetings,
    Documents,
    Contacts,
    Outbox,
    Calls,
    Recordings,
    Desk,
    Legs,
    Starts,
    Marks,
    Outgoing,
    WrapUps,
    Mails,
    Messages,
    Templates,
):
    """One open write transaction.

    Lock in this order: API key, desk, call, our leg, execution, then call legs. Who holds an
    execution never takes the desk: the walk tells it by the outbox. Messages come after these
    (`messages`), then the gate of outgoing calls, and events come last (`told`).
    """

    def has_audience(self) -> bool:
        """Say whether anybody subscribes to events."""
        return bool(self.first(SOMEBODY)[0])


class SqlStore(Glances):
    """The store of one process, on one database.

    `mark` gives the keyed digest under which an erased person's opt-out stands.
    """

    def __init__(self, database: Database, mark: Callable[[str], str] | None = None) -> None:
        self._database, self._mark = database, mark
        self._hot = Hot(sqlite=database.sqlite)
        self._swaps = Swaps(database)

    @contextmanager
    def work(self) -> Iterator[SqlWork]:
        """Open a write transaction; leaving it without an error commits, an error undoes it.

        Raises:
            StoreError: also when the body swallowed an error of the store: nothing was written.
        """
        with self._database.write() as connection:
            work = SqlWork(connection, self._hot)
            work.mark = self._mark
            yield work
            work.check()
            if work.happened and self._database.audience.present(work.has_audience):
                tell(work, work.happened)
        for call in work.later:
            call()

    def glance(self, execution: str) -> Run | None:
        """Read a run without locking it."""
        return self._swaps.glance(execution)

    def swap(self, saved: Saved, token: str, moves: int) -> bool:
        """Write a turn if the run's token and count of moves are still these; say if they were.

        A turn of which somebody is to be told is not written this way either.
        """
        return not self._tells(saved) and self._swaps.swap(saved, token, moves)

    def welcome(self, sid: str, recipient: str, sender: str) -> tuple[str, Greeting]:
        """Read the execution a call has ("" for none) and what a new call needs to know."""
        return self._swaps.welcome(sid, recipient, sender)

    def admit(self, saved: Saved, call: Call) -> bool:
        """Write the first turn of a call and its leg, if nobody has entered the call meanwhile.

        As `swap`, it leaves to others what somebody is to be told of.
        """
        return not self._tells(saved) and self._swaps.admit(saved, call)

    def _tells(self, saved: Saved) -> bool:
        """Say whether a turn has events in it, and somebody to tell them to."""
        return tells(saved) and self._database.audience.present(partial(listens, self._database))

    def desk_since(self, version: int, horizon: datetime) -> Changes:
        """Read what changed of the desk after a version, without locking it."""
        with self._database.read() as connection:
            return read_changes(connection, version, horizon)

    def version(self, version: str) -> Version | None:
        """Read one stored version by its id."""
        with self._database.read() as connection:
            return stored_version(connection, version)

    def secret(self, name: str) -> bytes | None:
        """Read a sealed secret."""
        with self._database.read() as connection:
            return sealed_secret(connection, name)

    def silent_calls(self, before: datetime, limit: int) -> Sequence[Call]:
        """List calls that are not over and of which nothing was heard since `before`."""
        with self._database.read() as connection:
            return silent_calls(connection, before, limit)

    def unheard_recordings(self, before: datetime, limit: int) -> Sequence[str]:
        """List recordings that a walk expects and of which nothing was heard since `before`."""
        with self._database.read() as connection:
            return unheard_recordings(connection, before, limit)

    def overdue(self, now: datetime, limit: int) -> Sequence[str]:
        """List the ids of outbox items that are not done and whose lease has passed."""
        with self._database.read() as connection:
            return overdue(connection, now, limit)

    def ping(self) -> None:
        """Return when the database answers; raise Unavailable when it does not."""
        self._database.ping()
