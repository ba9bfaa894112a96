"""The finished document: looked over against what carriers accept, then turned to bytes."""

from twilio.twiml import TwiML
from twilio.twiml.voice_response import VoiceResponse

from ivr.twiml.ssml import ELEMENTS

LIMIT = 64 * 1024
"""Bytes of a document (the carrier's code 11750)."""

_HEARD = frozenset({"Say", "Play", "Pause"})

HOLDS = {
    "Response": _HEARD
    | {"Gather", "Record", "Dial", "Enqueue", "Leave", "Start", "Redirect", "Hangup", "Reject"},
    "Gather": _HEARD,
    "Dial": frozenset({"Number", "Sip", "Client", "Conference"}),
    "Start": frozenset({"Recording"}),
    "Say": ELEMENTS,
} | dict.fromkeys(ELEMENTS, ELEMENTS)
"""Which element may hold which, as far as we use them (the carrier's codes 12100 to 12200)."""


class BadDocument(ValueError):
    """A document that the carrier would refuse; the text says why, without what it says."""


def finished(response: VoiceResponse) -> bytes:
    """Turn a document into bytes.

    Raises:
        BadDocument: it is too large, or an element stands where it may not.
    """
    _look_over(response)
    body: bytes = response.to_xml().encode("utf-8")
    if len(body) > LIMIT:
        raise BadDocument(f"the document has {len(body)} bytes, the carrier takes {LIMIT}")
    return body


def _look_over(node: TwiML) -> None:
    for child in node.verbs:
        if isinstance(child, str):
            continue
        if child.name not in HOLDS.get(node.name, frozenset()):
            raise BadDocument(f"<{child.name}> may not stand in <{node.name}>")
        _look_over(child)
