"""`/opt-outs`: who wants no messages; noted by themselves, by agents and by operators."""

from datetime import datetime
from typing import Any, Literal

from flask import Response
from pydantic import BaseModel, ConfigDict, Field

from desk.conversations import ChannelName, OptOut
from runner.errors import RunnerError
from web.api.doors import doors, note
from web.api.pages import Page, Query, left_out, moment, page, text
from web.api.problems import missing, wrong_field
from web.api.resource import Routes
from web.house import house

routes = Routes("opt-outs", "Who wants no messages.")
noting = Routes("opting-out", "Noting that somebody wants no messages.")

Sent = Literal["sms", "whatsapp", "email"]

_PLACE = ("at", "channel", "peer", "address")


class OptOutOut(BaseModel):
    """Somebody wants no messages by a channel."""

    channel: ChannelName
    peer: str = Field(description="Their address; a mark that says nothing once they were erased.")
    address: str = Field(description="The one of ours that shall not write; empty for all.")
    at: datetime
    word: str = Field(description="What they wrote; empty where they were noted by others.")
    by: str = Field(description="contact, provider, operator or agent:ID.")


class OptOutPage(BaseModel):
    """A page of opt-outs, the newest first."""

    items: list[OptOutOut]
    next: str | None


class OptOutQuery(Page):
    """Which opt-outs are wanted."""

    channel: Sent | None = left_out()


class OptOutBody(BaseModel):
    """Who wants no messages, and by what."""

    model_config = ConfigDict(extra="forbid")

    channel: Sent
    peer: str = Field(min_length=1, max_length=320, description="Their number or e-mail address.")
    address: str = Field(
        default="",
        max_length=200,
        description="The one of ours that shall not write; empty for all.",
    )
    agent: str | None = left_out(
        min_length=1, max_length=64, description="The agent who was told; else it is an operator."
    )


class NotedOut(OptOutOut):
    """An opt-out that was noted."""

    canceled: int = Field(description="Messages that waited to leave and are taken back.")


class AddressQuery(Query):
    """Which of our addresses may write again."""

    address: str = Field(default="", max_length=200, description="Only this one of ours; else all.")


@routes.get("/opt-outs")
@routes.input(OptOutQuery, location="query")
@routes.output(OptOutPage)
def list_opt_outs(query_data: OptOutQuery) -> Any:
    """List who wants no messages, the newest first."""
    behind: Any = query_data.after(moment, text, text, text)
    found = house().threads.opt_outs(
        query_data.limit + 1, channel=query_data.channel, behind=behind
    )
    told = [_shown(each) for each in found]
    return page(told, query_data.limit, lambda one: [one[name] for name in _PLACE])


@noting.post("/opt-outs")
@noting.input(OptOutBody, example={"channel": "sms", "peer": "+15550123456", "agent": "ann"})
@noting.output(NotedOut, status_code=201, description="Nothing is sent there any more.")
@noting.doc(responses={422: "The address or the agent is none."})
def note_opt_out(json_data: OptOutBody) -> Any:
    """Note that somebody wants no messages, as was said to an agent; take back what waits."""
    agent = json_data.agent
    if agent is not None and doors().staff.agent(agent) is None:
        raise wrong_field("agent", f"there is no agent {agent!r}", 422)
    by = f"agent:{agent}" if agent else "operator"
    try:
        entry, count = house().wishes.opt_out(
            json_data.channel, json_data.peer, by, json_data.address
        )
    except RunnerError as error:
        raise wrong_field("peer", str(error), 422) from None
    note("opt_outs.note", entry.channel, by=by, canceled=count)
    return {**_shown(entry), "canceled": count}


@routes.delete("/opt-outs/<channel>/<peer>")
@routes.input(AddressQuery, location="query")
@routes.doc(responses={204: "Messages may be sent there again."})
def remove_opt_out(channel: str, peer: str, query_data: AddressQuery) -> Response:
    """Strike somebody off who wants messages again, and has said so."""
    try:
        struck = house().wishes.opt_in(channel, peer, query_data.address)  # type: ignore[arg-type]  # an unknown channel has no opt-outs
    except RunnerError:
        struck = False
    if not struck:
        raise missing("opt-out of this channel and address")
    note("opt_outs.remove", channel)
    return Response(status=204)


def _shown(entry: OptOut) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in OptOutOut.model_fields}
