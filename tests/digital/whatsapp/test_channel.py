"""WhatsApp: the session of 24 hours, templates, and over the stand-in carrier."""

import json
from datetime import timedelta
from typing import Any

import pytest

from digital.carrier.channel import Outbox
from digital.whatsapp.channel import WhatsappChannel
from runner.messages.channels import Channel
from tests.digital.carrier.doors import OURS, PUBLIC, THEIRS
from tests.digital.carrier.letters import a_message, a_thread, now
from tests.standin import Standin
from tests.standin.product import Product

HX = "HX" + "0a" * 16
CHOICES = ({"label": "Sales", "value": "s"}, {"label": "Support", "value": "t"})
TEMPLATE = {"template": {"id": HX, "variables": {"1": "Ann", 2: 12}}}
MP3 = {"url": "https://a.example/hello.mp3"}


@pytest.fixture
def channel(outbox: Outbox) -> Channel:
    return WhatsappChannel(outbox)


def fits(channel: Channel, age: timedelta | None = timedelta(0), **fields: Any) -> str:
    heard = None if age is None else now() - age
    message = a_message(**{"channel": "whatsapp", **fields})
    return channel.fits(message, a_thread(channel="whatsapp", heard=heard), now())


@pytest.mark.parametrize(
    ("age", "open_"),
    [
        (timedelta(0), True),
        (timedelta(hours=23, minutes=59), True),
        (timedelta(hours=24), False),
        (timedelta(days=30), False),
        (timedelta(seconds=-5), True),
        (None, False),
    ],
)
def test_free_text_goes_for_a_day_after_the_contact_wrote(
    channel: Channel, age: timedelta | None, *, open_: bool
) -> None:
    reason = fits(channel, age)
    assert bool(reason) is not open_
    if reason:
        assert "24 hours" in reason
        assert "template" in reason


def test_a_template_goes_at_any_time(channel: Channel) -> None:
    assert fits(channel, None, details=TEMPLATE) == ""
    reason = fits(channel, details={"template": {"id": "welcome"}})
    assert "HX and 32 hex digits" in reason


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"text": "x" * 1601}, "at most 1600"),
        ({"text": ""}, "nothing to send"),
        ({"media": (MP3, MP3)}, "one with each message"),
        ({"media": (MP3,)}, ""),
        ({"media": ({"id": "m1"},)}, "no address"),
        ({"media": ({"audio": "hold"},)}, "no WAV"),
        ({"media": ({"url": "u", "type": "image/png", "size": 5_000_001},)}, "takes 5 MB"),
        ({"peer": "12345"}, "no WhatsApp number"),
    ],
)
def test_what_can_never_be_sent_is_said_at_once(channel: Channel, fields: Any, reason: str) -> None:
    found = fits(channel, **fields)
    assert reason in found
    assert bool(found) is bool(reason)


@pytest.mark.parametrize(
    ("fields", "texts"),
    [
        ({"media": ({"url": "https://a.example/lamp.jpg?a=1"},)}, ["Look"]),
        ({"media": ({"id": "m1", "type": "video/mp4"},)}, ["Look"]),
        ({"media": ({"id": "m1", "type": "application/pdf"},)}, ["", "Look"]),
        ({"media": (MP3,)}, ["", "Look"]),
        ({"media": ({"url": "https://a.example/bill"},)}, ["", "Look"]),
        ({"media": (MP3,), "text": ""}, [""]),
        ({"media": (MP3,), "text": "", "choices": CHOICES}, ["", ""]),
        ({"media": (MP3,), "details": TEMPLATE}, ["Look"]),
    ],
)
def test_a_text_goes_alone_where_it_would_be_lost_with_its_file(
    channel: Channel, fields: Any, texts: list[str]
) -> None:
    assert channel.split(a_message(**{"text": "Look", "channel": "whatsapp", **fields})) == texts


def test_a_message_goes_from_prefix_to_prefix_and_is_told(
    carrier: Standin, channel: Channel, product: Product
) -> None:
    carrier.text(f"whatsapp:{OURS}", "Hi", f"whatsapp:{THEIRS}")
    carrier.settle()
    message = a_message("Which one?", channel="whatsapp", choices=CHOICES)
    receipt = channel.send(message, a_thread())
    carrier.settle()
    text = carrier.texts[-1]
    assert (text.sid, text.to, text.sender) == (
        receipt.sid, f"whatsapp:{THEIRS}", f"whatsapp:{OURS}",
    )  # fmt: skip
    assert text.body == "Which one?\n\n1. Sales\n2. Support"
    assert receipt.segments == 1
    assert text.wanted["StatusCallback"].startswith(f"{PUBLIC}/digital/sms/status?message=run1.ask")
    told = [form["MessageStatus"] for path, form in product.asked if path.endswith("status")]
    assert told == ["sent", "delivered"]
    assert list(channel.find(message)) == [text.sid]


def test_a_template_is_sent_with_its_variables_and_found_by_when_it_was(
    carrier: Standin, channel: Channel
) -> None:
    message = a_message("Your order", channel="whatsapp", details=TEMPLATE, choices=CHOICES)
    sid = channel.send(message, a_thread()).sid
    carrier.settle()
    (text,) = carrier.texts
    assert text.status == "delivered"
    assert text.wanted["ContentSid"] == HX
    assert json.loads(text.wanted["ContentVariables"]) == {"1": "Ann", "2": "12"}
    assert "Body" not in text.wanted
    assert list(channel.find(message)) == [sid]


def test_rates_are_those_of_whatsapp(channel: Channel) -> None:
    assert channel.rate(OURS) == 40.0
    assert (channel.name, channel.repeats) == ("whatsapp", False)
