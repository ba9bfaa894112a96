"""Gives the text of an HTML mail; quotations are marked by `>`, as in plain mails."""

import re

from digital.email.limits import HTML, TEXT
from runner.markup import Tag, pieces

_BLOCKS = frozenset(
    {
        *("address", "article", "blockquote", "center", "dd", "div", "dl", "dt", "fieldset"),
        *("footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main"),
        *("ol", "p", "pre", "section", "table", "tbody", "td", "tr", "ul"),
    }
)
_AIRY = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6"})
_DEEPEST = 20
_SPACE = re.compile(r"[ \t\r\n\f\u00a0]+")


def text_of(html: str) -> str:
    """Give the words of some HTML, a line for each block."""
    page = _Page()
    for piece in pieces(html[:HTML]):
        if isinstance(piece, str):
            page.say(piece)
        else:
            page.tag(piece)
        if page.length > TEXT:
            break
    return page.text()


class _Page:
    """A text as it is written: lines, the depth of quotations, whether space is due."""

    def __init__(self) -> None:
        self.length = 0
        self._lines: list[str] = []
        self._now: list[str] = []
        self._quoted = 0
        self._exact = 0

    def say(self, text: str) -> None:
        """Write text on; space is one blank, but where it is said to stand exactly so."""
        for number, line in enumerate(text.split("\n") if self._exact else [text]):
            if number:
                self._break()
            self._now.append(line if self._exact else _SPACE.sub(" ", line))
            self.length += len(line) + 1

    def tag(self, tag: Tag) -> None:
        """Hear a tag: most say nothing, some begin a line."""
        if tag.name == "br":
            self._break()
        if tag.name not in _BLOCKS:
            return
        self._begin_line(blank=tag.name in _AIRY)
        step = -1 if tag.ends else 1
        if tag.name == "blockquote":
            self._quoted = max(0, self._quoted + step)
        elif tag.name == "pre":
            self._exact = max(0, self._exact + step)
        elif tag.name == "hr":
            self._now.append("_" * 32)
            self._break()
        elif tag.name == "li" and not tag.ends:
            self._now.append("- ")

    def text(self) -> str:
        """Give all of it."""
        self._begin_line(blank=False)
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self._lines)).strip("\n")

    def _begin_line(self, *, blank: bool) -> None:
        if "".join(self._now).strip():
            self._break()
        self._now.clear()
        if blank and self._lines and self._lines[-1].strip("> "):
            self._break()

    def _break(self) -> None:
        line = "".join(self._now)
        line = line if self._exact else line.strip()
        mark = ">" * min(self._quoted, _DEEPEST)
        self._lines.append(f"{mark} {line}".rstrip() if mark else line.rstrip())
        self._now.clear()
        self.length += len(mark) + 1
