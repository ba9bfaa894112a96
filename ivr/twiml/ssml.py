"""SSML of a flow, taken apart and built again: only the elements that <Say> may hold get through.

The carrier's page "Text-to-speech, SSML" lists them. Any other element is dissolved: its text is
spoken, its markup is not passed on.
"""

import re
from html import unescape
from xml.etree.ElementTree import Element, ParseError  # nosec B405 - types only, nothing is parsed

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]  # it ships no types
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]  # as above
from twilio.twiml import GenericNode, TwiML

from ivr.twiml.text import clean, fits

DEPTH = 10
"""Elements inside one another: no reading voice needs more, and a parser of a peer may."""

_XML = "{http://www.w3.org/XML/1998/namespace}"
_ALLOWED: dict[str, tuple[str, ...]] = {
    "break": ("strength", "time"),
    "emphasis": ("level",),
    "lang": ("xml:lang",),
    "p": (),
    "phoneme": ("alphabet", "ph"),
    "prosody": ("pitch", "rate", "volume"),
    "s": (),
    "say-as": ("format", "interpret-as"),
    "sub": ("alias",),
    "w": ("role",),
}
ELEMENTS = frozenset(_ALLOWED)

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_TAGS = re.compile(r"<[^<>]*>")


def fill(say: TwiML, text: str) -> bool:
    """Put SSML into a <Say>; False, and nothing put, when it is broken, too deep or too long."""
    if not fits(text):
        return False
    body = _DECLARATION.sub("", text)
    try:
        root = fromstring(f"<speak>{body}</speak>", forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        return False
    if _depth(root) > DEPTH:
        return False
    _Builder(say).children(root)
    return True


def spoken(text: str) -> str:
    """Give the words of SSML without its markup, broken or not."""
    return clean(unescape(_TAGS.sub(" ", _DECLARATION.sub("", text))))


def _depth(element: Element) -> int:
    return 1 + max((_depth(child) for child in element), default=0)


class _Builder:
    """Collects neighbouring text, because the library keeps only the last string of a row."""

    def __init__(self, node: TwiML) -> None:
        self._node = node
        self._text = ""

    def children(self, element: Element) -> None:
        """Put all that an element holds into the node."""
        self._walk(element)
        self._flush()

    def _walk(self, element: Element) -> None:
        self._text += element.text or ""
        for child in element:
            name = child.tag.rpartition("}")[2]
            if name in _ALLOWED:
                self._flush()
                _Builder(_nested(self._node, name, child)).children(child)
            else:
                self._walk(child)
            self._text += child.tail or ""

    def _flush(self) -> None:
        if self._text:
            self._node.nest(self._text)
        self._text = ""


def _nested(node: TwiML, name: str, source: Element) -> TwiML:
    given = {key.replace(_XML, "xml:"): clean(value) for key, value in source.attrib.items()}
    inner = GenericNode(name, None)
    inner.attrs.update({key: given[key] for key in _ALLOWED[name] if key in given})
    node.nest(inner)
    return inner
