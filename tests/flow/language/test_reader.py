"""What YAML and JSON become, and which line each value is in."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.language.dump import dump
from flow.language.reader import SIZE, Unreadable, read

# YAML 1.2, section 10.3.2, minus what would surprise a flow's author.
SCALARS = [
    ("on", "on"),
    ("off", "off"),
    ("no", "no"),
    ("yes", "yes"),
    ("y", "y"),
    ("true", True),
    ("False", False),
    ("null", None),
    ("~", None),
    ("", None),
    ("12", 12),
    ("-3", -3),
    ("007", "007"),
    ("0o17", "0o17"),
    ("1_000", "1_000"),
    ("1.5", 1.5),
    ("1e3", 1000.0),
    (".inf", ".inf"),
    ("12:30", "12:30"),
    ("2026-12-24", "2026-12-24"),
    ("'12'", "12"),
    ('"true"', "true"),
    ("<<", "<<"),
]


@pytest.mark.parametrize(("text", "value"), SCALARS)
def test_a_scalar_is_what_it_looks_like(text: str, value: Any) -> None:
    assert read(f"a: {text}").value == {"a": value}


@pytest.mark.parametrize("key", ["on", "no", "yes", "1", "null", "true", "1.5", "12:30"])
def test_every_key_is_text(key: str) -> None:
    assert read(f"{key}: x").value == {key: "x"}


def test_every_value_has_its_line() -> None:
    text = read("a: 1\nb:\n  c: [x,\n    y]\n\nd: >\n  words\n")
    assert [text.line(p) for p in [("a",), ("b", "c"), ("b", "c", 1), ("d",)]] == [1, 3, 4, 6]
    assert text.line(("b", "nothing", 3)) == 2


def test_json_is_read_as_json_with_lines() -> None:
    document = {"a": {"b": [1, 1e5, True, None, 'no\t"quoted" \\ / 😀 \u007f']}, "on": 2.5}
    for ascii_only in (True, False):
        text = read(json.dumps(document, indent="\t", ensure_ascii=ascii_only).replace("\x7f", ""))
        document["a"]["b"][4] = document["a"]["b"][4].replace("\x7f", "")  # type: ignore[index]  # a list of any
        assert text.value["a"]["b"][:4] == [1, 1e5, True, None]
        assert text.value["on"] == 2.5
        assert text.line(("a", "b", 1)) == 5


def test_a_repeated_key_keeps_the_first_and_names_both_lines() -> None:
    text = read("a: 1\nb: 2\na: 3\n")
    assert text.value == {"a": 1, "b": 2}
    assert text.twice == ((("a",), 1, 3),)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("x" * (SIZE + 1), 1, "larger than"),
        ("a: 1\nb: !!python/object:os.system {}", 2, "tags"),
        ("a: 1\nb: !secret x", 2, "tags"),
        ("\n".join("  " * level + "a:" for level in range(60)), 50, "nested"),
        ("a: 1\n---\nb: 2", 2, "another document"),
        ("a: 1\nb: *nothing", 2, "undefined alias"),
        ("a: 1\nb: \x07", 2, "character"),
        ('a: "\\ud800"', 1, "half"),
        ('a: "\\U99999999"', 1, "escaped"),
        ("? {a: b}\n: c", 1, "key"),
        ("a: 'x", 1, "end of stream"),
    ],
)
def test_what_is_no_document_is_refused_with_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason) as raised:
        read(text)
    assert raised.value.line == line


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([text for text, _ in SCALARS if "'" not in text and '"' not in text])
    | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abn o1:", min_size=1), inner)
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.text("abno1", min_size=1, max_size=5), VALUES, min_size=1))
def test_what_is_dumped_is_read_back(document: dict[str, Any]) -> None:
    assert read(dump(document)).value == document
