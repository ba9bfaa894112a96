"""`/queues`: who waits for whom, for how long, and how today's contacts were served."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from desk.agents import Presence
from desk.lines import Line, Place
from flow.ledger import Ticket
from store.queues import Service
from web.api.doors import api_key, doors
from web.api.pages import LONGEST, Page, sliced
from web.api.problems import missing
from web.api.resource import Routes
from web.house import house

routes = Routes("queues", "Who waits, and for whom.")

SEE_NUMBERS = frozenset({"read", "admin"})
"""The scopes of which a key needs one to be told callers' numbers."""


class TodayOut(BaseModel):
    """The contacts who came since midnight, in TIMEZONE: how they left the queue."""

    served: int = Field(description="An agent took them.")
    abandoned: int = Field(description="They hung up.")
    left: int = Field(description="They took another way: a key, or the wait was too long.")
    average_wait_seconds: int | None = Field(description="Of those served.")


class QueueOut(BaseModel):
    """A queue: contacts for whom the same agents are meant."""

    queue: str = Field(description="The ring group; else as `a, b`, `@agent` or `skill>=80`.")
    title: str
    waiting: int
    longest_wait_seconds: int = Field(description="0 when nobody waits.")
    estimated_wait_seconds: int | None = Field(description="For who comes now; null: unknown.")
    agents: dict[Presence, int] = Field(description="How many agents have each presence.")
    today: TodayOut


class WaitingOut(BaseModel):
    """A contact who waits; `rung` is how many agents are being rung for it."""

    interaction_id: str
    flow_execution_id: str
    number: str | None = Field(description="null for a key without the scope read or admin.")
    position: int = Field(description="1 is next.")
    waited_seconds: int
    estimated_wait_seconds: int | None
    priority: int
    kind: str
    rung: int


class WholeQueueOut(QueueOut):
    """A queue and the first 200 of those who wait, the next first."""

    contacts: list[WaitingOut]


class QueuePage(BaseModel):
    """A page of queues, by name."""

    items: list[QueueOut]
    next: str | None


@routes.get("/queues")
@routes.input(Page, location="query")
@routes.output(QueuePage)
def list_queues(query_data: Page) -> Any:
    """List queues, by name: every ring group, and where else somebody waits."""
    titles, found, at = _lines()
    part = sliced(found, query_data, lambda line: line.name)
    service = house().queues.service(_midnight(at))
    items = [_shown(line, titles, service.get(line.who), at) for line in part["items"]]
    return {**part, "items": items}


@routes.get("/queues/<queue>")
@routes.output(WholeQueueOut)
def get_queue(queue: str) -> Any:
    """Give a queue, and those who wait in it."""
    titles, found, at = _lines()
    line = next((line for line in found if line.name == queue), None)
    if line is None:
        raise missing("ring group of this id, and nobody waits in such a queue")
    service = house().queues.service(_midnight(at)).get(line.who)
    first = line.waiting[:LONGEST]
    tickets = house().queues.tickets([place.contact.id for place in first])
    contacts = [_waiting(place, tickets.get(place.contact.id), at) for place in first]
    return {**_shown(line, titles, service, at), "contacts": contacts}


def _lines() -> tuple[Mapping[str, str], list[Line], datetime]:
    titles = {group.id: group.title for group in house().queues.ring_groups()}
    found, at = doors().staff.lines(list(titles))
    return titles, found, at


def _midnight(at: datetime) -> datetime:
    here = at.astimezone(ZoneInfo(house().settings.timezone))
    return here.replace(hour=0, minute=0, second=0, microsecond=0)


def _shown(
    line: Line, titles: Mapping[str, str], service: Service | None, at: datetime
) -> dict[str, Any]:
    given = service or Service()
    present: dict[str, int] = {word: line.agents.get(word, 0) for word in _PRESENCES}
    return {
        "queue": line.name,
        "title": titles.get(line.name, line.name),
        "waiting": len(line.waiting),
        "longest_wait_seconds": max(_waits(line.waiting, at), default=0),
        "estimated_wait_seconds": line.estimate,
        "agents": present,
        "today": {
            "served": given.served,
            "abandoned": given.abandoned,
            "left": given.left,
            "average_wait_seconds": given.average_wait,
        },
    }


_PRESENCES = ("available", "away", "busy", "offline", "wrap_up")


def _waits(places: Iterable[Place], at: datetime) -> list[int]:
    return [_seconds(at - place.contact.entered) for place in places]


def _seconds(time: timedelta) -> int:
    return max(0, round(time.total_seconds()))


def _waiting(place: Place, ticket: Ticket | None, at: datetime) -> dict[str, Any]:
    execution = ticket.execution if ticket else ""
    run = house().past.run(execution) if execution else None
    may_see = bool(SEE_NUMBERS & set(api_key().scopes))
    number = str(ticket.data.get("caller", "")) if ticket else ""
    return {
        "interaction_id": run.interaction if run else "",
        "flow_execution_id": execution,
        "number": number if may_see else None,
        "position": place.position,
        "waited_seconds": _seconds(at - place.contact.entered),
        "estimated_wait_seconds": place.estimate,
        "priority": place.contact.priority,
        "kind": place.contact.kind,
        "rung": place.rung,
    }
