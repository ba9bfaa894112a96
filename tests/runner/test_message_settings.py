"""The settings of SMS and WhatsApp: rates, words, who confirms an opt-out."""

from typing import Any

import pytest

from desk.opting_out import wish_of
from runner.errors import BadSettings
from runner.message_settings import parse_rates
from runner.settings import load_settings

SERVICE = "MG" + "0a" * 16


@pytest.mark.parametrize(
    ("text", "channel", "address", "rate"),
    [
        ("", "sms", "+15550100001", 1.0),
        ("", "whatsapp", "+15550100001", 80.0),
        ("3", "sms", "+15550100001", 3.0),
        ("3", "whatsapp", "+15550100001", 80.0),
        ("sms=2, whatsapp=40", "sms", "+15550100001", 2.0),
        ("sms=2, whatsapp=40", "whatsapp", "+15550100001", 40.0),
        (" 2 , +15550100001 = 25,,", "sms", "+15550100001", 25.0),
        ("2,+15550100001=25", "whatsapp", "+15550100001", 80.0),
        ("12345=100", "sms", "12345", 100.0),
        ("whatsapp:+15550100001=0.5", "whatsapp", "+15550100001", 0.5),
        ("whatsapp:+15550100001=0.5", "sms", "+15550100001", 1.0),
    ],
)
def test_rates_are_by_sender_by_channel_or_as_usual(
    text: str, channel: str, address: str, rate: float
) -> None:
    assert parse_rates(text).of(channel, address) == rate


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"messages_per_second": "0"}, "MESSAGES_PER_SECOND: '0' is no rate"),
        ({"messages_per_second": "fast"}, "'fast' is no rate"),
        ({"messages_per_second": "nan"}, "'nan' is no rate"),
        ({"messages_per_second": "1001"}, "up to 1000"),
        ({"messages_per_second": "chat=3"}, "'chat' is no sender"),
        ({"messages_per_second": "+1555="}, "is no sender"),
        ({"messages_per_second": "+15550100001="}, "'' is no rate"),
        ({"messaging_service_sid": "MG1"}, "MESSAGING_SERVICE_SID: a messaging service is MG"),
        ({"carrier_opt_outs": "all"}, "CARRIER_OPT_OUTS: 'all' is no sender"),
        ({"carrier_opt_outs": "whatsapp:+15550100001"}, "is no sender"),
    ],
)
def test_a_wrong_value_is_one_clear_line(given: Any, said: str) -> None:
    with pytest.raises(BadSettings) as caught:
        load_settings(**given)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_words_of_the_operator_count() -> None:
    settings = load_settings(opt_out_words="Fora, Chega!", opt_in_words="volta", help_words="quem")
    for text, wish in (("CHEGA", "stop"), ("Volta", "start"), ("quem?", "help"), ("x", None)):
        assert wish_of(text, more=settings.wish_words, out=False) == wish


@pytest.mark.parametrize(
    ("value", "number", "code"),
    [
        ("", True, False),
        ("none", False, False),
        ("12345", False, True),
        ("+15550100001", True, False),
    ],
)
def test_who_confirms_opt_outs_is_said_by_sender(value: str, *, number: bool, code: bool) -> None:
    settings = load_settings(carrier_opt_outs=value)
    assert settings.carrier_confirms("+15550100001") is number
    assert settings.carrier_confirms("12345") is code


def test_a_service_is_taken() -> None:
    settings = load_settings(messaging_service_sid=SERVICE)
    assert settings.messaging_service_sid == SERVICE
    assert settings.message_rates.of("sms", "+15550100001") == 1.0
    assert settings.delete_carrier_media
