"""What the runner needs of the other rooms, as small Protocols; `app.py` fits them together."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from desk.access import Interaction, KeptAnswer
from desk.agents import RingGroup
from desk.changes import Changes
from desk.mails import Mail
from desk.rooms import Seat
from desk.voicemails import Voicemail
from desk.wrap_up import WrapUp
from flow.instructions import Instruction
from flow.ledger import (
    Answer,
    Call,
    CallFact,
    Contact,
    Greeting,
    Leg,
    OutboxItem,
    Recording,
    Run,
    Saved,
    Ticket,
    Turn,
    Version,
)
from runner.call_book import OutgoingWork
from runner.messages.book import MessageStore, MessageWork
from runner.messages.canned import TemplateWork


class Work(OutgoingWork, MessageWork, TemplateWork, Protocol):
    """One open write transaction. Leaving it without an error commits; an error undoes it all."""

    @property
    def connection(self) -> Any:
        """The database connection, for a job queue that writes in the same transaction."""

    def afterwards(self, call: Callable[[], object]) -> None:
        """Have this called once the transaction is committed; it must not fail."""

    def enter_call(self, sid: str) -> str:
        """Find the execution of a call, or "" for none.

        From here to the commit nobody else can enter the same call: of two first requests the
        second sees what the first wrote.
        """

    def lock(self, execution: str) -> Run | None:
        """Read a run and keep everybody else from it until the commit."""

    def open_turn(self, execution: str, token: str) -> tuple[Run | None, Turn | None]:
        """Lock a run and find what a token was used for, in one go."""

    def latest_answer(self, execution: str) -> Answer | None:
        """Find the answer of the newest turn that has one."""

    def save(self, saved: Saved) -> None:
        """Write everything one turn changes."""

    def answer(self, execution: str, token: str, answer: Answer) -> None:
        """Write the answer of a turn that had none."""

    def greet(self, sid: str, recipient: str, sender: str) -> Greeting:
        """Find the flow, the contact and the leg of a call that was entered (`enter_call`)."""

    def bound(self, address: str) -> Version | None:
        """Find the published version of the flow an address is bound to."""

    def addresses_of(self, prefix: str) -> Sequence[str]:
        """List the bound addresses that begin so, without the prefix, the oldest first."""

    def version_of(self, flow: str, spec: str) -> Version | None:
        """Find a version of a flow: the published one (`latest`), or one by its number."""

    def owned_numbers(self) -> Sequence[str]:
        """List the telephone numbers that are bound here, in E.164, the oldest binding first."""

    def contact_by(self, by: str, value: str) -> Contact | None:
        """Find a contact by `number`, `email` or `id`."""

    def put_contact(self, contact: Contact) -> Contact:
        """Add a contact, or add to the one of the same id, number or e-mail address."""

    def update_contact(self, contact: str, fields: Mapping[str, Any]) -> Contact | None:
        """Change fields of a contact (`name`, `number`, `email` among them); None: no such one."""

    def open_desk(self) -> int:
        """Lock the desk until the commit, before anything else; give its last change's number."""

    def desk_since(self, version: int, horizon: datetime) -> Changes:
        """Read what changed after a version; of everything (0), what is open or ended lately."""

    def keep_desk(self, changes: Changes) -> None:
        """Write what changed, as the desk's next version."""

    def ring_groups(self) -> Sequence[RingGroup]:
        """List the ring groups."""

    def keep_ring_groups(self, groups: Iterable[RingGroup]) -> None:
        """Add ring groups, or write their titles anew."""

    def remove_ring_group(self, group: str) -> bool:
        """Remove a ring group; false when there is none."""

    def keep_wrap_up(self, wrap_up: WrapUp) -> bool:
        """Write what an agent noted of a conversation; false: there is no such one."""

    def wrap_up(self, call: str) -> WrapUp | None:
        """Read what was noted of a conversation."""

    def keep_ticket(self, ticket: Ticket) -> Ticket:
        """Write a ticket, unless there is one of this id; give the one that counts."""

    def tickets(self, ids: Collection[str]) -> Mapping[str, Ticket]:
        """Read tickets by their ids."""

    def leg(self, leg: str) -> Leg | None:
        """Read a leg, locked."""

    def keep_leg(self, leg: Leg) -> None:
        """Write a leg (insert or update)."""

    def known_calls(self, sids: Collection[str]) -> set[str]:
        """Find which of these calls are ours already: legs we placed, or calls we heard of."""

    def enter_key(self, key: str) -> bool:
        """Keep other starts by an API key waiting until the commit; false: it is revoked.

        Before any other lock.
        """

    def kept_answer(self, key: str, name: str) -> KeptAnswer | None:
        """Find what a key was answered under an Idempotency-Key."""

    def keep_answer(self, answer: KeptAnswer) -> None:
        """Keep an answer, and drop those of its key that are forgotten."""

    def keep_interaction(self, interaction: Interaction) -> None:
        """Keep which key started what."""

    def started_since(self, key: str, moment: datetime) -> int:
        """Count what a key has started after a moment."""

    def running_of(self, key: str) -> int:
        """Count the executions a key has started that have not ended."""

    def note_outbox(self, items: Sequence[OutboxItem]) -> None:
        """Insert new outbox items; one that is there already stays as it is."""

    def postpone(self, item: str, until: datetime) -> None:
        """Leave an outbox item that is not done alone until then."""

    def claim(self, item: str, owner: str, lease: datetime, now: datetime) -> OutboxItem | None:
        """Take over an outbox item whose lease has passed and that is not done.

        Gives the item as it is after the claim (`attempts` counted up), None if it is not to be
        had.
        """

    def is_outstanding(self, item: str) -> bool:
        """Say whether there is an outbox item of this id that is neither done nor dead."""

    def finish(self, item: str, state: str) -> None:
        """Write that an outbox item is `done` or `dead`."""

    def call(self, sid: str) -> Call | None:
        """Read what is known of a call leg, locked."""

    def keep_call(self, call: Call) -> None:
        """Write what is known of a call leg (insert or update)."""

    def log_call(self, fact: CallFact) -> None:
        """Keep one callback as it came."""

    def is_erased(self, *sids: str) -> bool:
        """Say whether one of these calls or recordings was erased here."""

    def want_gone(self, sid: str, at: datetime) -> bool:
        """Note that the carrier shall delete a recording; false when it has already."""

    def copy_gone(self, sid: str, at: datetime) -> None:
        """Note that the carrier has deleted a recording."""

    def copies_left(self, before: datetime, limit: int) -> Sequence[str]:
        """List recordings that the carrier was to delete before a moment and has not."""

    def recording(self, sid: str) -> Recording | None:
        """Read a recording's row, locked."""

    def keep_recording(self, recording: Recording) -> None:
        """Write a recording's row (insert or update)."""

    def mail(self, mail: str) -> Mail | None:
        """Read an e-mail that is kept, locked."""

    def keep_mail(self, mail: Mail) -> None:
        """Write an e-mail (insert or update)."""

    def voicemail(self, voicemail: str) -> Voicemail | None:
        """Read a message for agents, locked."""

    def keep_voicemail(self, voicemail: Voicemail) -> None:
        """Write a message whose recording is known (insert or update)."""


class Store(MessageStore, Protocol):
    """Where everything is kept."""

    def work(self) -> AbstractContextManager[Work]:
        """Open a write transaction (`BEGIN IMMEDIATE` on SQLite)."""

    def glance(self, execution: str) -> Run | None:
        """Read a run without locking it."""

    def welcome(self, sid: str, recipient: str, sender: str) -> tuple[str, Greeting]:
        """Read the execution a call has ("" for none) and what a new call needs to know."""

    def admit(self, saved: Saved, call: Call) -> bool:
        """Write the first turn of a call and its leg, if nobody has entered the call meanwhile."""

    def swap(self, saved: Saved, token: str, moves: int) -> bool:
        """Write a turn if the run's token and count of moves are still these; say if they were.

        For turns that change nothing but the run and its history; all of it or nothing.
        """

    def desk_since(self, version: int, horizon: datetime) -> Changes:
        """Read what changed of the desk after a version, without locking it."""

    def version(self, version: str) -> Version | None:
        """Read one stored version by its id."""

    def overdue(self, now: datetime, limit: int) -> Sequence[str]:
        """List the ids of outbox items that are not done and whose lease has passed."""

    def silent_calls(self, before: datetime, limit: int) -> Sequence[Call]:
        """List calls that are not over and of which nothing was heard since `before`."""

    def unheard_recordings(self, before: datetime, limit: int) -> Sequence[str]:
        """List recordings that a walk expects and of which nothing was heard since `before`."""


class Jobs(Protocol):
    """The durable queue: a job is enqueued by the turn's own transaction or not at all."""

    def enqueue(
        self, work: Work, job: str, key: str, data: Mapping[str, Any], delay: float = 0.0
    ) -> None:
        """Ask for `job` with `data`, not before `delay` seconds; the same `key` runs once."""


class Performer(Protocol):
    """Does one kind of effect outside of any transaction."""

    def __call__(self, effect: Any) -> tuple[str, Mapping[str, Any]]:
        """Do the effect; give its outcome word and result. Never raises for the world's faults."""


class LocalPerformer(Protocol):
    """Does one kind of effect that needs nothing but the open transaction."""

    def __call__(self, work: Work, effect: Any) -> tuple[str, Mapping[str, Any]]:
        """Do the effect; give its outcome word and result."""


class Renderer(Protocol):
    """A channel's way of answering. `action` is the absolute address the channel returns to."""

    def render(self, instructions: Sequence[Instruction], action: str) -> Answer:
        """Render what a walk asks of the channel."""

    def hold(self, instructions: Sequence[Instruction], music: str, action: str) -> Answer:
        """Render `instructions`, then a moment of music or silence, then a return to `action`."""

    def waiting(self, instructions: Sequence[Instruction], again: str) -> Answer:
        """Render what is heard in the waiting room, then a return to `again`, its next address."""

    def leave(self) -> Answer:
        """Render the way out of the waiting room."""

    def apology(self, language: str) -> Answer:
        """Render the spoken apology, for when nothing else can be said."""

    def empty(self) -> Answer:
        """Render an answer that asks for nothing."""


class CallControl(Protocol):
    """The carrier's REST API, as far as the runner uses it. Raises `CarrierError`."""

    def control_recording(self, call: str, action: str) -> None:
        """Pause, resume or stop the recording of a live call."""

    def call_status(self, call: str) -> tuple[str, int | None] | None:
        """Ask how a call stands: its status and seconds; None when the carrier knows none."""


class Conferences(Protocol):
    """The carrier's REST API for those who are in one room. Raises `CarrierError`."""

    def seats(self, room: str) -> tuple[str, Mapping[str, Seat]] | None:
        """Say how those in a room are, by their calls, with its id there; None: there is none.

        `coaches` is a call here.
        """

    def seat(self, conference: str, call: str, stands: Seat, wanted: Seat, music: str) -> None:
        """Change what differs for one in a room; who is held hears the address `music`."""

    def end_call(self, call: str) -> None:
        """End a call; one that is over already is no error."""


class CallPlacing(Protocol):
    """The carrier's REST API for calls that we place and move. Raises `CarrierError`."""

    def create_call(self, leg: Leg) -> str:
        """Place a call; gives its id. `unsure` errors may have placed it all the same."""

    def find_calls(self, leg: Leg) -> Sequence[str]:
        """List the ids of calls like this one that were made since it was last tried."""

    def end_call(self, call: str) -> None:
        """End a call, also one that was answered; one that is over already is no error."""

    def bring_back(self, call: str, action: str) -> None:
        """Make a live call leave what it does and come back to an address of a turn."""


class CallMoving(CallControl, CallPlacing, Protocol):
    """The carrier's REST API for calls that are brought back, and asked about."""
