"""`/ring-groups`: the groups of agents that flows name together."""

from typing import Any

from flask import Response
from pydantic import BaseModel, ConfigDict, Field

from desk.agents_file import RingGroupEntry
from web.api.doors import doors, note
from web.api.pages import Page, sliced
from web.api.problems import Problem, missing
from web.api.resource import Routes
from web.api.slugs import checked
from web.house import house

routes = Routes("ring-groups", "The groups of agents that flows name together.")


class RingGroupBody(BaseModel):
    """A ring group as it is to be."""

    model_config = ConfigDict(extra="forbid", strict=True)

    title: str = Field(default="", max_length=200, description="The id when empty.")


class RingGroupOut(BaseModel):
    """A ring group and the ids of its agents."""

    id: str
    title: str
    agents: list[str]


class RingGroupPage(BaseModel):
    """A page of ring groups, by id."""

    items: list[RingGroupOut]
    next: str | None


@routes.get("/ring-groups")
@routes.input(Page, location="query")
@routes.output(RingGroupPage)
def list_ring_groups(query_data: Page) -> Any:
    """List ring groups, by id."""
    return sliced(_all(), query_data, lambda group: group["id"])


@routes.get("/ring-groups/<ring_group_id>")
@routes.output(RingGroupOut)
def get_ring_group(ring_group_id: str) -> Any:
    """Give a ring group."""
    return _found(ring_group_id)


@routes.put("/ring-groups/<ring_group_id>")
@routes.input(RingGroupBody)
@routes.output(RingGroupOut)
def put_ring_group(ring_group_id: str, json_data: RingGroupBody) -> Any:
    """Add a ring group, or change the title of the one of this id."""
    name = checked("ring_group_id", ring_group_id)
    doors().staff.put_ring_group(RingGroupEntry(id=name, title=json_data.title))
    note("ring_groups.put", name)
    return _found(name)


@routes.delete("/ring-groups/<ring_group_id>")
@routes.doc(responses={204: "It is gone.", 409: "Agents are in it."})
def delete_ring_group(ring_group_id: str) -> Response:
    """Remove a ring group in which no agent is; flows that name it take `no_match`."""
    members = doors().staff.remove_ring_group(ring_group_id)
    if members is None:
        raise missing(_GROUP)
    if members:
        told = f"{len(members)} agents are in it, {members[0]} among them: take them out first"
        raise Problem(409, told)
    note("ring_groups.delete", ring_group_id)
    return Response(status=204)


_GROUP = "ring group of this id"


def _all() -> list[dict[str, Any]]:
    agents = doors().staff.agents()
    return [
        {
            "id": group.id,
            "title": group.title,
            "agents": [agent.id for agent in agents if group.id in agent.ring_groups],
        }
        for group in house().queues.ring_groups()
    ]


def _found(name: str) -> dict[str, Any]:
    group = next((group for group in _all() if group["id"] == name), None)
    if group is None:
        raise missing(_GROUP)
    return group
