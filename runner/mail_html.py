"""Makes the HTML of a mail fit to be shown: no scripts, no forms, no styles, no images from afar.

What it gives belongs in a frame with `sandbox=""` all the same (threat 7). The library that
judges takes the square of the depth, so it is given what is well formed and nested but little.
"""

from collections.abc import Iterator, Mapping
from html import escape
from urllib.parse import unquote, urlsplit

import nh3

from runner.markup import VOID, Tag, pieces

LONGEST = 500_000
"""Characters that are shown."""

_DEEPEST = 100

_TAGS = frozenset(
    {
        *("a", "abbr", "address", "b", "blockquote", "br", "caption", "center", "cite", "code"),
        *("dd", "del", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i"),
        *("img", "ins", "kbd", "li", "ol", "p", "pre", "q", "s", "small", "span", "strike"),
        *("strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul"),
    }
)
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "td": {"colspan", "rowspan", "align", "valign"},
    "th": {"colspan", "rowspan", "align", "valign"},
    "ol": {"start"},
}
_LINKS = frozenset({"http", "https", "mailto", "tel"})


def sanitise(source: str, inline: Mapping[str, str] | None = None, *, remote: bool = False) -> str:
    """Give HTML that is safe to show.

    `inline` maps the Content-IDs of images that came with the mail to addresses of ours. Images
    from elsewhere are shown with `remote` only: whoever sends them would learn who reads, and when.
    """
    allowed = {tag: set(names) for tag, names in _ATTRIBUTES.items()}

    def judged(tag: str, name: str, value: str) -> str | None:
        if (tag, name) == ("img", "src"):
            return _image(value, inline or {}, remote=remote)
        return value if name != "href" or _scheme(value) in _LINKS else None

    return nh3.clean(
        "".join(_well_formed(source[:LONGEST])),
        tags=set(_TAGS),
        attributes=allowed,
        attribute_filter=judged,
        url_schemes={*_LINKS, "cid", "data"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def _image(source: str, inline: Mapping[str, str], *, remote: bool) -> str | None:
    scheme = _scheme(source)
    if scheme == "cid":
        return inline.get(unquote(source.strip()[4:]))
    if scheme == "data":
        return source if source.startswith(("data:image/png", "data:image/jpeg")) else None
    return source if remote and scheme == "https" else None


def _scheme(address: str) -> str:
    try:
        return urlsplit(address.strip()).scheme.lower()
    except ValueError:
        return ""


def _well_formed(source: str) -> Iterator[str]:
    """Write the HTML again: every tag that is kept is ended, and none stands too deep."""
    standing: list[str] = []
    for piece in pieces(source):
        if isinstance(piece, str):
            yield escape(piece, quote=False)
        elif piece.name not in _TAGS:
            continue
        elif not piece.ends:
            yield from _begun(piece, standing)
        elif piece.name in standing:
            yield from _ended(piece.name, standing)
    yield from (f"</{name}>" for name in reversed(standing))


def _begun(tag: Tag, standing: list[str]) -> Iterator[str]:
    if tag.name == "p" and "p" in standing[-1:]:
        yield from _ended("p", standing)
    if tag.name not in VOID:
        if len(standing) >= _DEEPEST:
            return
        standing.append(tag.name)
    names = _ATTRIBUTES.get(tag.name, set())
    yield f"<{tag.name}"
    for name, value in tag.attributes.items():
        if name in names:
            yield f' {name}="{escape(value)}"'
    yield ">"


def _ended(name: str, standing: list[str]) -> Iterator[str]:
    while standing:
        last = standing.pop()
        yield f"</{last}>"
        if last == name:
            return
