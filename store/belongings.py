"""Finds everything of one contact, by every way the contact is known.

There is no index on what callers' states say, which every turn would write: a search reads whole
tables. It changes nothing and nobody waits for it.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from desk.keeping import Belongings, Person
from flow.ledger import Contact
from store.addresses import lookup_email, number
from store.contacts import Contacts
from store.database import Database
from store.errors import Refused
from store.hot import Hot
from store.scanning import batches, patient
from store.schema import (
    agents,
    assignments,
    bindings,
    call_log,
    calls,
    executions,
    legs,
    recordings,
    tickets,
    waiting,
)
from store.schema_messages import HANGING, OPEN, files, messages, threads

_ID = "id"


class Finder:
    """Finds people, and what is theirs."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._hot = Hot(sqlite=database.sqlite)

    def person(self, who: str) -> tuple[Person, Contact | None]:
        """Find out who is meant by an id, a number or an e-mail address; their row, if any.

        A contact may be gone and its histories not, so an id needs no row.

        Raises:
            Refused: it is a number of ours, or an agent's.
        """
        with self._database.read() as connection:
            people = Contacts(connection, self._hot)
            given = ((by, who) for by in (_ID, "number", "email"))
            found = next(filter(None, (people.contact_by(*each) for each in given)), None)
            person = _described(who, found)
            _refuse_ours(connection, person)
        return person, found

    def of(self, person: Person) -> Belongings:
        """Find everything of a person."""
        found = Belongings()
        with patient(self._database) as connection:
            _reported(connection, person, found)
            _placed(connection, person, found)
            _waited(connection, person, found)
            _walked(connection, person, found)
            _wrote(connection, person, found)
            _with_executions(connection, found)
            found.live = _live(connection, found)
        return found


def _described(who: str, found: Contact | None) -> Person:
    if found is not None:
        return Person(found.id, found.number, found.email)
    if telephone := number(who):
        return Person(number=telephone)
    if who.lower().startswith(("sip:", "client:")):
        return Person(number=who.strip())
    if "@" in who:
        return Person(email=lookup_email(who))
    return Person(contact=who.strip())


def _refuse_ours(connection: sa.Connection, person: Person) -> None:
    ours = {person.number, f"mailto:{person.email}"}
    ours |= {f"{channel}:{person.number}" for channel in ("sms", "whatsapp")}
    bound = sa.select(bindings.c.address).where(bindings.c.address.in_(ours))
    agent = sa.select(agents.c.id).where(
        agents.c.address == person.number, agents.c.removed.is_(False)
    )
    if person.marks and connection.execute(bound).first():
        raise Refused("this number or address is bound to a flow: it is ours and nobody's contact")
    if person.number and connection.execute(agent).first():
        raise Refused("this number is an agent's: remove the agent first")


def _reported(connection: sa.Connection, person: Person, found: Belongings) -> None:
    """Find calls by what the carrier said of their ends."""
    if not person.number:
        return
    ends = (calls.c.sender == person.number) | (calls.c.recipient == person.number)
    for row in connection.execute(sa.select(calls.c.sid, calls.c.execution).where(ends)):
        found.calls.add(row.sid)
        found.executions.update({row.execution} - {""})
    said = sa.cast(call_log.c.raw, sa.Text).contains(person.number, autoescape=True)
    ends = (call_log.c.sender == person.number) | (call_log.c.recipient == person.number)
    query = sa.select(call_log.c.sid, call_log.c.sender, call_log.c.recipient, call_log.c.raw)
    for fact in connection.execute(query.where(ends | said)):
        if person.has_any((fact.sender, fact.recipient, *fact.raw.values())):
            found.calls.add(fact.sid)


def _placed(connection: sa.Connection, person: Person, found: Belongings) -> None:
    """Find the calls that we placed to them."""
    if not person.number:
        return
    query = sa.select(legs.c.id, legs.c.kind, legs.c.execution, legs.c.sid)
    for row in connection.execute(query.where(legs.c.recipient == person.number)):
        found.legs.add(row.id)
        found.calls.update({row.sid} - {""})
        if row.kind == "contact":
            found.executions.update({row.execution} - {""})


def _waited(connection: sa.Connection, person: Person, found: Belongings) -> None:
    """Find their places in the queue."""
    query = sa.select(tickets.c.id, tickets.c.execution, tickets.c.data)
    for mark in person.marks:
        said = sa.cast(tickets.c.data, sa.Text).contains(mark, autoescape=True)
        for row in connection.execute(query.where(said)):
            if person.has_any(row.data.values()):
                found.places.add(row.id)
                found.executions.add(row.execution)


def _walked(connection: sa.Connection, person: Person, found: Belongings) -> None:
    """Find executions by their contact and by what their state says."""
    said = [executions.c.state.contains(mark, autoescape=True) for mark in person.marks]
    theirs = sa.and_(executions.c.contact == person.contact, executions.c.contact != "")
    query = sa.select(executions.c.id, executions.c.contact, executions.c.state)
    for row in connection.execute(query.where(sa.or_(theirs, *said))):
        if (person.contact and row.contact == person.contact) or person.is_meant(row.state):
            found.executions.add(row.id)
        elif row.id not in found.executions:
            found.mentions += 1


def _wrote(connection: sa.Connection, person: Person, found: Belongings) -> None:
    """Find conversations by messages: by contact, address and walk, then by what they wrote from.

    A number may have been somebody else's before; a conversation that names another contact is
    that one's.
    """
    peer = threads.c.peer
    found.peers.update(person.marks)
    if person.contact:
        _add_threads(connection, threads.c.contact == person.contact, found)
    for some in batches(sorted(found.executions), 500):
        _add_threads(connection, threads.c.execution.in_(some), found)
    nobodys = threads.c.contact.in_(("", person.contact))
    for some in batches(sorted(found.peers), 500):
        _add_threads(connection, sa.and_(peer.in_(some), nobodys), found)
    for some in batches(sorted(found.conversations), 500):
        query = sa.select(files.c.file).join(messages, messages.c.id == files.c.message)
        kept = sa.and_(messages.c.conversation.in_(some), files.c.file != "")
        found.files.update(connection.scalars(query.where(kept)))


def _add_threads(
    connection: sa.Connection, condition: sa.ColumnElement[bool], found: Belongings
) -> None:
    query = sa.select(threads.c.id, threads.c.peer, threads.c.execution).where(condition)
    for row in connection.execute(query):
        found.conversations.add(row.id)
        found.peers.add(row.peer)
        found.executions.update({row.execution} - {""})


def _with_executions(connection: sa.Connection, found: Belongings) -> None:
    """Add what belongs to the executions and calls that were found."""
    for some in batches(found.executions, 500):
        of_call = sa.select(executions.c.call).where(executions.c.id.in_(some))
        found.calls.update(sid for sid in connection.scalars(of_call) if sid)
        found.calls.update(_keys(connection, calls.c.sid, calls.c.execution, some))
        found.places.update(_keys(connection, tickets.c.id, tickets.c.execution, some))
        found.recordings.update(_keys(connection, recordings.c.sid, recordings.c.execution, some))
        # An agent's leg that was rung for this contact stays with the history it belongs to.
        found.legs.update(_keys(connection, legs.c.id, legs.c.execution, some))
    for some in batches(sorted(found.calls), 500):
        found.calls.update(_keys(connection, calls.c.sid, calls.c.parent, some))
        found.calls.update(_keys(connection, call_log.c.sid, call_log.c.parent, some))
    for some in batches(sorted(found.places), 500):
        found.served.update(_keys(connection, assignments.c.id, assignments.c.contact, some))
    for some in batches(sorted(found.legs), 500):
        sids = sa.select(legs.c.sid).where(legs.c.id.in_(some), legs.c.sid != "")
        found.calls.update(connection.scalars(sids))
    for some in batches(found.calls, 500):
        found.recordings.update(_keys(connection, recordings.c.sid, recordings.c.call, some))


def _keys(
    connection: sa.Connection, key: sa.Column[str], column: sa.Column[str], values: Iterable[str]
) -> list[str]:
    return list(connection.scalars(sa.select(key).where(column.in_(list(values)))))


def _live(connection: sa.Connection, found: Belongings) -> str:
    """Say what of it is not over."""
    asked = (
        ("a history that has not ended", executions.c.id, executions.c.ended, found.executions),
        ("a call that is not over", calls.c.sid, calls.c.ended, found.calls),
        ("a call that is being placed", legs.c.id, legs.c.ended, found.legs),
    )
    for words, key, ended, ids in asked:
        for some in batches(ids, 500):
            open_ = sa.select(key).where(key.in_(some), ended.is_(None)).limit(1)
            if connection.execute(open_).first():
                return words
    for some in batches(found.conversations, 500):
        open_ = sa.select(threads.c.id).where(threads.c.id.in_(some), sa.text(OPEN)).limit(1)
        if connection.execute(open_).first():
            return "a conversation by messages that is not closed"
        on_its_way = sa.and_(messages.c.conversation.in_(some), sa.text(HANGING))
        if connection.execute(sa.select(messages.c.id).where(on_its_way).limit(1)).first():
            return "a message that is being sent"
    for some in batches(found.places, 500):
        waits = sa.select(waiting.c.id).where(waiting.c.id.in_(some), waiting.c.waits).limit(1)
        if connection.execute(waits).first():
            return "a place in the queue"
    return ""
