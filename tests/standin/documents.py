"""Read a document as the carrier does: its verbs, or the code of the error it would log.

The tables of `tests.support.twiml`, and what waiting and joining add to them.
"""

from enum import Enum
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]  # it ships no types
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]  # it ships no types

from tests.support.transport import Reply
from tests.support.twiml import ATTRIBUTES, HOLDS, LIMIT, NUMBERS, Verb

HTTP_FAILED, NOT_REACHED, TOO_BIG = 11200, 11205, 11750
UNREADABLE, NO_RESPONSE, BAD_SCHEMA, BAD_TYPE = 12100, 12102, 12200, 12300

_CONFERENCE = {
    "muted", "beep", "startConferenceOnEnter", "endConferenceOnExit", "participantLabel",
    "waitUrl", "waitMethod", "maxParticipants", "coach", "statusCallback", "statusCallbackEvent",
    "statusCallbackMethod", "record", "trim", "region", "jitterBufferSize", "eventCallbackUrl",
    "recordingStatusCallback", "recordingStatusCallbackMethod", "recordingStatusCallbackEvent",
}  # fmt: skip
_ATTRIBUTES = ATTRIBUTES | {
    "Conference": _CONFERENCE,
    "Enqueue": {"action", "method", "waitUrl", "waitUrlMethod", "maxQueueSize"},
    "Leave": set(),
}
_HOLDS = HOLDS | {
    "Response": HOLDS["Response"] | {"Enqueue", "Leave"},
    "Dial": HOLDS["Dial"] | {"Conference"},
}
_NO_TEXT = {"Response", "Gather", "Start", "Hangup", "Pause", "Leave"}


class Kind(Enum):
    """Where a document is obeyed; the verbs that are legal there."""

    MAIN = frozenset(_HOLDS["Response"])
    QUEUE = frozenset({"Say", "Play", "Pause", "Gather", "Redirect", "Leave", "Hangup"})
    CONFERENCE = frozenset({"Say", "Play", "Pause", "Redirect"})


class Refused(Exception):
    """The carrier could not get or use a document; `code` is what it logs."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(f"{code}: {why}")
        self.code = code


def read(reply: Reply, kind: Kind) -> tuple[Verb, ...]:
    """The verbs of an answer; Refused says what the carrier would log."""
    if not 200 <= reply.status < 300:
        raise Refused(HTTP_FAILED, f"status {reply.status}")
    if len(reply.body) > LIMIT:
        raise Refused(TOO_BIG, f"{len(reply.body)} bytes")
    content = reply.headers.get("content-type", "").split(";", maxsplit=1)[0]
    if content not in {"text/xml", "application/xml"}:
        raise Refused(BAD_TYPE, f"content type {content!r}")
    return parse(reply.body, kind)


def parse(body: bytes, kind: Kind) -> tuple[Verb, ...]:
    """The verbs of a document's bytes."""
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as problem:
        raise Refused(UNREADABLE, repr(problem)) from problem
    if root.tag != "Response":
        raise Refused(NO_RESPONSE, f"the root is {root.tag}")
    verbs = _verb(root).inside
    for verb in verbs:
        if verb.name not in kind.value:
            raise Refused(BAD_SCHEMA, f"{verb.name} is not legal in a {kind.name} document")
    return verbs


def _verb(element: Element) -> Verb:
    name = element.tag
    if name not in _ATTRIBUTES:
        raise Refused(BAD_SCHEMA, f"unknown verb {name}")
    unknown = set(element.attrib) - _ATTRIBUTES[name]
    if unknown:
        raise Refused(BAD_SCHEMA, f"{name} has no attribute {sorted(unknown)}")
    if name in _NO_TEXT and (element.text or "").strip():
        raise Refused(BAD_SCHEMA, f"text in {name}")
    _numbers(element)
    children = list(element) if name != "Say" else []
    for child in children:
        if child.tag not in _HOLDS.get(name, set()):
            raise Refused(BAD_SCHEMA, f"{child.tag} may not stand in {name}")
    inside = tuple(_verb(child) for child in children)
    return Verb(name, dict(element.attrib), "".join(element.itertext()).strip(), inside)


def _numbers(element: Element) -> None:
    for (verb, attribute), (low, high) in NUMBERS.items():
        text = element.get(attribute, "") if verb == element.tag else ""
        if text and not (text.isdecimal() and low <= int(text) <= high):
            raise Refused(BAD_SCHEMA, f"{verb} {attribute}={text!r}")
