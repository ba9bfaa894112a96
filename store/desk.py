"""The desk's rows: agents, who waits, offers, assignments, each with the number of its change."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from desk.agents import Agent, RingGroup
from desk.assignments import Assignment
from desk.calling_hours import CallingHours
from desk.changes import Changes
from desk.offers import Offer
from desk.queue import Ringing, Waiting
from desk.rooms import Room, Watcher
from desk.who import Skill, Who
from desk.window import Window
from store.part import Part
from store.schema import agents, assignments, desk, offers, ring_groups, waiting
from store.schema_rooms import rooms
from store.upserts import upsert

_AGENT, _WAITING = tuple(Agent.__dataclass_fields__), tuple(Waiting.__dataclass_fields__)
_ROOM = tuple(Room.__dataclass_fields__)
_OFFER, _ASSIGNMENT = tuple(Offer.__dataclass_fields__), tuple(Assignment.__dataclass_fields__)
_OPEN = sa.select(desk.c.version).with_for_update()
_NEXT = sa.update(desk).values(version=sa.bindparam("to"))


class Desk(Part):
    """The desk inside one transaction; `open_desk` comes first and keeps everybody else out."""

    def open_desk(self) -> int:
        """Lock the desk until the commit; give the number of its last change."""
        return int(self.execute(_OPEN).scalar_one())

    def desk_since(self, version: int, horizon: datetime) -> Changes:
        """Read what changed after a version; at first only what is open or ended lately."""
        return read_changes(self.connection, version, horizon)

    def keep_desk(self, changes: Changes) -> None:
        """Write what changed, as the desk's next version."""
        mark = {"changed": changes.version}
        rows = [_agent_row(agent) | mark for agent in changes.agents]
        self._put(agents, rows)
        if changes.removed:
            gone = agents.update().where(agents.c.id.in_(changes.removed))
            self.execute(gone.values(removed=True, **mark))
        queued = [_waiting_row(each, waits=True) | mark for each in changes.waiting]
        left = [_waiting_row(each, waits=False) | mark for each in changes.gone]
        self._put(waiting, queued + left)
        self._put(offers, [asdict(offer) | mark for offer in changes.offers])
        self._put(assignments, [asdict(each) | mark for each in changes.assignments])
        self._put(rooms, [asdict(room) | mark for room in changes.rooms])
        self.execute(_NEXT, {"to": changes.version})
        if changes.assignments or any(each.conversation for each in changes.waiting):
            self.happened.append(changes)

    def ring_groups(self) -> list[RingGroup]:
        """List the ring groups."""
        return list_ring_groups(self.connection)

    def keep_ring_groups(self, groups: Iterable[RingGroup]) -> None:
        """Add ring groups, or write their titles anew."""
        self._put(ring_groups, [asdict(group) for group in groups])

    def remove_ring_group(self, group: str) -> bool:
        """Remove a ring group; false when there is none."""
        gone = sa.delete(ring_groups).where(ring_groups.c.id == group)
        return bool(self.execute(gone).rowcount)

    def _put(self, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            self.execute(upsert(table, sqlite=self.hot.sqlite), list(rows))


def list_ring_groups(connection: sa.Connection) -> list[RingGroup]:
    """List the ring groups by their ids."""
    query = sa.select(ring_groups.c.id, ring_groups.c.title).order_by(ring_groups.c.id)
    return [RingGroup(*row) for row in connection.execute(query)]


def read_changes(connection: sa.Connection, version: int, horizon: datetime) -> Changes:
    """Read what changed after a version, and the version that is reached.

    Of everything (version 0) only what is open or ended after `horizon` is read.
    """
    reached = connection.scalar(sa.select(desk.c.version)) or 0
    if reached == version:
        return Changes(version)
    # The version was read first: rows of a later change come again next time, and do no harm.
    people, removed = _agents(connection, version)
    queued, gone = _waiting(connection, version)
    first = version == 0
    rings = _rows(connection, offers, _OFFER, version, offers.c.made > horizon if first else None)
    recent = assignments.c.ended.is_(None) | (assignments.c.ended > horizon)
    served = _rows(connection, assignments, _ASSIGNMENT, version, recent if first else None)
    return Changes(
        reached,
        tuple(people),
        tuple(removed),
        tuple(queued),
        () if first else tuple(gone),
        tuple(Offer(*row) for row in rings),
        tuple(Assignment(*row) for row in served),
        tuple(_rooms(connection, version)),
    )


def _rooms(connection: sa.Connection, version: int) -> Iterator[Room]:
    only = None if version else rooms.c.closed.is_(None)
    for row in _rows(connection, rooms, _ROOM, version, only):
        values = dict(zip(_ROOM, row, strict=True))
        values["watchers"] = tuple(Watcher(**each) for each in values["watchers"])
        values["leaving"] = tuple(values["leaving"])
        yield Room(**values)


def _rows(
    connection: sa.Connection,
    table: sa.Table,
    names: Sequence[str],
    version: int,
    only: sa.ColumnElement[bool] | None,
) -> Sequence[Any]:
    columns = [table.c[name] for name in names]
    query = sa.select(*columns).where(table.c.changed > version)
    return connection.execute(query if only is None else query.where(only)).all()


def _agents(connection: sa.Connection, version: int) -> tuple[list[Agent], list[str]]:
    people, removed = [], []
    for *row, gone in _rows(connection, agents, (*_AGENT, "removed"), version, None):
        values = dict(zip(_AGENT, row, strict=True))
        values["ring_groups"] = tuple(values["ring_groups"])
        if gone:
            removed.append(values["id"])
        else:
            people.append(Agent(**values))
    return people, removed


def _waiting(connection: sa.Connection, version: int) -> tuple[list[Waiting], list[Waiting]]:
    only = None if version else waiting.c.waits
    queued: list[Waiting] = []
    gone: list[Waiting] = []
    for *row, waits in _rows(connection, waiting, (*_WAITING, "waits"), version, only):
        values = dict(zip(_WAITING, row, strict=True))
        values["who"] = read_who(values["who"])
        values["ringing"] = Ringing(**values["ringing"])
        values |= {name: tuple(values[name]) for name in ("tried", "excluded")}
        values["permitted"] = _window(values["permitted"])
        values["instead"] = read_who(values["instead"]) if values["instead"] else None
        (queued if waits else gone).append(Waiting(**values))
    return queued, gone


def _window(given: Mapping[str, Any] | None) -> Window | None:
    if given is None:
        return None
    hours = given["hours"]
    days = tuple(hours["days"])
    return Window(
        CallingHours(hours["start"], hours["end"], days), tuple(given["zones"]), given["default"]
    )


def read_who(given: Mapping[str, Any]) -> Who:
    """Read which agents are meant, as it was written."""
    skills = tuple(Skill(**skill) for skill in given["attributes"])
    return Who(tuple(given["ring_groups"]), tuple(given["agents"]), skills, given["match"])


def _agent_row(agent: Agent) -> dict[str, Any]:
    row = {name: getattr(agent, name) for name in _AGENT}
    return row | {"attributes": dict(agent.attributes), "removed": False}


def _waiting_row(contact: Waiting, *, waits: bool) -> dict[str, Any]:
    row = {name: getattr(contact, name) for name in _WAITING}
    nested: dict[str, Any] = {"who": asdict(contact.who), "ringing": asdict(contact.ringing)}
    for name in ("permitted", "instead"):
        given = getattr(contact, name)
        nested[name] = asdict(given) if given else None
    return row | nested | {"waits": waits}
