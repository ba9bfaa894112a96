"""What a carrier accepts as TwiML, from its own pages: read a document, or say why it would fail.

Written without the product's code, so that it can judge it (provider contract, sections 1.3, 1.5).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]  # it ships no types

LIMIT = 64 * 1024
SPOKEN = 3_000

_SSML = {
    "break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w",
}  # fmt: skip
_HEARD = {"Say", "Play", "Pause"}
_CALLBACK = {"statusCallback", "statusCallbackMethod", "statusCallbackEvent", "url", "method"}
_RECORDING = {
    "recordingStatusCallback", "recordingStatusCallbackMethod", "recordingStatusCallbackEvent",
}  # fmt: skip

ATTRIBUTES: dict[str, set[str]] = {
    "Response": set(),
    "Say": {"voice", "language", "loop"},
    "Play": {"loop", "digits"},
    "Pause": {"length"},
    "Gather": {
        "input", "action", "method", "timeout", "speechTimeout", "numDigits", "finishOnKey",
        "hints", "language", "actionOnEmptyResult", "bargeIn", "profanityFilter", "speechModel",
        "enhanced", "maxSpeechTime",
    },
    "Record": {
        "action", "method", "timeout", "finishOnKey", "maxLength", "playBeep", "trim",
        "transcribe", "transcribeCallback",
    } | _RECORDING,
    "Dial": {
        "action", "method", "timeout", "hangupOnStar", "timeLimit", "callerId", "record", "trim",
        "answerOnBridge", "ringTone", "sequential",
    } | _RECORDING,
    "Number": {"sendDigits"} | _CALLBACK,
    "Sip": {"username", "password"} | _CALLBACK,
    "Client": set(_CALLBACK),
    "Redirect": {"method"},
    "Hangup": set(),
    "Reject": {"reason"},
    "Start": set(),
    "Recording": {"channels", "track", "trim"} | _RECORDING,
}  # fmt: skip
HOLDS = {
    "Response": _HEARD | {"Gather", "Record", "Dial", "Redirect", "Hangup", "Reject", "Start"},
    "Gather": _HEARD,
    "Dial": {"Number", "Sip", "Client"},
    "Start": {"Recording"},
    "Say": _SSML,
}
NUMBERS = {
    ("Pause", "length"): (1, 3_600),
    ("Gather", "numDigits"): (1, 1_000),
    ("Gather", "timeout"): (1, 3_600),
    ("Record", "maxLength"): (1, 14_400),
    ("Record", "timeout"): (0, 3_600),
    ("Dial", "timeout"): (1, 600),
    ("Play", "loop"): (0, 1_000),
}


@dataclass(frozen=True)
class Verb:
    """One element of a document: its name, attributes, text, and the elements inside it."""

    name: str
    attributes: dict[str, str]
    text: str
    inside: tuple["Verb", ...] = field(default=())

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def get(self, name: str, default: str = "") -> str:
        """An attribute, or the carrier's default where it was left out."""
        return self.attributes.get(name, default)

    def words(self) -> Iterator[str]:
        """Everything the caller hears from it, in order."""
        if self.name == "Say":
            yield self.text
        if self.name == "Play":
            yield f"[{self.text or self.get('digits')}]"
        for verb in self.inside:
            yield from verb.words()


def read_twiml(body: bytes, content_type: str) -> tuple[Verb, ...]:
    """The verbs of a document; AssertionError names what the carrier would refuse."""
    assert content_type.split(";", maxsplit=1)[0] in {"text/xml", "application/xml"}, content_type
    assert 0 < len(body) <= LIMIT, f"{len(body)} bytes"
    root = fromstring(body, forbid_dtd=True)
    assert root.tag == "Response", root.tag
    verbs = _read(root).inside
    first = [verb.name for verb in verbs]
    assert "Reject" not in first[1:], "a Reject must be the first verb"
    return verbs


def _read(element: Element) -> Verb:
    name = element.tag
    if name not in _SSML:
        _look_over(element)
    inside = tuple(_read(child) for child in element if child.tag not in _SSML)
    return Verb(name, dict(element.attrib), "".join(element.itertext()).strip(), inside)


def _look_over(element: Element) -> None:
    name = element.tag
    assert name in ATTRIBUTES, f"unknown verb {name}"
    unknown = set(element.attrib) - ATTRIBUTES[name]
    assert not unknown, f"{name} has no attribute {unknown}"
    for child in element:
        assert child.tag in HOLDS.get(name, set()), f"{child.tag} may not stand in {name}"
    for (verb, attribute), (low, high) in NUMBERS.items():
        if verb == name and attribute in element.attrib:
            assert low <= int(element.attrib[attribute]) <= high, f"{name} {attribute}"
    assert element.get("method", "POST") in {"GET", "POST"}
    _addresses(element)
    text = (element.text or "").strip()
    if name == "Say":
        spoken = "".join(element.itertext())
        assert spoken.strip(), "an empty Say"
        assert len(spoken.encode()) <= SPOKEN
    if name in {"Response", "Gather", "Dial", "Start", "Hangup", "Pause"}:
        assert not text, f"text in {name}: {text!r}"


def _addresses(element: Element) -> None:
    names = ("action", "statusCallback", "recordingStatusCallback", "url")
    given = [element.attrib[name] for name in names if name in element.attrib]
    if element.tag == "Redirect" or (element.tag == "Play" and "digits" not in element.attrib):
        given.append((element.text or "").strip())
    for address in given:
        parts = urlsplit(address)
        assert parts.scheme in {"http", "https"}, f"not absolute: {address}"
        assert parts.hostname, f"not absolute: {address}"
