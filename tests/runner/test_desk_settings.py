"""How many points a contact takes: the operator's word for each channel, and the place it gets."""

from datetime import UTC, datetime
from typing import Literal

import pytest
from pydantic import ValidationError

from desk.weights import Weights
from flow.effects import EnterQueue
from runner.desk_settings import DeskSettings
from runner.places import DeskRules, kept_of

AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
WHO = {"ring_groups": ["support"]}


def test_the_defaults_are_those_of_the_readme(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VOICE", "CHAT", "WHATSAPP", "SMS", "EMAIL"):
        monkeypatch.delenv(f"WEIGHT_{name}", raising=False)
    assert DeskSettings().weights == Weights(30, 20, 5, 5, 100)


def test_the_operator_sets_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEIGHT_CHAT", "50")
    monkeypatch.setenv("WEIGHT_VOICE", "70")
    weights = DeskSettings().weights
    assert (weights.of("chat"), weights.of(""), weights.of("sms")) == (50, 70, 5)
    monkeypatch.setenv("WEIGHT_CHAT", "0")
    with pytest.raises(ValidationError):
        DeskSettings()


@pytest.mark.parametrize(
    ("channel", "offer", "points", "inbox"),
    [("chat", "direct", 30, ""), ("sms", "inbox", 5, "inbox"), ("email", "direct", 5, "")],
)
def test_a_conversation_gets_a_place_with_its_points(
    channel: str, offer: Literal["direct", "inbox"], points: int, inbox: str
) -> None:
    order = EnterQueue("e1.1", WHO, "support", "", channel=channel, conversation="c1", offer=offer)
    place = DeskRules().place(order, AT, "")
    assert (place.kind, place.conversation, place.weight) == ("message", "c1", points)
    assert place.inbox == bool(inbox)
    kept = kept_of(order)
    assert (kept["kind"], kept["conversation"], kept["channel"]) == ("message", "c1", channel)


def test_a_call_takes_what_is_set_for_voice_and_lies_in_no_inbox() -> None:
    order = EnterQueue("e1.1", WHO, "support", "CA1")
    place = DeskRules(weights=Weights(voice=70)).place(order, AT, "")
    assert (place.kind, place.weight, place.conversation, place.inbox) == ("call", 70, "", False)
    assert DeskRules(weights=Weights(voice=70)).floor().call_weight == 70
