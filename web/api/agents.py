"""`/agents`: who works here, and where each stands now."""

from datetime import datetime
from typing import Any

from flask import Response
from pydantic import BaseModel, ConfigDict, Field

from desk.agents import Chosen, Presence
from desk.agents_file import (
    Address,
    AgentDetails,
    AgentEntry,
    AgentName,
    Attributes,
    Capacity,
    Email,
    Groups,
    Language,
)
from runner.staff import Seen, Unfit
from web.api.doors import doors, note
from web.api.pages import Page, left_out, sliced
from web.api.problems import Problem, missing, wrong_field
from web.api.resource import Routes
from web.api.slugs import checked

routes = Routes("agents", "Who works here.")


class AgentChange(BaseModel):
    """What changes of an agent; null is as good as left out."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: AgentName | None = None
    address: Address | None = None
    ring_groups: Groups | None = None
    attributes: Attributes | None = None
    accept_by_key: bool | None = None
    presence: Chosen | None = None
    email: Email | None = None
    language: Language | None = None
    capacity: Capacity | None = None


class PresenceBody(BaseModel):
    """The presence that is chosen."""

    model_config = ConfigDict(extra="forbid")

    presence: Chosen


class AgentOut(BaseModel):
    """An agent; during a conversation the presence is busy, and `then` is what follows."""

    id: str
    name: str
    address: str
    ring_groups: list[str]
    attributes: dict[str, int]
    accept_by_key: bool | None = Field(description="null: by the kind of address.")
    presence: Presence
    since: datetime | None
    then: Chosen
    wrap_up_until: datetime | None
    call_id: str = Field(description="The conversation that goes on, empty for none.")
    is_rung: bool
    email: str = Field(description="Where messages go; empty for nowhere.")
    language: str = Field(description="What the agent is spoken to in; empty for the flow's.")
    capacity: int = Field(description="Points of contacts that the agent may have at once.")
    used: int = Field(description="Points taken: by messages, and by a call or its ringing.")


class AgentPage(BaseModel):
    """A page of agents, by id."""

    items: list[AgentOut]
    next: str | None


class AgentQuery(Page):
    """Which agents are wanted."""

    presence: Presence | None = left_out()
    ring_group: str | None = left_out(max_length=64)


@routes.get("/agents")
@routes.input(AgentQuery, location="query")
@routes.output(AgentPage)
def list_agents(query_data: AgentQuery) -> Any:
    """List agents, by id."""
    found = [each for each in doors().staff.seen() if _is_wanted(each, query_data)]
    part = sliced(found, query_data, lambda each: each.agent.id)
    return {**part, "items": [_shown(each) for each in part["items"]]}


@routes.get("/agents/<agent_id>")
@routes.output(AgentOut)
def get_agent(agent_id: str) -> Any:
    """Give an agent."""
    return _found(agent_id)


@routes.put("/agents/<agent_id>")
@routes.input(AgentDetails)
@routes.output(AgentOut)
@routes.doc(responses={409: "Another agent has this address."})
def put_agent(agent_id: str, json_data: AgentDetails) -> Any:
    """Add an agent, or replace the one of this id; a call goes on."""
    given = json_data.model_dump(exclude_unset=True)
    entry = AgentEntry(id=checked("agent_id", agent_id), **given)
    try:
        doors().staff.put(entry)
    except Unfit as error:
        raise _unfit(error) from None
    note("agents.put", agent_id)
    return _found(agent_id)


@routes.patch("/agents/<agent_id>")
@routes.input(AgentChange)
@routes.output(AgentOut)
@routes.doc(responses={409: "Another agent has this address."})
def change_agent(agent_id: str, json_data: AgentChange) -> Any:
    """Change fields of an agent; a call goes on."""
    try:
        changed = doors().staff.change(agent_id, json_data.model_dump(exclude_none=True))
    except Unfit as error:
        raise _unfit(error) from None
    if changed is None:
        raise missing(_AGENT)
    note("agents.change", agent_id)
    return _found(agent_id)


@routes.delete("/agents/<agent_id>")
@routes.doc(responses={204: "It is gone.", 409: "The agent is in a conversation."})
def delete_agent(agent_id: str) -> Response:
    """Remove an agent, who is rung no more; not with a call or conversations by messages."""
    here = doors().staff
    if not here.remove(agent_id):
        if here.agent(agent_id) is None:
            raise missing(_AGENT)
        raise Problem(409, "the agent is in a conversation: try again after it")
    note("agents.delete", agent_id)
    return Response(status=204)


@routes.put("/agents/<agent_id>/presence")
@routes.input(PresenceBody)
@routes.output(AgentOut)
def put_presence(agent_id: str, json_data: PresenceBody) -> Any:
    """Set an agent's presence; during a conversation it counts from the end of it."""
    if doors().staff.choose(agent_id, json_data.presence) is None:
        raise missing(_AGENT)
    note("agents.presence", agent_id, presence=json_data.presence)
    return _found(agent_id)


_AGENT = "agent of this id"


def _is_wanted(seen: Seen, query: AgentQuery) -> bool:
    agent = seen.agent
    present = query.presence in {None, agent.presence}
    return present and (query.ring_group is None or query.ring_group in agent.ring_groups)


def _found(agent_id: str) -> dict[str, Any]:
    seen = next((each for each in doors().staff.seen() if each.agent.id == agent_id), None)
    if seen is None:
        raise missing(_AGENT)
    return _shown(seen)


def _shown(seen: Seen) -> dict[str, Any]:
    here = {"call_id": seen.call, "is_rung": seen.is_rung, "used": seen.used}
    own = {name: getattr(seen.agent, name) for name in AgentOut.model_fields if name not in here}
    return {**own, **here}


def _unfit(error: Unfit) -> Problem:
    return wrong_field(error.field, str(error), 409 if error.taken else 400)
