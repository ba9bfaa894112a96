"""Pictures of flows: every step and every exit is in them, and nothing in them is markup."""

import re
from pathlib import Path

import pytest
from defusedxml import ElementTree  # type: ignore[import-untyped]  # it has no type stubs here

from flow.language.graph import mermaid, svg
from flow.language.load import load
from flow.language.reader import read

TEXT = (Path(__file__).parent / "good" / "everything.yaml").read_text()
EVIL = {
    "start": 'a"<b>',
    "steps": {
        'a"<b>': {"component": "play", "exits": {'"]; x-->y <script>': "end#1", "gone": "nowhere"}},
        "end#1": {"component": "</text>&", "exits": ["no", "mapping"]},
        "odd": 5,
    },
}


def test_mermaid_names_every_step_and_exit() -> None:
    text = mermaid(load(TEXT))
    lines = text.splitlines()
    assert lines[:2] == ["flowchart TD", "    start((start)) --> s0"]
    assert '    s1["main-menu<br/>menu"]' in lines
    assert '    s1 -->|"on"| s3' in lines
    assert '    s5(["goodbye<br/>hang_up"])' in lines
    assert len([line for line in lines if "-->|" in line]) == 11


def test_mermaid_escapes_and_shows_what_is_missing() -> None:
    assert mermaid(EVIL) == (
        "flowchart TD\n"
        "    start((start)) --> s0\n"
        '    s0["a#quot;#lt;b#gt;<br/>play"]\n'
        '    s1(["end#35;1<br/>#lt;/text#gt;&"])\n'
        '    s2(["odd<br/>?"])\n'
        '    s0 -->|"#quot;]; x--#gt;y #lt;script#gt;"| s1\n'
        '    s0 -->|"gone"| missing\n'
        "    missing{?}\n"
    )


def test_svg_draws_every_step_and_exit() -> None:
    picture = ElementTree.fromstring(svg(load(TEXT)))
    names = {"svg": "http://www.w3.org/2000/svg"}
    titles = [title.text for title in picture.findall(".//svg:title", names)]
    assert titles[:2] == ["welcome: play", "main-menu: menu"]
    assert len(titles) == 6
    arrows = [p for p in picture.findall(".//svg:path", names) if p.get("marker-end")]
    assert len(arrows) == 10  # two exits lead to the same step and share an arrow
    labels = [text for text in picture.findall(".//svg:text", names) if text.get("stroke")]
    assert len(labels) == 11


def test_svg_keeps_boxes_apart_and_inside_the_picture() -> None:
    picture = ElementTree.fromstring(svg(load(TEXT)))
    width = float(picture.get("width", "0"))
    boxes = [
        (float(r.get("x", "0")), float(r.get("y", "0")))
        for r in picture.iter("{http://www.w3.org/2000/svg}rect")
        if r.get("rx")
    ]
    for x, y in boxes:
        assert 0 <= x <= width - 190
        assert all(abs(x - a) >= 190 or abs(y - b) >= 48 for a, b in boxes if (a, b) != (x, y))


def test_svg_escapes_every_text() -> None:
    picture = svg(EVIL)
    ElementTree.fromstring(picture)
    assert "<script" not in picture
    assert "<b>" not in picture


@pytest.mark.parametrize("text", ["{}", "steps: {}", "steps: {a: {component: end}}", "steps: 5"])
def test_unfinished_documents_are_drawn_too(text: str) -> None:
    document = read(text).value
    assert mermaid(document).startswith("flowchart TD\n")
    assert re.match(r"<svg .*</svg>\n$", svg(document), re.DOTALL)
