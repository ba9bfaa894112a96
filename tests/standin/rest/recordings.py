"""Recordings: start, pause, resume and stop those of a live call; fetch and delete what is kept."""

from tests.standin.exchange import Exchange, new_sid
from tests.standin.recordings import Recording, sound
from tests.standin.rest import shapes
from tests.standin.rest.calls import found
from tests.standin.rest.wire import Answered, Asked, RestError, missing

CURRENT = "Twilio.CURRENT"


def create(exchange: Exchange, asked: Asked, call: str) -> Answered:
    """Record a live call from here."""
    leg, form = found(exchange, asked, call), asked.form
    if leg.status != "in-progress":
        raise RestError(400, 21220, "Call is not in-progress: it cannot be recorded")
    recording = Recording(
        exchange,
        new_sid("RE"),
        leg.sid,
        "StartCallRecordingAPI",
        form.get("RecordingStatusCallback", ""),
        asked.words("RecordingStatusCallbackEvent", "completed"),
        channels=2 if form.get("RecordingChannels") == "dual" else 1,
    )
    recording.announce()
    return Answered(shapes.recording(recording), 201)


def _of_call(exchange: Exchange, asked: Asked, call: str, sid: str) -> Recording:
    found(exchange, asked, call)
    for recording in reversed(list(exchange.recordings.values())):
        wanted = recording.live if sid == CURRENT else recording.sid == sid
        if recording.call == call and wanted:
            return recording
    raise missing(asked.path)


def update(exchange: Exchange, asked: Asked, call: str, sid: str) -> Answered:
    """Pause, resume or stop."""
    recording = _of_call(exchange, asked, call, sid)
    actions = {
        "paused": recording.pause,
        "in-progress": recording.resume,
        "stopped": recording.stop,
    }
    status = asked.form.get("Status", "")
    if status not in actions:
        raise RestError(400, 20001, f"Status {status!r} is not possible")
    if not recording.live:
        raise RestError(400, 21220, "The recording has ended")
    actions[status]()
    return Answered(shapes.recording(recording))


def listed(exchange: Exchange, asked: Asked, call: str) -> Answered:
    """List the recordings of a call."""
    found(exchange, asked, call)
    kept = [one for one in exchange.recordings.values() if one.call == call]
    return shapes.page(asked, "recordings", kept, shapes.recording)


def _kept(exchange: Exchange, asked: Asked, sid: str) -> Recording:
    if sid not in exchange.recordings:
        raise missing(asked.path)
    return exchange.recordings[sid]


def fetch(exchange: Exchange, asked: Asked, sid: str) -> Answered:
    """Look at a recording."""
    return Answered(shapes.recording(_kept(exchange, asked, sid)))


def delete(exchange: Exchange, asked: Asked, sid: str) -> Answered:
    """Delete a recording for good."""
    del exchange.recordings[_kept(exchange, asked, sid).sid]
    return Answered(status=204)


def download(exchange: Exchange, asked: Asked, sid: str) -> Answered:
    """The sound; not before the recording has ended."""
    if _kept(exchange, asked, sid).live:
        raise missing(asked.path)
    return Answered(sound(), content="audio/x-wav")
