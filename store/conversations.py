"""Reads the calls of agents: with whom, on which walk, and what was noted of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from desk.assignments import How
from store.database import Database
from store.schema import assignments, executions, legs, tickets, waiting
from store.schema_wrap_up import wrap_ups

OUTGOING = "outgoing_call"
"""The type of flow that an agent's own call walks."""

State = Literal["calling", "active", "ended"]
"""An agent's own call is `calling` until the contact answers."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation of an agent; what the walk knew is empty once it was erased.

    `call` is the contact's call, "" before it is answered; `agent_call` the agent's. `entered` is
    when the contact came into the queue, None for a call of the agent's own.
    """

    id: str
    agent: str
    began: datetime
    ended: datetime | None
    how: How
    execution: str
    interaction: str
    flow: str
    type: str
    call: str
    agent_call: str
    queue: str
    number: str
    entered: datetime | None
    notes: str
    disposition: str
    noted: datetime | None

    @property
    def state(self) -> State:
        """Where it stands."""
        if self.ended is not None:
            return "ended"
        return "calling" if self.type == OUTGOING and not self.call else "active"


_FROM = (
    assignments.outerjoin(tickets, tickets.c.id == assignments.c.contact)
    .outerjoin(executions, executions.c.id == tickets.c.execution)
    .outerjoin(waiting, waiting.c.id == assignments.c.contact)
    .outerjoin(legs, legs.c.id == assignments.c.id)
    .outerjoin(wrap_ups, wrap_ups.c.id == assignments.c.id)
)
_QUERY = sa.select(
    *(assignments.c[name] for name in ("id", "agent", "began", "ended", "how")),
    executions.c.id.label("execution"),
    *(executions.c[name] for name in ("interaction", "flow", "type", "call")),
    legs.c.sid.label("agent_call"),
    tickets.c.data,
    waiting.c.entered,
    *(wrap_ups.c[name] for name in ("notes", "disposition")),
    wrap_ups.c.at.label("noted"),
)
_QUERY = _QUERY.select_from(_FROM).where(assignments.c.conversation == "")

_OPEN = assignments.c.ended.is_(None)
_CALLING = sa.func.coalesce(executions.c.type, "") == OUTGOING
_UNANSWERED = sa.and_(_CALLING, executions.c.call == "")
_STATES: Mapping[State, sa.ColumnElement[bool]] = {
    "ended": assignments.c.ended.is_not(None),
    "calling": sa.and_(_OPEN, _UNANSWERED),
    "active": sa.and_(_OPEN, sa.or_(sa.not_(_CALLING), executions.c.call != "")),
}


class Conversations:
    """Reads conversations; changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, call: str) -> Conversation | None:
        """Find one conversation."""
        found = self._found(_QUERY.where(assignments.c.id == call))
        return found[0] if found else None

    def latest(
        self,
        limit: int,
        agent: str = "",
        state: State | None = None,
        behind: tuple[datetime, str] | None = None,
    ) -> Sequence[Conversation]:
        """List conversations, the newest first: all, or those of an agent or in a state."""
        query = _QUERY
        if agent:
            query = query.where(assignments.c.agent == agent)
        if state is not None:
            query = query.where(_STATES[state])
        if behind is not None:
            place = sa.tuple_(assignments.c.began, assignments.c.id)
            query = query.where(place < sa.tuple_(*map(sa.literal, behind)))
        order = (assignments.c.began.desc(), assignments.c.id.desc())
        return self._found(query.order_by(*order).limit(limit))

    def _found(self, query: sa.Select[Any]) -> list[Conversation]:
        with self._database.read() as connection:
            return [_conversation(row) for row in connection.execute(query)]


def _conversation(row: Any) -> Conversation:
    values = dict(row._mapping)  # noqa: SLF001  how SQLAlchemy gives a row by its names
    data = values.pop("data") or {}
    known = {name: "" if value is None else value for name, value in values.items()}
    moments = {name: values[name] for name in ("ended", "entered", "noted")}
    told = {"queue": str(data.get("queue", "")), "number": _number(data)}
    return Conversation(**{**known, **moments, **told})


def _number(data: Mapping[str, Any]) -> str:
    """Read the contact's number from a ticket: who called, or who is called."""
    return str(data.get("caller") or data.get("to") or "")
