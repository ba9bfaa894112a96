"""The door for messages: one that a contact wrote in, and what follows from it.

Everything is one transaction: the message is kept, an opt-out is obeyed before any step, the walk
that waits is moved or a flow begins, and what it says is written down to leave.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from desk.conversations import Conversation
from flow.ledger import Contact, Run, Version
from runner.errors import Unavailable
from runner.ids import new_id
from runner.messages.bursts import counted
from runner.messages.channels import Incoming, Report, Taken
from runner.messages.keeping import Keeping, Shelf, Shelved, shelve
from runner.messages.opting import Opting
from runner.messages.repeats import repeated
from runner.messages.reports import take_report
from runner.messages.senders import bound_name
from runner.messages.talks import Beginning, Talks
from runner.messages.threads import Threads
from runner.ports import Jobs, Store, Work
from runner.walker import Walked

_TRIES = 5

_AGAIN = 2
"""How often a message is begun anew after the database undid it: two walks stood in each other's
way, or a connection was lost."""


_Seen = tuple[Conversation | None, Conversation | None]
"""Seen before anything is locked: the thread that a message names, the contact's last one."""


class _Moved(Exception):
    """The conversation was another one once it was locked: begin anew."""


@dataclass(frozen=True, slots=True)
class _Found:
    """Whom a message is from: the open thread, the run that walks it, the bound flow."""

    conversation: Conversation | None
    run: Run | None
    version: Version | None


class Inbox:
    """Takes messages and what is heard of them. One instance serves all threads of a process."""

    def __init__(
        self,
        store: Store,
        threads: Threads,
        talks: Talks,
        opting: Opting,
        jobs: Jobs,
        shelf: Shelf,
    ) -> None:
        self._store, self._threads, self._talks = store, threads, talks
        self._opting, self._shelf = opting, shelf
        self._keeping = Keeping(threads, jobs)

    def take(self, incoming: Incoming) -> Taken:
        """Keep a message, and let its walk hear it; a repeat changes nothing.

        Raises:
            Unavailable: the database is away; nothing was kept.
        """
        shelved = shelve(self._shelf, incoming)
        taken, done = self._try(incoming, shelved)
        if taken.repeated or taken.unbound:
            shelved.forget(self._shelf)
        self._talks.follow(done)
        return taken

    def report(self, report: Report) -> None:
        """Take in what a provider says of a message that we sent: facts in any order.

        Raises:
            Unavailable: the database is away; the provider's next word tells it again.
        """
        take_report(self._store, self._threads, report)

    def _try(self, incoming: Incoming, shelved: Shelved) -> tuple[Taken, Sequence[Walked]]:
        undone = 0
        for _ in range(_TRIES):
            try:
                named, before = self._named(incoming), self._before(incoming)
                with self._store.work() as work:
                    return self._take(work, incoming, shelved, (named, before))
            except _Moved:
                continue
            except Unavailable:
                undone += 1
                if undone > _AGAIN:
                    raise
        raise RuntimeError("the conversation changed again and again while it was looked up")

    def _named(self, incoming: Incoming) -> Conversation | None:
        """Find the open thread that the channel knows a message by, from whatever address."""
        if not incoming.thread:
            return None
        named = self._store.glance_conversation(incoming.thread)
        if named is None or named.state == "closed":
            return None
        ours = (named.channel, named.address) == (incoming.channel, incoming.address)
        return named if ours else None

    def _before(self, incoming: Incoming) -> Conversation | None:
        """Find the contact's last conversation, open or not: machines begin one after the other."""
        place = (incoming.channel, incoming.address, incoming.peer)
        return next(iter(self._store.conversations_of(*place, 1)), None)

    def _take(
        self, work: Work, incoming: Incoming, shelved: Shelved, seen: _Seen
    ) -> tuple[Taken, Sequence[Walked]]:
        named, before = seen
        found = self._find(work, incoming, named)
        known = repeated(work, found.conversation, incoming)
        if known is not None:
            return known, ()
        is_open = found.conversation is not None
        language = self._talks.language(found.version, found.run)
        wish = self._opting.wish(work, incoming, language, is_open=is_open)
        starts = found.version is not None and found.version.type == "incoming_message"
        if found.conversation is None and not starts:
            if wish:
                self._opting.obey(work, incoming, wish, language, None)
            return Taken(unbound=True), ()
        burst, flooded = counted(found.conversation or before, incoming)
        mute = bool(wish) or incoming.automatic or flooded
        contact = None if is_open else self._contact(work, incoming)
        conversation = found.conversation or _opened(incoming, contact, mute=mute)
        conversation = _remembering(conversation, incoming, burst)
        begins = not is_open and not mute
        message, conversation = self._keeping.keep(
            work, conversation, incoming, shelved, taken=begins or mute
        )
        taken = Taken(conversation.id, message.id if message else "")
        if wish:
            self._opting.obey(work, incoming, wish, language, conversation)
        if begins and found.version is not None:
            given = Beginning(found.version, conversation, message, incoming, contact)
            return taken, self._talks.begin(work, given)
        return taken, () if mute else self._heard(work, found.run, conversation)

    def _heard(self, work: Work, run: Run | None, conversation: Conversation) -> Sequence[Walked]:
        """Let whoever has the conversation hear what came: an agent's side, or the walk."""
        if conversation.state in ("agent", "waiting"):
            work.take_messages(conversation.id, conversation.messages)
            return ()
        return self._talks.hear(work, run, conversation) if run else ()

    def _find(self, work: Work, incoming: Incoming, named: Conversation | None) -> _Found:
        """Lock what this message touches: the run, then the peer, then the thread.

        Raises:
            _Moved: the thread is walked by another run meanwhile.
        """
        place = (incoming.channel, incoming.address, named.peer if named else incoming.peer)
        seen = named or work.open_with(*place)
        run = work.lock(seen.execution) if seen and seen.execution else None
        now = work.enter_peer(*place)
        if _walked(seen) != _walked(now):
            raise _Moved
        conversation = work.conversation(now.id) if now else None
        if conversation is not None and conversation.state == "closed":
            raise _Moved
        version = None
        if conversation is None:
            version = work.bound(bound_name(incoming.channel, incoming.address))
        return _Found(conversation, run, version)

    def _contact(self, work: Work, incoming: Incoming) -> Contact | None:
        """Find the person, or note a new one whom we can reach again."""
        for by, value in (("number", incoming.number), ("email", incoming.email)):
            known = work.contact_by(by, value) if value else None
            if known is not None:
                return known
        if not (incoming.number or incoming.email):
            return None
        fresh = Contact(new_id(), incoming.name, incoming.number, incoming.email)
        return work.put_contact(fresh)


def _walked(conversation: Conversation | None) -> tuple[str, str]:
    """Name a thread and the run that walks it."""
    return (conversation.id, conversation.execution) if conversation else ("", "")


def _opened(incoming: Incoming, contact: Contact | None, *, mute: bool) -> Conversation:
    """Make the row of a new thread: closed at once where nobody will answer."""
    at = incoming.at
    return Conversation(
        *(new_id(), incoming.channel, incoming.address, incoming.peer, at, at),
        contact=contact.id if contact else "",
        execution="" if mute else new_id(),
        state="closed" if mute else "flow",
        subject=incoming.subject,
        closed=at if mute else None,
    )


def _remembering(
    conversation: Conversation, incoming: Incoming, burst: Mapping[str, Any]
) -> Conversation:
    """Remember how fast it goes, and what answers are threaded by: the newest message says it."""
    thread = incoming.details.get("thread") or {}
    return replace(conversation, details={**conversation.details, **thread, **burst})
