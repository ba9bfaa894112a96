"""Instructions to TwiML: golden documents, and that no text can change what a document does.

`LINEWALK_REWRITE_GOLDEN=1` writes the golden documents anew; the difference is the review.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import get_args
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]  # it ships no types
from hypothesis import given
from hypothesis import strategies as st

from flow import instructions as said
from flow.instructions import Collect, Instruction, Say
from flow.values import from_json
from ivr.render import TwimlRenderer
from ivr.twiml.document import HOLDS, LIMIT

HERE = Path(__file__).parent
CASES = sorted((HERE / "cases/render").glob("*.json"))
PUBLIC = "https://linewalk.example"
ACTION = f"{PUBLIC}/ivr/turn/run1/token1"


def prompt(name: str) -> str | None:
    return f"{PUBLIC}/audio/0123456789abcdef/{name}.wav" if name == "hold" else None


def renderer(
    report: Callable[[str], None] = lambda problem: None, forward: str = ""
) -> TwimlRenderer:
    return TwimlRenderer(PUBLIC, prompt, forward_number=forward, report=report)


def tree(body: bytes) -> Element:
    root: Element = fromstring(body)
    return root


def shape(element: Element) -> object:
    return [element.tag, sorted(element.attrib), [shape(child) for child in element]]


def misplaced(element: Element) -> list[str]:
    wrong = [child.tag for child in element if child.tag not in HOLDS.get(element.tag, ())]
    return wrong + [name for child in element for name in misplaced(child)]


@pytest.mark.parametrize("case", CASES, ids=[case.stem for case in CASES])
def test_golden(case: Path) -> None:
    instructions = from_json(json.loads(case.read_text()))
    answer = renderer().render(instructions, ACTION)
    golden = HERE / f"golden/{case.stem}.xml"
    if os.environ.get("LINEWALK_REWRITE_GOLDEN") == "1":
        golden.write_bytes(answer.body + b"\n")
    assert golden.read_bytes() == answer.body + b"\n"
    assert answer.content_type.startswith("text/xml")
    assert misplaced(tree(answer.body)) == []


def test_every_instruction_has_a_golden_case() -> None:
    seen = {
        kind
        for case in CASES
        for kind in (type(item) for item in from_json(json.loads(case.read_text())))
    }
    assert set(get_args(Instruction)) == seen


def test_every_golden_document_has_its_case() -> None:
    documents = {path.stem for path in (HERE / "golden").glob("*.xml")}
    assert documents == {case.stem for case in CASES}


def test_what_could_not_be_played_is_reported() -> None:
    reports: list[str] = []
    case = HERE / "cases/render/missing_prompt.json"
    renderer(reports.append).render(from_json(json.loads(case.read_text())), ACTION)
    assert reports == [
        "prompt 'nowhere' cannot be played and was left out",
        "a sound's address cannot be played and was left out",
    ]


@given(text=st.text(), barge_in=st.booleans())
def test_no_text_changes_what_a_document_does(text: str, *, barge_in: bool) -> None:
    def document(words: str) -> Element:
        question = Collect(
            (Say(words, "en-US"),), speech=True, hints=(words,), barge_in=barge_in, language="en-US"
        )
        return tree(renderer().render([Say(f"x {words}", "en-US"), question], ACTION).body)

    root, plain = document(f"a{text}"), document("a")
    assert shape(root) == shape(plain)


@given(st.text())
def test_no_ssml_gets_out_of_its_say(text: str) -> None:
    answer = renderer().render([Say(text, "en-US", ssml=True), said.Hangup()], ACTION)
    root = tree(answer.body)
    assert {child.tag for child in root} <= {"Say", "Hangup"}
    assert misplaced(root) == []


pieces = st.sampled_from(
    ["<p>", "</p>", "<Dial>", "</Dial>", "<break time='1s'/>", "&lt;", "&x;", "<!--", "-->", "x",
     "]]>", "<![CDATA[", "<s xmlns='u:v'>", "</s>", "<w role='a' onclick='b'>w</w>", "<?php ?>"]
)  # fmt: skip


@given(st.lists(pieces, max_size=12).map("".join))
def test_no_markup_in_ssml_gets_out_of_its_say(text: str) -> None:
    root = tree(renderer().render([Say(text, "en-US", ssml=True), said.Hangup()], ACTION).body)
    assert misplaced(root) == []
    assert len(root.findall("Hangup")) == 1
    assert all("onclick" not in element.attrib for element in root.iter())


@pytest.mark.parametrize(
    "ssml",
    [
        "<p>" * 2_000 + "x" + "</p>" * 2_000,
        "<p>" * 11 + "x" + "</p>" * 11,
        "<!DOCTYPE l [<!ENTITY a 'b'><!ENTITY c '&a;&a;'>]><p>&c;</p>",
        "<p>" + "long words " * 400 + "</p>",
        "<x:p>x</x:p>",
        "</speak><Dial>1</Dial><speak>x",
    ],
    ids=["very deep", "deep", "entities", "long", "unbound prefix", "closing the root"],
)
def test_hostile_ssml_is_spoken_as_text(ssml: str) -> None:
    reports: list[str] = []
    root = tree(renderer(reports.append).render([Say(ssml, "en-US", ssml=True)], ACTION).body)
    assert {element.tag for element in root.iter()} == {"Response", "Say"}
    assert len(reports) == 1


@pytest.mark.parametrize(
    "text",
    ["Words and more words. " * 700, "nospacesatall" * 1_000, "Ünïcödé " * 1_500, "你好。" * 4_000,
     "👩\u200d👩\u200d👧 " * 900],
    ids=["sentences", "one word", "accents", "Chinese", "emoji"],
)  # fmt: skip
def test_a_long_text_is_said_in_pieces_that_voices_take(text: str) -> None:
    root = tree(renderer().render([Say(text, "en-US")], ACTION).body)
    parts = [element.text or "" for element in root]
    assert all(0 < len(part.encode()) <= 2_900 for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_sentences_stay_whole() -> None:
    root = tree(renderer().render([Say("Words and more words. " * 700, "en-US")], ACTION).body)
    assert all((element.text or "").endswith("words.") for element in root)


@given(st.lists(st.text(max_size=200), max_size=700))
def test_hints_stay_within_the_recognisers_limits(hints: list[str]) -> None:
    asked = Collect((), speech=True, hints=tuple(hints), language="en-US")
    gather = tree(renderer().render([asked], ACTION).body)[0]
    given_hints = gather.get("hints", "").split(",")
    assert len(given_hints) <= 500
    assert all(len(hint) <= 100 for hint in given_hints)


def test_a_document_that_is_too_large_becomes_the_apology_of_its_language() -> None:
    reports: list[str] = []
    long = [Say("Viele Worte hier. " * 800, "de-DE")] * 10
    answer = renderer(reports.append).render(long, ACTION)
    assert len(answer.body) < LIMIT
    assert "Es tut uns leid" in answer.body.decode()
    assert "the carrier takes" in reports[0]


def test_holding_says_plays_and_returns() -> None:
    root = tree(renderer().hold([Say("One moment.", "en-US")], "hold", ACTION).body)
    assert [element.tag for element in root] == ["Say", "Play", "Redirect"]
    assert (root[2].text or "").startswith(f"{ACTION}?q=go#")
    silent = tree(renderer().hold([said.Hangup()], "", ACTION).body)
    assert [element.tag for element in silent] == ["Pause", "Redirect"]


def test_music_is_asked_for_as_long_as_it_shall_play() -> None:
    asked: list[tuple[str, int]] = []

    def music(name: str, seconds: int) -> str:
        asked.append((name, seconds))
        return f"{PUBLIC}/audio/x.wav"

    TwimlRenderer(PUBLIC, prompt, music).render([said.Music("hold", 12), said.Proceed()], ACTION)
    assert asked == [("hold", 12)]


@pytest.mark.parametrize(
    ("language", "spoken", "words"),
    [
        ("en-GB", "en-GB", "sorry"), ("fr", "fr-FR", "désolés"), ("de-AT", "de-AT", "leid"),
        ("es-MX", "es-MX", "sentimos"), ("pt-BR", "pt-BR", "desculpa"), ("it", "it-IT", "dispiace"),
        ("nl", "nl-NL", "spijt"), ("ja-JP", "en-US", "sorry"), ("", "en-US", "sorry"),
        ('de"<x>', "en-US", "sorry"),
    ],
)  # fmt: skip
def test_the_apology_speaks_the_language(language: str, spoken: str, words: str) -> None:
    root = tree(renderer().apology(language).body)
    assert [element.tag for element in root] == ["Say", "Hangup"]
    assert root[0].get("language") == spoken
    assert words in (root[0].text or "")


def test_the_apology_forwards_where_the_operator_wants_it() -> None:
    root = tree(renderer(forward="+15550100077").apology("en").body)
    assert [element.tag for element in root] == ["Say", "Dial", "Hangup"]
    assert root[1][0].text == "+15550100077"


def test_an_empty_answer_asks_for_nothing() -> None:
    assert len(tree(renderer().empty().body)) == 0
