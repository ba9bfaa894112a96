"""The verbs about calls themselves: <Dial>, <Start><Recording>, <Hangup>, <Reject>."""

from twilio.twiml import TwiML
from twilio.twiml import voice_response as verbs

from flow.instructions import Channels, Dial, Reject
from ivr.addresses import hinted
from ivr.twiml.languages import apology
from ivr.twiml.questions import EVENTS
from ivr.twiml.text import clean

RING = 600
"""Seconds the carrier rings at the most."""

LEG_EVENTS = "initiated ringing answered completed"

_RECORD = "record-from-answer-dual"


def add_dial(parent: TwiML, dial: Dial, action: str, status: str, recording: str) -> None:
    """Add a <Dial>: all targets ring at once, the first to answer has the call.

    `status` and `recording` are the addresses of the callbacks.
    """
    node = verbs.Dial(
        action=hinted(action, "dial"),
        method="POST",
        timeout=min(max(dial.ring_seconds, 1), RING),
        caller_id=clean(dial.caller_id) or None,
        answer_on_bridge=dial.answer_on_bridge or None,
        time_limit=dial.longest,
        **_recorded(dial, recording),
    )
    for target in dial.targets:
        _add_target(node, clean(target), status)
    parent.nest(node)


def _recorded(dial: Dial, recording: str) -> dict[str, object]:
    if not dial.record:
        return {}
    return {
        "record": _RECORD,
        "recording_status_callback": recording,
        "recording_status_callback_method": "POST",
        "recording_status_callback_event": EVENTS,
    }


def _add_target(node: TwiML, target: str, status: str) -> None:
    reports = {
        "status_callback": status,
        "status_callback_method": "POST",
        "status_callback_event": LEG_EVENTS,
    }
    scheme = target.partition(":")[0].lower()
    if scheme in ("sip", "sips"):
        node.nest(verbs.Sip(target, **reports))
    elif scheme == "client":
        node.nest(verbs.Client(target.partition(":")[2], **reports))
    elif target:
        node.nest(verbs.Number(target, **reports))


def add_recording(parent: TwiML, channels: Channels, callback: str) -> None:
    """Start recording the whole call, before anything else of the document is done."""
    start = verbs.Start()
    start.nest(
        verbs.Recording(
            channels=channels,
            recording_status_callback=callback,
            recording_status_callback_method="POST",
            recording_status_callback_event=EVENTS,
        )
    )
    parent.nest(start)


def add_hangup(parent: TwiML) -> None:
    """End the call."""
    parent.nest(verbs.Hangup())


def add_reject(parent: TwiML, reject: Reject) -> None:
    """Refuse the call. That is possible as the very first verb only: later it is a hang-up."""
    if parent.verbs:
        add_hangup(parent)
    else:
        parent.nest(verbs.Reject(reason=reject.reason))


def add_apology(parent: TwiML, language: str, forward: str, longest: int | None = None) -> None:
    """Say sorry, then forward to the operator's number if there is one, and hang up."""
    words, spoken_in = apology(language)
    parent.nest(verbs.Say(words, language=spoken_in))
    if forward:
        node = verbs.Dial(time_limit=longest)
        node.nest(verbs.Number(forward))
        parent.nest(node)
    add_hangup(parent)
