"""Quick replies as text, and long texts as several messages."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from uniseg.graphemecluster import grapheme_clusters

from digital.channel import MOST_PARTS, TextTooLong, numbered, parts, utf16_units

FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
FLAG = "\U0001f1f5\U0001f1f9"
ACCENT = "e\u0301"
WRITTEN = st.text(
    st.sampled_from([*"ab \n", FAMILY[0], "\u200d", "\u0301", "\ufe0f", *FLAG, "\U0001f3fd", "é"]),
    max_size=300,
)


def bare(pieces: list[str]) -> list[str]:
    """The pieces without their counts."""
    if len(pieces) == 1:
        return pieces
    return [piece.partition(") ")[2] for piece in pieces]


def test_choices_stand_below_the_text_with_their_numbers() -> None:
    choices: list[dict[str, object]] = [
        {"label": "Sales", "value": "s"},
        {"label": "", "value": "Support"},
        {"value": 3},
    ]
    assert numbered("Which one?", choices) == "Which one?\n\n1. Sales\n2. Support\n3. 3"
    assert numbered("Which one?", []) == "Which one?"
    assert numbered("", choices[:1]) == "1. Sales"
    keyed = [{"label": "Sales", "key": "7"}, {"label": "Other", "key": ""}]
    assert numbered("", keyed) == "7. Sales\nOther"


@pytest.mark.parametrize(("text", "units"), [("", 0), ("é", 1), ("😀", 2), (FAMILY, 11), (FLAG, 4)])
def test_a_text_is_counted_in_utf16(text: str, units: int) -> None:
    assert utf16_units(text) == units == len(text.encode("utf-16-le")) // 2


def test_a_text_that_fits_is_one_message_as_it_is() -> None:
    assert parts("x" * 1600, 1600) == ["x" * 1600]
    assert parts(" a \n", 10) == [" a \n"]
    assert parts("", 10) == [""]


def test_a_long_text_is_split_between_words_and_counted() -> None:
    assert parts("one two three four five", 15) == [
        "(1/3) one two", "(2/3) three", "(3/3) four five",
    ]  # fmt: skip


def test_ten_parts_leave_room_for_their_numbers() -> None:
    pieces = parts("word " * 20, 14)
    assert pieces[0] == "(1/20) word"
    assert pieces[-1] == "(20/20) word"


@pytest.mark.parametrize("whole", [FAMILY, FLAG, ACCENT, "👍\U0001f3fd"])
def test_what_people_see_as_one_character_is_never_cut(whole: str) -> None:
    pieces = bare(parts(whole * 40, 40))
    assert len(pieces) > 1
    assert "".join(pieces) == whole * 40
    assert all(set(grapheme_clusters(piece)) == {whole} for piece in pieces)


def test_a_character_longer_than_a_message_is_refused() -> None:
    with pytest.raises(TextTooLong, match="one character"):
        parts("a" + "\u0301" * 200, 100)


def test_a_text_of_far_too_many_messages_is_refused() -> None:
    with pytest.raises(TextTooLong, match="more than 99 messages of 20"):
        parts("x" * 20 * MOST_PARTS, 20)
    with pytest.raises(TextTooLong):
        parts("x" * 10_000_000, 20)


@settings(deadline=None)
@given(WRITTEN, st.integers(20, 60))
@example("a \u0301" * 30, 20)
@example(f"{FAMILY} " * 9, 22)
def test_any_text_arrives_whole_in_parts_that_fit(text: str, limit: int) -> None:
    try:
        pieces = parts(text, limit)
    except TextTooLong:
        return
    assert all(utf16_units(piece) <= limit for piece in pieces)
    seen = [c for piece in bare(pieces) for c in grapheme_clusters(piece) if not c.isspace()]
    assert seen == [c for c in grapheme_clusters(text) if not c.isspace()]
    if len(pieces) > 1:
        assert [p.partition(")")[0] for p in pieces] == [
            f"({n}/{len(pieces)}" for n in range(1, len(pieces) + 1)
        ]
