"""`/voicemails`: messages for agents, and who has heard them."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from desk.voicemails import Voicemail, VoicemailState, inbox
from web.api.doors import doors, note
from web.api.pages import Page, left_out, moment, page, text
from web.api.problems import missing, wrong_field
from web.api.resource import Routes
from web.house import house

routes = Routes("voicemails", "Messages for agents.")

_MESSAGE = "message of this id"
_OTHERWISE = {"flow_execution_id", "inboxes"}


class VoicemailOut(BaseModel):
    """A message; its sound is downloaded as the recording of the same id."""

    id: str
    flow_execution_id: str
    number: str = Field(description="Who left it; empty when that is unknown.")
    name: str
    seconds: int
    at: datetime
    state: VoicemailState = Field(
        description="waiting for its recording, delivered, or unavailable: it never came."
    )
    inboxes: list[str] = Field(description="Such as agent:ann and ring_group:support.")
    heard_by: str
    heard: datetime | None


class VoicemailPage(BaseModel):
    """A page of messages, the newest first."""

    items: list[VoicemailOut]
    next: str | None


class VoicemailQuery(Page):
    """Which messages are wanted."""

    agent: str | None = left_out(max_length=64)
    ring_group: str | None = left_out(max_length=64)
    heard: Literal["true", "false"] | None = left_out()


class HeardBody(BaseModel):
    """Who has heard a message."""

    model_config = ConfigDict(extra="forbid")

    by: str = Field(default="", max_length=64, description="An agent's id, or any name.")


@routes.get("/voicemails")
@routes.input(VoicemailQuery, location="query")
@routes.output(VoicemailPage)
def list_voicemails(query_data: VoicemailQuery) -> Any:
    """List messages, the newest first: all, those of an agent, or those of a ring group."""
    if query_data.agent and query_data.ring_group:
        raise wrong_field("ring_group", "give agent or ring_group, not both")
    box = inbox("agent", query_data.agent) if query_data.agent else ""
    box = inbox("ring_group", query_data.ring_group) if query_data.ring_group else box
    limit = query_data.limit
    behind: Any = query_data.after(moment, text)
    heard = None if query_data.heard is None else query_data.heard == "true"
    found = house().voicemails.find(limit + 1, inbox=box, heard=heard, behind=behind)
    shown = [_shown(one) for one in found]
    return page(shown, limit, lambda one: [one["at"].isoformat(), one["id"]])


@routes.get("/voicemails/<voicemail_id>")
@routes.output(VoicemailOut)
def get_voicemail(voicemail_id: str) -> Any:
    """Give a message."""
    return _found(voicemail_id)


@routes.put("/voicemails/<voicemail_id>/heard")
@routes.input(HeardBody)
@routes.output(VoicemailOut)
def put_heard(voicemail_id: str, json_data: HeardBody) -> Any:
    """Mark a message as heard; the first who heard it stays written."""
    if not house().voicemails.hear(voicemail_id, json_data.by, doors().clock()):
        raise missing(_MESSAGE)
    note("voicemails.heard", voicemail_id)
    return _found(voicemail_id)


def _found(voicemail: str) -> dict[str, Any]:
    found = house().voicemails.one(voicemail)
    if found is None:
        raise missing(_MESSAGE)
    return _shown(found)


def _shown(voicemail: Voicemail) -> dict[str, Any]:
    names = VoicemailOut.model_fields.keys() - _OTHERWISE
    own = {name: getattr(voicemail, name) for name in names}
    return {**own, "flow_execution_id": voicemail.execution, "inboxes": list(voicemail.inboxes)}
