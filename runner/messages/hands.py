"""The door for what agents and supervisors do with a conversation by messages.

Who has a conversation is decided by the desk, in one transaction with the conversation's row; an
agent writes as long as the row names the agent.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from desk import texts
from desk.conversations import Conversation, Message
from desk.handling import NotNow, Wrong
from desk.queue import Waiting
from desk.texts import Whom
from desk.wrap_up import WrapUp
from runner.desk import Desk, Open
from runner.ids import new_id
from runner.messages.channels import Attached
from runner.messages.keeping import Shelf, Shelved, keep_file
from runner.messages.threads import OVER, Threads, Written
from runner.ports import Store, Work
from runner.typing_notes import TypingNotes

MOST_NOTES = 50
"""Notes that a conversation keeps of its transfers: the last ones."""


class Unknown(LookupError):
    """There is no such conversation."""


class Reused(ValueError):
    """The sender's key was used with another text."""


@dataclass(frozen=True, slots=True)
class By:
    """Who wishes it: an agent, or (`supervises`) somebody who may whoever has it."""

    agent: str = ""
    supervises: bool = False


class Hands:
    """Takes, answers, passes on and closes. Every method gives how the conversation stands then.

    Each raises `Unknown` for a conversation that is not there, `NotNow` (or `Wrong`) for what
    cannot be, and `Unavailable` when the database is away.
    """

    def __init__(
        self, store: Store, desk: Desk, threads: Threads, notes: TypingNotes, shelf: Shelf
    ) -> None:
        self._store, self._desk, self._threads, self._notes = store, desk, threads, notes
        self._shelf = shelf

    def take(self, conversation: str, agent: str) -> Conversation:
        """Let an agent take a conversation that waits: of two at one moment one has it."""
        with self._opened(conversation) as (desk, _):
            texts.take(desk.floor, conversation, agent, new_id(), desk.at)
        return self._now(conversation)

    def transfer(self, conversation: str, whom: Whom, by: By, note: str = "") -> Conversation:
        """Pass a conversation on, to the head of the queue; `note` is for who has it next."""
        with self._opened(conversation) as (desk, found):
            _check(found, by)
            if whom.ring_group:
                _check_group(desk, whom.ring_group)
            texts.transfer(desk.floor, conversation, whom, desk.at)
            if note:
                desk.work.keep_conversation(_noted(found, by, note, desk.at))
        return self._now(conversation)

    def close(
        self, conversation: str, by: By, notes: str = "", disposition: str = ""
    ) -> Conversation:
        """Let the agent be through with it: its walk goes on, and may ask how it was."""
        with self._opened(conversation) as (desk, found):
            _check(found, by)
            held = texts.close(desk.floor, conversation, desk.at)
            if notes or disposition:
                desk.work.keep_wrap_up(WrapUp(held.id, notes, disposition, desk.at))
        return self._now(conversation)

    def send(
        self,
        conversation: str,
        by: By,
        written: Written,
        asked: str,
        files: Sequence[Attached] = (),
    ) -> tuple[Message, bool]:
        """Write to the contact as an agent; whether it was here before, by the sender's key.

        What cannot leave is kept as `failed` or `canceled`, with the reason. `asked` is the
        request's fingerprint: repeated, it is answered alike, whoever has the conversation by now.

        Raises:
            Reused: the key came with another text before.
            MediaError: the files could not be kept.
        """
        key = f"agent:{written.key}" if written.key else ""
        details = {**written.details, **({"asked": asked} if key else {})}
        row = replace(written, key=key, details=details)
        shelved = Shelved([(each, self._shelf.put(each.data or b"")) for each in files])
        try:
            with self._store.work() as work:
                message, known = self._written(work, conversation, by, row, shelved)
        except (Unknown, Reused, NotNow):
            shelved.forget(self._shelf)  # after any other error their rows may have been written
            raise
        if known:
            shelved.forget(self._shelf)
        return message, known

    def _written(
        self, work: Work, conversation: str, by: By, written: Written, shelved: Shelved
    ) -> tuple[Message, bool]:
        work.conversation(conversation)  # of two at one moment one writes
        known = work.message_keyed(conversation, written.key) if written.key else None
        if known is not None:
            if known.details.get("asked") != written.details["asked"]:
                raise Reused("this key was used with another text")
            return known, True
        found = _read(work, conversation)
        _check(found, by)
        name, at = new_id(), self._threads.clock()
        media = tuple(keep_file(work, name, *each, at) for each in shelved.files)
        message, _ = self._threads.write(work, found, replace(written, media=media), name)
        return work.message(message.id) or message, False

    def typing(self, conversation: str, by: By) -> None:
        """Note that an agent is writing, so that the contact sees it."""
        found = self._store.glance_conversation(conversation)
        if found is None:
            raise Unknown(conversation)
        _check(found, by)
        self._notes.note(conversation, f"agent:{by.agent or found.agent}")

    def waiting(self, agent: str = "") -> list[Waiting] | None:
        """List what waits in its order, only what the agent may take; None: no such agent."""
        with self._desk.look() as (floor, _):
            lies = [each for each in floor.queue if each.conversation]
            if not agent:
                return lies
            if agent not in floor.agents:
                return None
            return [each for each in lies if not texts.may_take(floor, each, agent)]

    @contextmanager
    def _opened(self, conversation: str) -> Iterator[tuple[Open, Conversation]]:
        with self._desk.change() as desk:
            yield desk, _read(desk.work, conversation)

    def _now(self, conversation: str) -> Conversation:
        found = self._store.glance_conversation(conversation)
        if found is None:
            raise Unknown(conversation)
        return found


def _read(work: Work, conversation: str) -> Conversation:
    found = work.conversation(conversation)
    if found is None:
        raise Unknown(conversation)
    if found.state == "closed":
        raise NotNow(OVER)
    return found


def _check(conversation: Conversation, by: By) -> None:
    """Let only who has it, and supervisors."""
    if by.supervises or (by.agent and conversation.agent == by.agent):
        return
    has = f"{conversation.agent} has it" if conversation.agent else "nobody has it: take it first"
    raise NotNow(f"this conversation is not {by.agent or 'yours'}: {has}", "agent")


def _check_group(desk: Open, group: str) -> None:
    if group not in {each.id for each in desk.work.ring_groups()}:
        raise Wrong(f"there is no ring group {group!r}", "ring_group")


def _noted(conversation: Conversation, by: By, note: str, at: datetime) -> Conversation:
    """Add a note for colleagues; the contact never sees it."""
    kept = {"at": at.isoformat(), "by": by.agent or "supervisor", "text": note}
    notes = [*(conversation.details.get("notes") or ()), kept][-MOST_NOTES:]
    details = {**conversation.details, "notes": notes}
    return replace(conversation, details=details, version=conversation.version + 1)
