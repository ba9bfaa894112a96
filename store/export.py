"""Everything kept of one contact, as plain rows for the contact to read."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from desk.keeping import Belongings, Person
from store.database import Database
from store.scanning import batches, patient
from store.schema import (
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
from store.schema_wrap_up import wrap_ups

_OURS = frozenset({"token", "fingerprint", "sealed", "undelivered", "pins", "changed", "moves"})
"""Columns that say nothing about a person: addresses of turns, digests, what is sealed."""


def export(database: Database, person: Person, found: Belongings) -> dict[str, list[Any]]:
    """Give a person's rows, by table. What is sealed (secret digits, requests sent) is left out."""
    wanted: tuple[tuple[sa.Column[Any], Collection[str]], ...] = (
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
        (tickets.c.id, found.places),
        (assignments.c.contact, found.places),
        (legs.c.id, found.legs),
        (wrap_ups.c.id, found.legs),  # a conversation has the id of its agent's leg
    )
    with patient(database) as connection:
        return {
            column.table.name.removeprefix("lw_"): list(_rows(connection, column, keys))
            for column, keys in wanted
        }


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
