"""The library of flows: drafts, published versions that never change, roll-back, bindings."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import uuid4

import sqlalchemy as sa

from flow.ledger import Contact, Version
from store.addresses import normalised
from store.contacts import Contacts
from store.database import Database
from store.documents import COLUMNS
from store.errors import Missing, Refused
from store.hot import Hot
from store.schema import bindings, contacts, flows, versions
from store.upserts import upsert

Binding = tuple[str, str]
"""An address and the flow it is bound to."""


@dataclass(frozen=True, slots=True)
class FlowEntry:
    """One flow in the list: the numbers of its published version and its draft, 0 for none."""

    id: str
    type: str
    published: int
    draft: int
    versions: int


class Library:
    """Everything authors and operators put in; every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save_draft(self, flow: str, type_: str, source: str, at: datetime) -> Version:
        """Keep a document as the flow's only draft."""
        with self._database.write() as connection:
            _enter(connection, flow, type_, at, self._database)
            draft = _in_state(connection, flow, "draft")
            if draft is None:
                return _add(connection, _fresh(connection, flow, type_, source, at))
            change = sa.update(versions).where(versions.c.id == draft.id)
            connection.execute(change.values(source=source, type=type_, created=at))
            return Version(draft.id, flow, type_, draft.number, "draft", source, at)

    def publish(self, flow: str, type_: str, source: str, at: datetime) -> Version:
        """Store a document as the next version and publish it; the one before is archived."""
        with self._database.write() as connection:
            _enter(connection, flow, type_, at, self._database)
            added = _add(connection, _fresh(connection, flow, type_, source, at))
            return _publish(connection, added)

    def publish_version(self, flow: str, number: int) -> Version:
        """Publish the draft, or an older version again (the roll-back).

        Raises:
            Missing: the flow has no such version.
        """
        with self._database.write() as connection:
            _lock(connection, flow)
            return _publish(connection, _numbered(connection, flow, number))

    def archive(self, flow: str, number: int) -> Version:
        """Take a version out of use; archiving the published one leaves the flow unpublished.

        Raises:
            Missing: the flow has no such version.
            Refused: it is a draft.
        """
        with self._database.write() as connection:
            _lock(connection, flow)
            version = _numbered(connection, flow, number)
            if version.state == "draft":
                raise Refused(f"version {number} of {flow!r} is a draft: publish it first")
            return _set_state(connection, version, "archived")

    def version(self, flow: str, number: int) -> Version | None:
        """Give one version by its number: its `source` is the export."""
        with self._database.read() as connection:
            return _one(connection, versions.c.flow == flow, versions.c.number == number)

    def published_source(self, flow: str) -> str | None:
        """Give the text of the published version, if there is one."""
        with self._database.read() as connection:
            version = _in_state(connection, flow, "published")
            return version.source if version else None

    def draft(self, flow: str) -> Version | None:
        """Give the flow's draft, if there is one."""
        with self._database.read() as connection:
            return _in_state(connection, flow, "draft")

    def versions(self, flow: str) -> list[Version]:
        """Give all versions of a flow, the oldest first."""
        query = sa.select(*COLUMNS).where(versions.c.flow == flow).order_by(versions.c.number)
        with self._database.read() as connection:
            return [Version(*row) for row in connection.execute(query)]

    def flows(self) -> list[FlowEntry]:
        """List all flows by name."""
        numbers = {
            state: sa.func.coalesce(
                sa.func.max(sa.case((versions.c.state == state, versions.c.number))), 0
            )
            for state in ("published", "draft")
        }
        query = (
            sa.select(flows.c.id, flows.c.type, *numbers.values(), sa.func.count(versions.c.id))
            .join_from(flows, versions)
            .group_by(flows.c.id, flows.c.type)
            .order_by(flows.c.id)
        )
        with self._database.read() as connection:
            rows: list[Any] = list(connection.execute(query))
            return [FlowEntry(*row) for row in rows]

    def bind(self, address: str, flow: str, at: datetime) -> str:
        """Bind an address to a flow, instead of any other; give the address as it is kept.

        Raises:
            Missing: there is no such flow.
            Unstorable: it is no address.
        """
        key = normalised(address)
        with self._database.write() as connection:
            _lock(connection, flow)
            row = {"address": key, "flow": flow, "created": at}
            connection.execute(upsert(bindings, sqlite=self._database.sqlite), row)
        return key

    def unbind(self, address: str) -> bool:
        """Free an address; say if it was bound."""
        key = normalised(address)
        with self._database.write() as connection:
            gone = connection.execute(sa.delete(bindings).where(bindings.c.address == key))
            return gone.rowcount == 1

    def bindings(self) -> list[Binding]:
        """List all bindings, the oldest first."""
        query = sa.select(bindings.c.address, bindings.c.flow)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(bindings.c.created, bindings.c.address))
            return [(row.address, row.flow) for row in rows]

    def bound_since(self) -> dict[str, datetime]:
        """List all bound addresses and since when each is bound to its flow, the oldest first."""
        query = sa.select(bindings.c.address, bindings.c.created)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(bindings.c.created, bindings.c.address))
            return {row.address: row.created for row in rows}

    def load_contacts(self, people: Iterable[Contact]) -> int:
        """Add people, or add to those of the same id, number or e-mail; give how many.

        Raises:
            Conflict: one would get a number or an address that another contact has.
        """
        with self._database.write() as connection:
            table = Contacts(connection, Hot(sqlite=self._database.sqlite))
            return len([table.put_contact(person) for person in people])

    def contacts(self, limit: int, after: str = "") -> list[Contact]:
        """List contacts by id, those behind `after`."""
        columns = [contacts.c[name] for name in Contact.__dataclass_fields__]
        query = sa.select(*columns).where(contacts.c.id > after).order_by(contacts.c.id)
        with self._database.read() as connection:
            return [Contact(*row) for row in connection.execute(query.limit(limit))]


def _enter(connection: sa.Connection, flow: str, type_: str, at: datetime, to: Database) -> None:
    """Make the flow if it is new; lock it until the commit."""
    row = {"id": flow, "type": type_, "created": at}
    connection.execute(upsert(flows, sqlite=to.sqlite), row)


def _lock(connection: sa.Connection, flow: str) -> None:
    query = sa.select(flows.c.id).where(flows.c.id == flow).with_for_update()
    if connection.execute(query).first() is None:
        raise Missing(f"there is no flow {flow!r}: publish it first")


def _one(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> Version | None:
    row: Any = connection.execute(sa.select(*COLUMNS).where(*conditions)).first()
    return Version(*row) if row else None


def _in_state(connection: sa.Connection, flow: str, state: str) -> Version | None:
    return _one(connection, versions.c.flow == flow, versions.c.state == state)


def _numbered(connection: sa.Connection, flow: str, number: int) -> Version:
    version = _one(connection, versions.c.flow == flow, versions.c.number == number)
    if version is None:
        raise Missing(f"flow {flow!r} has no version {number}")
    return version


def _fresh(connection: sa.Connection, flow: str, type_: str, source: str, at: datetime) -> Version:
    """Give the next version of a flow, as a draft."""
    newest = sa.select(sa.func.max(versions.c.number)).where(versions.c.flow == flow)
    number = (connection.scalar(newest) or 0) + 1
    return Version(uuid4().hex, flow, type_, number, "draft", source, at)


def _add(connection: sa.Connection, version: Version) -> Version:
    row = {name: getattr(version, name) for name in Version.__dataclass_fields__}
    connection.execute(sa.insert(versions), row)
    return version


def _publish(connection: sa.Connection, version: Version) -> Version:
    """Publish a version; the one published before is archived."""
    before = _in_state(connection, version.flow, "published")
    if before is not None and before.id != version.id:
        _set_state(connection, before, "archived")
    return _set_state(connection, version, "published")


def _set_state(
    connection: sa.Connection, version: Version, state: Literal["published", "archived"]
) -> Version:
    change = sa.update(versions).where(versions.c.id == version.id).values(state=state)
    connection.execute(change)
    return replace(version, state=state)
