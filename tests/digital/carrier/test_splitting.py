"""Texts that one message of the carrier cannot hold leave in several, each one that fits."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.conversations import Conversation, Message
from digital.carrier.channel import LONGEST, CarrierChannel, Outbox
from digital.chat.channel import ChatChannel
from digital.sms.channel import SmsChannel
from digital.whatsapp.channel import WhatsappChannel
from runner.message_settings import Rates
from runner.messages.splitting import split

NOON = datetime(2030, 1, 7, 12, tzinfo=UTC)
_OUTBOX = Outbox(cast("Any", None), "https://x.example", Rates(), lambda _: "")
CHANNELS = (SmsChannel(_OUTBOX), WhatsappChannel(_OUTBOX))
CHOICES = tuple({"label": f"Choice {n}", "value": str(n)} for n in range(1, 9))


def message(channel: CarrierChannel, text: str, **changes: Any) -> Message:
    place = ("m1", "c1", channel.name, "+15550100001", "+15550123456")
    return replace(Message(*place, "out", "flow", text, NOON, "queued"), **changes)


def conversation(channel: CarrierChannel) -> Conversation:
    place = ("c1", channel.name, "+15550100001", "+15550123456")
    return Conversation(*place, NOON, NOON, heard=NOON)


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda each: each.name)
def test_what_fits_is_one_message(channel: CarrierChannel) -> None:
    for text in ("", "Hello", "x" * LONGEST):
        assert channel.split(message(channel, text)) == [text]


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda each: each.name)
@settings(deadline=None, max_examples=40)
@given(text=st.text(st.sampled_from("ab ä€😀👩🏽‍🚒\n"), max_size=80), times=st.integers(1, 90))
def test_every_part_fits_and_nothing_is_lost(
    channel: CarrierChannel, text: str, times: int
) -> None:
    whole = message(channel, f"x{text}y" * times, choices=CHOICES)
    rows = split(whole, channel.split(whole))
    assert [channel.fits(row, conversation(channel), NOON) for row in rows] == [""] * len(rows)
    assert [row.choices for row in rows] == [()] * (len(rows) - 1) + [CHOICES]
    if len(rows) > 1:
        marks = [row.text.partition(" ")[0] for row in rows]
        assert marks == [f"({n}/{len(rows)})" for n in range(1, len(rows) + 1)]
        said = "".join(row.text.partition(" ")[2] for row in rows)
        assert "".join(said.split()) == "".join(whole.text.split())


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda each: each.name)
def test_what_cannot_be_split_is_refused_whole(channel: CarrierChannel) -> None:
    whole = message(channel, "x" * LONGEST * 100)
    assert channel.split(whole) == [whole.text]
    assert channel.fits(whole, conversation(channel), NOON)


def test_a_template_has_the_providers_text() -> None:
    channel = CHANNELS[1]
    details = {"template": {"id": "HX" + "0" * 32}}
    whole = message(channel, "x" * 5_000, details=details)
    assert channel.split(whole) == [whole.text]


def test_a_chat_shows_a_text_as_it_is() -> None:
    whole = message(CHANNELS[0], "x" * 5_000)
    assert ChatChannel().split(whole) == [whole.text]
