"""`/recordings`: what callers were recorded saying; who downloads one is written down."""

from datetime import datetime
from typing import Any

from apiflask.schemas import FileSchema
from flask import Response, send_file
from pydantic import BaseModel, Field

from audio.errors import AudioMissing
from flow.ledger import Recording
from web.api.doors import note
from web.api.pages import Page, left_out, page, text
from web.api.problems import missing
from web.api.resource import Routes
from web.house import house

routes = Routes("recordings", "What was recorded.")

_TYPES = {".wav": "audio/wav", ".mp3": "audio/mpeg"}


class RecordingOut(BaseModel):
    """A recording; it can be downloaded once its state is `kept`."""

    id: str
    state: str = Field(description="wanted, ready, kept, absent or failed.")
    updated: datetime
    call: str
    flow_execution_id: str
    step: str
    kind: str
    seconds: int
    sha256: str
    reason: str


class RecordingPage(BaseModel):
    """A page of recordings, by id."""

    items: list[RecordingOut]
    next: str | None


class RecordingQuery(Page):
    """Which recordings are wanted."""

    flow_execution_id: str | None = left_out(max_length=100)


@routes.get("/recordings")
@routes.input(RecordingQuery, location="query")
@routes.output(RecordingPage)
def list_recordings(query_data: RecordingQuery) -> Any:
    """List recordings, by id."""
    after = query_data.after(text) or ("",)
    limit, execution = query_data.limit, query_data.flow_execution_id or ""
    found = house().listings.recordings(limit + 1, after[0], execution)
    return page([shown_recording(one) for one in found], limit, lambda one: [one["id"]])


@routes.get("/recordings/<recording_id>")
@routes.output(RecordingOut)
def get_recording(recording_id: str) -> Any:
    """Give what is known of a recording."""
    found = house().listings.recording(recording_id)
    if found is None:
        raise missing("recording of this id")
    return shown_recording(found)


@routes.get("/recordings/<recording_id>/audio")
@routes.output(FileSchema(type="string", format="binary"), content_type="audio/wav")
def download_recording(recording_id: str) -> Response:
    """Download a recording, as a WAV or mp3 file; the audit log keeps who did."""
    try:
        path = house().recordings.open(recording_id)
    except AudioMissing:
        raise missing("sound of this recording here") from None
    note("recordings.download", recording_id)
    name = f"{recording_id}{path.suffix}"
    return send_file(path.resolve(), _TYPES[path.suffix], as_attachment=True, download_name=name)


def shown_recording(recording: Recording) -> dict[str, Any]:
    """Write a recording as the API shows it; our file's name is nobody's business."""
    names = ("state", "updated", "call", "step", "kind", "seconds", "sha256", "reason")
    shown = {name: getattr(recording, name) for name in names}
    return {"id": recording.sid, "flow_execution_id": recording.execution, **shown}
