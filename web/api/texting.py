"""`/conversations/{id}/…`: what agents and supervisors do with a conversation by messages.

Only the agent who has it, or a key of the scope `admin`, writes, passes on and closes.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Response, request
from pydantic import BaseModel, ConfigDict, Field, model_validator

from desk.agents import Agent
from desk.conversations import Conversation
from desk.handling import NotNow, Wrong
from desk.templates import LONGEST
from desk.texts import Whom
from desk.wrap_up import DISPOSITION, NOTES, disposition
from runner.media import MediaError
from runner.messages.answers import NotFilled
from runner.messages.files import ENDINGS, MOST
from runner.messages.hands import By, Reused, Unknown
from runner.messages.threads import Written
from web.api.attached import FileBody, decoded, widen
from web.api.conversations import MISSING, ConversationOut, MessageOut, shown, written
from web.api.doors import api_key, doors, note
from web.api.pages import left_out
from web.api.problems import Problem, missing, wrong_field
from web.api.queues import SEE_NUMBERS
from web.api.resource import Routes
from web.house import house

routes = Routes("texting", "What agents do with conversations by messages.")

_NOT_NOW = {
    409: "It cannot be done as things stand: somebody else has it, or nobody has.",
    422: "Who or what is named is not there: see errors.",
}

_AGENT = "An agent's id; a key of the scope admin may act for any."


_CONTENT = ("text", "template", "files")


def _one_of(*names: str) -> dict[str, Any]:
    return {"oneOf": [{"required": [name]} for name in names]}


class AgentBody(BaseModel):
    """Which agent does it."""

    model_config = ConfigDict(extra="forbid")

    agent: str = Field(min_length=1, max_length=64, description=_AGENT)


class MessageBody(AgentBody):
    """What an agent writes: a text, or a template by its id; files with it, or alone."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "anyOf": [{"required": [name]} for name in _CONTENT],
            "not": {"required": ["text", "template"]},
        },
    )

    text: str | None = left_out(min_length=1, max_length=LONGEST)
    template: str | None = left_out(min_length=1, max_length=64, description="A template's id.")
    variables: dict[str, str] = Field(
        default_factory=dict, max_length=50, description="The template's `vars`."
    )
    files: list[FileBody] | None = left_out(
        min_length=1,
        max_length=MOST,
        description=f"{', '.join(ENDINGS)}. By SMS and WhatsApp the carrier fetches them from us.",
    )

    @model_validator(mode="after")
    def _some(self) -> "MessageBody":
        if self.text is not None and self.template is not None:
            raise ValueError("give one of text and template")
        if all(getattr(self, name) is None for name in _CONTENT):
            raise ValueError("give a text, a template, or files")
        return self


class KeyHeader(BaseModel):
    """The header that makes repeating a message harmless."""

    idempotency_key: str | None = left_out(
        min_length=1,
        max_length=255,
        pattern=r"^[!-~]+( +[!-~]+)*$",
        description="A text of your own, the same when you repeat the message: it leaves once.",
    )


class PassOnBody(AgentBody):
    """To whom a conversation is passed on: give `to_agent` or `ring_group`."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=_one_of("to_agent", "ring_group"))

    to_agent: str | None = left_out(min_length=1, max_length=64, description="An agent's id.")
    ring_group: str | None = left_out(min_length=1, max_length=64, description="A ring group's id.")
    note: str = Field(default="", max_length=NOTES, description="For who has it next.")

    @model_validator(mode="after")
    def _one(self) -> "PassOnBody":
        if (self.to_agent is None) == (self.ring_group is None):
            raise ValueError("give exactly one of to_agent and ring_group")
        return self


class CloseBody(AgentBody):
    """What is noted when a conversation is closed."""

    notes: str = Field(default="", max_length=NOTES)
    disposition: str = Field(
        default="",
        max_length=DISPOSITION,
        description="How it came out: one of DISPOSITIONS where that is set, else any text.",
    )


@routes.before_request
def _widen() -> None:
    """Let a message bring files; its key was looked at before."""
    if request.endpoint == f"{request.blueprint}.{send_message.__name__}":
        widen(request)


@routes.post("/conversations/<conversation_id>/take")
@routes.input(AgentBody, example={"agent": "ann"})
@routes.output(ConversationOut)
@routes.doc(responses=_NOT_NOW)
def take_conversation(conversation_id: str, json_data: AgentBody) -> Any:
    """Let an agent take a conversation that waits; of two at one moment one has it."""
    with _problems():
        found = doors().hands.take(conversation_id, json_data.agent)
    note("conversations.take", conversation_id, agent=json_data.agent)
    return _told(found)


@routes.post("/conversations/<conversation_id>/messages")
@routes.input(MessageBody, example={"agent": "ann", "text": "Hello!"})
@routes.input(KeyHeader, location="headers")
@routes.output(MessageOut, status_code=202, description="It is written down to leave.")
@routes.doc(responses={**_NOT_NOW, 422: "Who or what is named is not there, or a key was reused."})
def send_message(conversation_id: str, json_data: MessageBody, headers_data: KeyHeader) -> Any:
    """Write to the contact as an agent; what can never leave comes back as failed or canceled."""
    thread = house().threads.one(conversation_id)
    if thread is None:
        raise missing(MISSING)
    agent, by = _agent(json_data.agent), _by(json_data)
    with _problems():
        key = headers_data.idempotency_key or ""
        said = Written(f"agent:{agent.id}", _text(thread, json_data, agent), key=key)
        asked, files = _asked(json_data), decoded(json_data.files or ())
        message, _ = doors().hands.send(conversation_id, by, said, asked, files)
    note("conversations.write", conversation_id, agent=agent.id)
    return written(message)


@routes.post("/conversations/<conversation_id>/typing")
@routes.input(AgentBody, example={"agent": "ann"})
@routes.doc(responses={**_NOT_NOW, 204: "The contact's channel is told."})
def note_typing(conversation_id: str, json_data: AgentBody) -> Response:
    """Note that an agent is writing, for some seconds."""
    with _problems():
        doors().hands.typing(conversation_id, _by(json_data))
    return Response(status=204)


@routes.post("/conversations/<conversation_id>/transfer")
@routes.input(PassOnBody, example={"agent": "ann", "ring_group": "sales"})
@routes.output(ConversationOut)
@routes.doc(responses=_NOT_NOW)
def transfer_conversation(conversation_id: str, json_data: PassOnBody) -> Any:
    """Pass a conversation on to an agent or a ring group, with all that was written."""
    whom = Whom(json_data.to_agent or "", json_data.ring_group or "")
    with _problems():
        found = doors().hands.transfer(conversation_id, whom, _by(json_data), json_data.note)
    note("conversations.transfer", conversation_id, agent=json_data.agent)
    return _told(found)


@routes.post("/conversations/<conversation_id>/close")
@routes.input(CloseBody, example={"agent": "ann", "disposition": "solved"})
@routes.output(ConversationOut)
@routes.doc(responses=_NOT_NOW)
def close_conversation(conversation_id: str, json_data: CloseBody) -> Any:
    """Let the agent be through with it; its flow goes on, and may ask how it was."""
    try:
        chosen = disposition(json_data.disposition, house().settings.dispositions)
    except ValueError as error:
        raise wrong_field("disposition", str(error), 422) from None
    with _problems():
        found = doors().hands.close(conversation_id, _by(json_data), json_data.notes, chosen)
    note("conversations.close", conversation_id, agent=json_data.agent)
    return _told(found)


def _asked(body: MessageBody) -> str:
    """Give the fingerprint of what is asked: a template may be filled otherwise the next time."""
    text = json.dumps(body.model_dump(), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _told(conversation: Conversation) -> dict[str, Any]:
    """Give a conversation; its contact's address only to keys that see numbers."""
    if SEE_NUMBERS & set(api_key().scopes):
        return shown(conversation)
    return {**shown(conversation), "peer": ""}


def _by(body: AgentBody) -> By:
    return By(body.agent, supervises="admin" in api_key().scopes)


def _agent(agent: str) -> Agent:
    found = doors().staff.agent(agent)
    if found is None:
        raise wrong_field("agent", f"there is no agent {agent!r}", 422)
    return found


def _text(thread: Conversation, body: MessageBody, agent: Agent) -> str:
    if body.template is None:
        return body.text or ""
    return doors().answers.fill(body.template, thread, agent, body.variables)


@contextmanager
def _problems() -> Iterator[None]:
    try:
        yield
    except Unknown:
        raise missing(MISSING) from None
    except MediaError as error:
        raise Problem(503, str(error)) from None
    except Reused as error:
        raise Problem(422, str(error)) from None
    except NotFilled as error:
        raise wrong_field(error.field, str(error), 422) from None
    except NotNow as error:
        status = 422 if isinstance(error, Wrong) else 409
        if error.field:
            raise wrong_field(error.field, str(error), status) from None
        raise Problem(status, str(error)) from None
