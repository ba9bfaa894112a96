"""`/conversations`: the threads with contacts by messages, and what was written in them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from desk.conversations import ChannelName, Conversation, Delivery, Message, State
from desk.queue import Waiting
from web.api.doors import doors
from web.api.pages import Page, left_out, moment, number, page, text
from web.api.problems import missing
from web.api.resource import Routes
from web.house import house

routes = Routes("messages", "Threads with contacts by messages.")

MISSING = "conversation of this id"


class NoteOut(BaseModel):
    """What an agent wrote for the next one when the conversation was passed on."""

    at: datetime
    by: str
    text: str


class ConversationOut(BaseModel):
    """A conversation by messages; `state` says whose turn it is."""

    id: str
    channel: ChannelName
    address: str = Field(description="Ours: a number, a mailbox, a chat's name.")
    peer: str = Field(description="The contact's address.")
    contact_id: str = Field(description="Empty for somebody unknown.")
    flow_execution_id: str
    state: State = Field(
        description="flow: its walk's turn; waiting: for an agent; agent: an agent has it."
    )
    agent: str = Field(description="Who has it; empty for nobody.")
    subject: str
    opened: datetime
    updated: datetime
    heard: datetime | None = Field(description="When the contact last wrote.")
    closed: datetime | None
    messages: int
    version: int = Field(description="Grows with every change.")


class ServedOut(BaseModel):
    """An agent had it, and noted this of it."""

    id: str = Field(description="For notes later on: PUT /calls/{id}/wrap-up.")
    agent: str
    began: datetime
    ended: datetime | None
    notes: str
    disposition: str


class WholeConversationOut(ConversationOut):
    """A conversation, who had it, and notes between agents."""

    served: list[ServedOut]
    notes: list[NoteOut]


class ConversationPage(BaseModel):
    """A page of conversations, the newest first."""

    items: list[ConversationOut]
    next: str | None


class WaitingOut(BaseModel):
    """A conversation that waits for an agent."""

    conversation: ConversationOut
    since: datetime
    priority: int
    weight: int = Field(description="Points of an agent's capacity that it takes.")
    offer: Literal["direct", "inbox"]


class WaitingList(BaseModel):
    """What waits for agents, whose turn is next first."""

    items: list[WaitingOut]


class ConversationQuery(Page):
    """Which conversations are wanted."""

    state: State | None = left_out()
    agent: str | None = left_out(max_length=64)
    channel: ChannelName | None = left_out()
    contact: str | None = left_out(max_length=64)


class MediaOut(BaseModel):
    """A file of a message."""

    id: str
    name: str
    type: str
    size: int


class MessageOut(BaseModel):
    """A message; `author` is contact, flow, system or agent:ID."""

    id: str
    number: int = Field(description="Counts in its conversation from 1.")
    direction: Literal["in", "out"]
    author: str
    text: str
    subject: str
    at: datetime
    state: Delivery
    reason: str = Field(description="Why it did not arrive; empty for none.")
    code: int = Field(description="The provider's number for why; 0 for none.")
    segments: int = Field(description="What an SMS is billed as; 0 where it is not counted.")
    media: list[MediaOut]
    left_out: list[str] = Field(description="Files that were not kept, and why.")
    full_text: str = Field(
        description="All of a mail's text, with what it quotes; empty where `text` is all of it."
    )
    has_html: bool = Field(description="Whether /messages/{id}/html gives a page.")


_PLAIN = (
    *("id", "number", "direction", "author", "text", "subject"),
    *("at", "state", "reason", "code", "segments"),
)


class MessagePage(BaseModel):
    """A page of messages, the oldest first."""

    items: list[MessageOut]
    next: str | None


@routes.get("/conversations")
@routes.input(ConversationQuery, location="query")
@routes.output(ConversationPage)
def list_conversations(query_data: ConversationQuery) -> Any:
    """List conversations by messages, the newest first."""
    behind: Any = query_data.after(moment, text)
    found = house().threads.find(
        query_data.limit + 1,
        state=query_data.state,
        agent=query_data.agent or "",
        channel=query_data.channel,
        contact=query_data.contact or "",
        behind=behind,
    )
    shown_ones = [shown(each) for each in found]
    return page(shown_ones, query_data.limit, lambda one: [one["opened"], one["id"]])


@routes.get("/conversations/<conversation_id>")
@routes.output(WholeConversationOut)
def get_conversation(conversation_id: str) -> Any:
    """Give a conversation by messages, and which agents had it."""
    found = conversation_of(conversation_id)
    served = house().served.of(conversation_id)
    names = ServedOut.model_fields
    past = [{name: getattr(each, name) for name in names} for each in served]
    return {**shown(found), "served": past, "notes": list(found.details.get("notes") or ())}


@routes.get("/conversations/<conversation_id>/messages")
@routes.input(Page, location="query")
@routes.output(MessagePage)
def list_messages(conversation_id: str, query_data: Page) -> Any:
    """List the messages of a conversation, the oldest first."""
    conversation_of(conversation_id)
    place = query_data.after(number)
    limit, after = query_data.limit, place[0] if place else 0
    found = house().threads.messages(conversation_id, limit + 1, after=after)
    return page([written(each) for each in found], limit, lambda one: [one["number"]])


@routes.get("/agents/<agent_id>/inbox")
@routes.output(WaitingList)
def list_inbox(agent_id: str) -> Any:
    """List the conversations that wait and that the agent may take now, the first first."""
    found = doors().hands.waiting(agent_id)
    if found is None:
        raise missing("agent of this id")
    pairs = ((each, house().threads.one(each.conversation)) for each in found[:100])
    return {"items": [_lying(each, thread) for each, thread in pairs if thread]}


def shown(conversation: Conversation) -> dict[str, Any]:
    """Give a conversation as it is told."""
    names = ConversationOut.model_fields.keys() - {"contact_id", "flow_execution_id"}
    own = {name: getattr(conversation, name) for name in names}
    about = {"contact_id": conversation.contact, "flow_execution_id": conversation.execution}
    return {**own, **about}


def written(message: Message) -> dict[str, Any]:
    """Give a message as it is told."""
    details = message.details
    whole = str(details.get("full_text") or "")
    return {
        **{name: getattr(message, name) for name in _PLAIN},
        "media": [_file(each) for each in message.media],
        "left_out": list(details.get("left_out") or ()),
        "full_text": "" if whole.strip() == message.text.strip() else whole,
        "has_html": bool(message.html.strip()),
    }


def _file(media: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: str(media.get(name, "")) for name in ("id", "name", "type")}
    return {**told, "size": int(media.get("size") or 0)}


def _lying(place: Waiting, conversation: Conversation) -> dict[str, Any]:
    return {
        "conversation": shown(conversation),
        "since": place.entered,
        "priority": place.priority,
        "weight": place.weight,
        "offer": "inbox" if place.inbox else "direct",
    }


def conversation_of(conversation: str) -> Conversation:
    """Find a conversation.

    Raises:
        Problem: 404, it is not there.
    """
    found = house().threads.one(conversation)
    if found is None:
        raise missing(MISSING)
    return found
