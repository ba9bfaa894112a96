"""Reads HTML as texts and tags, in one pass: time grows with the length, never with its square.

It is no judge of what is safe (`runner.mail_html`), nor of what is valid: what is no tag is text.
"""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_OPENS = re.compile(r"<(?=[A-Za-z/!?])")
_NAME = re.compile(r"/?([A-Za-z][A-Za-z0-9:-]{0,30})")
_STOP = re.compile(r"[>\"']")
_ATTRIBUTE = re.compile(
    r"([A-Za-z][\w:-]{0,40})\s{0,20}=\s{0,20}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))"
)
_RAW = frozenset({"script", "style", "title", "textarea", "noscript", "iframe", "xmp", "template"})
"""What stands in these is never shown as text."""

_ATTRIBUTES = 8 * 1024
"""Characters of one tag's attributes."""

VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
"""Tags that nothing stands in (HTML, section 13.1.2)."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag: its name in small letters, whether it ends something, its attributes."""

    name: str
    ends: bool = False
    attributes: Mapping[str, str] = field(default_factory=dict)


def pieces(source: str) -> Iterator[str | Tag]:
    """Give the texts, with their entities decoded, and the tags of some HTML, in their order."""
    reader = _Reader(source)
    while not reader.done:
        yield from reader.text()
        yield from reader.tag()


class _Reader:
    def __init__(self, source: str) -> None:
        self._source, self._small, self._at = source, source.lower(), 0
        self._missing: set[str] = set()  # what is not found once is never looked for again
        self._quotes = True

    @property
    def done(self) -> bool:
        return self._at >= len(self._source)

    def text(self) -> Iterator[str]:
        """Read up to the next tag."""
        found = _OPENS.search(self._source, self._at)
        until = found.start() if found else len(self._source)
        if until > self._at:
            yield html.unescape(self._source[self._at : until])
        self._at = until

    def tag(self) -> Iterator[str | Tag]:
        """Read what begins with `<`, if anything is left."""
        if self.done:
            return
        following = self._source[self._at + 1 : self._at + 2]
        if following in ("!", "?"):
            self._skip(following)
            return
        name = _NAME.match(self._source, self._at + 1)
        end = self._end(name.end()) if name else -1
        if name is None or end < 0:
            self._at += 1
            yield "<"
            return
        within = self._source[name.end() : min(end, name.end() + _ATTRIBUTES)]
        self._at = end + 1
        ends = name[0].startswith("/")
        yield Tag(name[1].lower(), ends, {} if ends else _attributes(within))
        if name[1].lower() in _RAW and not ends:
            self._leave(name[1].lower())

    def _skip(self, kind: str) -> None:
        """Go behind a comment or a declaration; one that has no end takes the rest with it."""
        mark = "-->" if self._source.startswith("<!--", self._at) else ">"
        found = self._find(mark, self._at + 1 + len(kind))
        self._at = found + len(mark) if found >= 0 else len(self._source)

    def _leave(self, name: str) -> None:
        """Go to the end of what is never shown."""
        found = self._find(f"</{name}", self._at)
        self._at = found if found >= 0 else len(self._source)

    def _end(self, at: int) -> int:
        """Find where a tag ends; a `>` within quotation marks does not end it.

        Where that leads nowhere, quotation marks count no more from there on.
        """
        now = at
        while self._quotes and (stop := _STOP.search(self._source, now)) is not None:
            if stop[0] == ">":
                return stop.start()
            closing = self._find(stop[0], stop.end())
            now = closing + 1 if closing >= 0 else stop.end()
        self._quotes = False
        return self._find(">", at)

    def _find(self, what: str, at: int) -> int:
        if what in self._missing:
            return -1
        found = self._small.find(what, at)
        if found < 0:
            self._missing.add(what)
        return found


def _attributes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(text):
        found.setdefault(name.lower(), html.unescape("".join(values)))
    return found
