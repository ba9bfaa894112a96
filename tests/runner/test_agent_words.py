"""What agents are told: in their language, and completely in each of them."""

import string

import pytest

from desk.agents import Agent
from flow.instructions import Say
from ivr.twiml import languages
from runner import agent_words
from runner.agent_words import LANGUAGES, UNREACHED, say, spoken_by, whose

ANN = Agent("ann", "Ann", "+15550101001")
TEXTS = agent_words._TEXTS


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_agents_are_spoken_to_in_the_languages_of_the_apology() -> None:
    assert frozenset(languages._APOLOGIES) == LANGUAGES


@pytest.mark.parametrize("word", TEXTS)
def test_every_text_exists_in_every_language_with_the_same_names(word: str) -> None:
    assert set(TEXTS[word]) == LANGUAGES
    assert all(names(text) == names(TEXTS[word]["en"]) for text in TEXTS[word].values())
    assert len(set(TEXTS[word].values())) == len(LANGUAGES)


def test_every_reason_is_told() -> None:
    assert set(TEXTS) >= UNREACHED


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de-AT", Say("Der Anschluss ist besetzt.", "de-AT")),
        ("fr", Say("Le numéro est occupé.", "fr")),
        ("", Say("The number is busy.", "en-US")),
        ("sv", Say("The number is busy.", "en-US")),
        ("en-GB", Say("The number is busy.", "en-GB")),
    ],
)
def test_a_language_without_texts_is_english(language: str, said: Say) -> None:
    assert say("busy", language) == said


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"queue": "support", "name": "Ada"}, "Ein Anruf von Ada für support."),
        ({"queue": "support"}, "Ein Anruf für support."),
        ({"queue": "support", "kind": "callback"}, "Ein Rückruf für support."),
        ({"queue": "@ann", "kind": "transfer", "by": "Bob {x}"}, "Ein Anruf von Bob {x}."),
        ({"queue": "@ann", "kind": "transfer", "name": "Ada"}, "Ein Anruf aus dem Kollegenkreis."),
    ],
)
def test_whose_call_it_is(data: dict[str, str], text: str) -> None:
    assert whose(data, "de") == Say(text, "de")


def test_the_flow_speaks_its_own_language() -> None:
    data = {"queue": "support", "greeting": "Bonjour.", "language": "fr-FR"}
    assert whose(data, "de") == Say("Bonjour.", "fr-FR")


def test_the_agents_language_comes_before_the_flows() -> None:
    german = Agent("ann", "Ann", "+15550101001", language="de")
    assert spoken_by(german, {"language": "fr-FR"}) == "de"
    assert spoken_by(ANN, {"language": "fr-FR"}) == "fr-FR"
    assert spoken_by(None) == spoken_by(ANN, {}) == ""
