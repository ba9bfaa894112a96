"""Opt-out words: a whole message, in the flow's language, and never a part of one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.opting_out import BY_LANGUAGE, Words, confirmation, wish_of, words

STOPS = (
    "STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT",
    "ARRET", "REMOVE", "OPT-OUT", "TD",
)  # fmt: skip


@pytest.mark.parametrize("word", STOPS)
@pytest.mark.parametrize("shape", ["{}", " {}. ", '"{}"', "{}!!!", "\n{}\n", "*{}* 🛑"])
@pytest.mark.parametrize("case", [str.upper, str.lower, str.title])
def test_each_stop_word_stops_however_it_is_written(word: str, shape: str, case: object) -> None:
    assert wish_of(shape.format(case(word)), out=False) == "stop"  # type: ignore[operator]  # one of str's methods
    assert wish_of(shape.format(word), out=True) == "stop"


@pytest.mark.parametrize(
    "text",
    [
        "stop calling me at work", "please stop", "stopp", "the end", "canceled", "endless",
        "", "  ", "🛑", "1", "?", "s t o p p e d", "STOP" + "!" * 60, "unsubscribed", "no",
    ],
)  # fmt: skip
def test_a_word_within_a_message_is_no_wish(text: str) -> None:
    assert wish_of(text, out=False) is None
    assert wish_of(text, out=True) is None


@pytest.mark.parametrize("text", ["opt out", "Opt-Out", "OPTOUT", "stop all", "S.T.O.P"])
def test_spaces_and_points_do_not_count(text: str) -> None:
    assert wish_of(text, out=False) == "stop"


@pytest.mark.parametrize(("text", "wish"), [("Start", "start"), ("unstop.", "start")])
def test_start_takes_an_opt_out_back(text: str, wish: str) -> None:
    assert wish_of(text, out=True) == wish
    assert wish_of(text, out=False) == wish


def test_yes_means_start_only_after_an_opt_out() -> None:
    assert wish_of("Yes", out=True) == "start"
    assert wish_of("Yes", out=False) is None


@pytest.mark.parametrize("text", ["HELP", "help?", "Info"])
def test_help_is_asked_for(text: str) -> None:
    assert wish_of(text, out=False) == "help"


@pytest.mark.parametrize(
    ("text", "language"),
    [("ARRÊT", "fr"), ("arrêt", "en"), ("Baja", "es-MX"), ("sair", "pt-BR"), ("Désabonner", "fr")],
)
def test_words_are_known_by_language_and_accents_do_not_count(text: str, language: str) -> None:
    assert wish_of(text, language, out=False) == "stop"


def test_a_word_of_another_language_is_a_message() -> None:
    assert wish_of("alto", "en", out=False) is None
    assert wish_of("alto", "es", out=False) == "stop"


def test_the_operators_own_words_count_besides() -> None:
    own = words(stop=["Fora!"], start=["VOLTA"], help=["quem és"], yes=["claro"])
    assert wish_of("fora", more=own, out=False) == "stop"
    assert wish_of("volta", more=own, out=False) == "start"
    assert wish_of("Quem és?", more=own, out=False) == "help"
    assert wish_of("claro", more=own, out=True) == "start"
    assert wish_of("STOP", more=own, out=False) == "stop"


def test_what_has_no_letter_never_becomes_a_word() -> None:
    assert words(stop=["!!", "", " "]) == Words()
    assert wish_of("!!", more=words(stop=["!!"]), out=False) is None


@pytest.mark.parametrize("language", ["", "xx", *BY_LANGUAGE])
@pytest.mark.parametrize("wish", ["stop", "start", "help"])
def test_a_confirmation_fits_one_message_and_names_the_way_back(language: str, wish: str) -> None:
    text = confirmation(wish, language, "Acme")  # type: ignore[arg-type]  # pytest gives one of the three
    assert text.startswith("Acme: ")
    assert len(text) <= 160
    assert ("STOP" in text) is (wish != "stop")
    assert ("START" in text) is (wish != "start")
    assert confirmation(wish, language) == text.removeprefix("Acme: ")  # type: ignore[arg-type]  # see above


@settings(deadline=None)
@given(st.text(max_size=80), st.booleans(), st.sampled_from(["", "fr", "de-AT"]))
def test_any_text_is_judged_and_case_never_matters(text: str, out: bool, language: str) -> None:  # noqa: FBT001  hypothesis gives it by name
    found = wish_of(text, language, out=out)
    assert found in ("stop", "start", "help", None)
    if text.isascii():
        assert wish_of(text.swapcase(), language, out=out) == found


@pytest.mark.parametrize(
    ("label", "wish"), [("Cancel", None), ("End", None), ("Help", None), ("STOP", "stop")]
)
def test_a_button_is_what_its_flow_means_by_it(label: str, wish: str | None) -> None:
    assert wish_of(label, out=False, pressed=True) == wish


def test_what_is_empty_round_a_word_does_not_count_however_long() -> None:
    assert wish_of("STOP" + "\n" * 60, out=False) == "stop"
