"""Everything kept of one contact, as plain rows for the contact to read."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from desk.keeping import Belongings, Person
from store.database import Database
from store.scanning import batches, patient
from store.schema import (
    PREFIX,
    assignments,
    call_log,
    calls,
    contacts,
    executions,
    history,
    interactions,
    legs,
    recordings,
    reports,
    survey_answers,
    tickets,
    turns,
)
from store.schema_events import events
from store.schema_mail import voicemails
from store.schema_messages import files, messages, opt_outs, threads
from store.schema_outgoing import do_not_call
from store.schema_wrap_up import wrap_ups

_OURS = frozenset({"token", "fingerprint", "sealed", "undelivered", "pins", "changed", "moves"})
"""Columns that say nothing about a person: addresses of turns, digests, what is sealed."""


def export(database: Database, person: Person, found: Belongings) -> dict[str, list[Any]]:
    """Give a person's rows, by table. What is sealed (secret digits, requests sent) is left out."""
    with patient(database) as connection:
        return {
            column.table.name.removeprefix(PREFIX): list(_rows(connection, column, keys))
            for column, keys in wanted(person, found)
        }


def wanted(person: Person, found: Belongings) -> tuple[tuple[sa.Column[Any], Collection[str]], ...]:
    """Say which rows are a person's: a column of each table, and its values."""
    return (
        (contacts.c.id, {person.contact} - {""}),
        (executions.c.id, found.executions),
        (history.c.execution, found.executions),
        (turns.c.execution, found.executions),
        (interactions.c.execution, found.executions),
        (survey_answers.c.execution, found.executions),
        (reports.c.execution, found.executions),
        (calls.c.sid, found.calls),
        (call_log.c.sid, found.calls),
        (recordings.c.sid, found.recordings),
        (voicemails.c.id, found.recordings),  # a message has the id of its recording
        (events.c.execution, found.executions),
        (tickets.c.id, found.places),
        (assignments.c.contact, found.places),
        (legs.c.id, found.legs),
        (threads.c.id, found.conversations),
        (messages.c.conversation, found.conversations),
        (files.c.file, found.files),
        (opt_outs.c.peer, found.peers),
        (wrap_ups.c.id, found.served),
        (do_not_call.c.number, {person.number} - {""}),
    )


def _rows(
    connection: sa.Connection, column: sa.Column[Any], keys: Collection[str]
) -> Iterator[dict[str, Any]]:
    for some in batches(sorted(keys), 500):
        query = sa.select(column.table).where(column.in_(some)).order_by(*column.table.primary_key)
        for row in connection.execute(query).mappings():
            yield {name: _plain(row[name]) for name in row if name not in _OURS}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
