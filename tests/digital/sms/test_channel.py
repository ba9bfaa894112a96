"""SMS over the stand-in carrier, by the official library."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from digital.carrier.channel import Outbox
from digital.carrier.messages import Messages
from digital.sms.channel import SmsChannel
from runner.carrier.account import Account
from runner.messages.channels import Channel, ChannelError
from tests.digital.carrier.doors import OURS, PUBLIC, THEIRS
from tests.digital.carrier.letters import a_message, a_thread, now
from tests.standin import Standin
from tests.standin.product import Product
from tests.support.carrier import ACCOUNT, TOKEN
from tests.support.network import free_port

MESSAGES = r"/Messages\.json$"


@pytest.fixture
def channel(outbox: Outbox) -> Channel:
    return SmsChannel(outbox)


def failed(channel: Channel, **fields: Any) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        channel.send(a_message(**fields), a_thread())
    assert THEIRS not in str(caught.value)
    return caught.value


def test_a_message_is_sent_and_its_reports_name_it(
    carrier: Standin, channel: Channel, product: Product
) -> None:
    receipt = channel.send(a_message("a" * 161, id="run1.step~2"), a_thread())
    carrier.settle()
    (text,) = carrier.texts
    assert (receipt.sid, receipt.segments) == (text.sid, 2)
    assert (text.to, text.sender, text.body) == (THEIRS, OURS, "a" * 161)
    callback, _, fragment = text.wanted["StatusCallback"].partition("#")
    assert callback == f"{PUBLIC}/digital/sms/status?message=run1.step~2"
    assert "5xx" in fragment
    assert [path for path, _ in product.asked] == ["/digital/sms/status"] * 2
    assert "ValidityPeriod" not in text.wanted


def test_files_go_by_their_addresses(carrier: Standin, channel: Channel) -> None:
    media = ({"audio": "hold"}, {"url": "https://a.example/1.jpg"})
    channel.send(a_message("", media=media), a_thread())
    (asked,) = [each for each in carrier.requests if each.method == "POST"]
    assert asked.lists["MediaUrl"] == (f"{PUBLIC}/audio/hold.wav", "https://a.example/1.jpg")
    assert "Body" not in asked.form


def test_a_messaging_service_sends_from_the_number_the_contact_knows(
    carrier: Standin, outbox: Outbox
) -> None:
    service = "MG" + "1" * 32
    SmsChannel(outbox, service).send(a_message(), a_thread())
    wanted = carrier.texts[0].wanted
    assert (wanted["MessagingServiceSid"], wanted["From"]) == (service, OURS)


@pytest.mark.parametrize(
    ("left", "validity"),
    [(timedelta(minutes=5), "300"), (timedelta(days=3), "36000"), (timedelta(0), "1")],
)
def test_what_has_its_time_does_not_wait_longer_at_the_carrier(
    carrier: Standin, channel: Channel, left: timedelta, validity: str
) -> None:
    at = now()
    channel.send(a_message(tried=at, not_after=at + left), a_thread())
    assert carrier.texts[0].wanted["ValidityPeriod"] == validity


def test_who_has_opted_out_at_the_carrier_is_known_by_its_error(
    carrier: Standin, channel: Channel
) -> None:
    carrier.text(OURS, "STOP")
    carrier.settle()
    error = failed(channel)
    assert (error.code, error.opted_out, error.retry, error.unsure) == (21610, True, False, False)


@pytest.mark.parametrize(("wait", "expected"), [(7, 7.0), (0, 2.0), (90_000, 3600.0)])
def test_too_many_requests_wait_as_long_as_the_carrier_says(
    carrier: Standin, channel: Channel, wait: int, expected: float
) -> None:
    carrier.fail_next("POST", MESSAGES, status=429, code=20429, wait=wait)
    error = failed(channel)
    assert (error.code, error.retry, error.unsure, error.wait) == (20429, True, False, expected)


def test_a_full_queue_at_the_carrier_waits(carrier: Standin, channel: Channel) -> None:
    carrier.fail_next("POST", MESSAGES, status=400, code=21611)
    error = failed(channel)
    assert (error.retry, error.wait) == (True, 60.0)


def test_a_failure_inside_the_carrier_leaves_it_unknown_with_a_code(
    carrier: Standin, channel: Channel
) -> None:
    carrier.fail_next("POST", MESSAGES, status=500, code=20500)
    error = failed(channel)
    assert (error.code, error.retry, error.unsure) == (20500, True, True)


def test_a_lost_answer_leaves_it_unknown_without_a_code_and_it_is_found(
    carrier: Standin, channel: Channel
) -> None:
    carrier.act_then_time_out("POST", MESSAGES)
    message = a_message("\u201cQuoted\u201d \u2013 text")
    with pytest.raises(ChannelError) as caught:
        channel.send(message, a_thread())
    assert (caught.value.code, caught.value.unsure) == (0, True)
    assert list(channel.find(message)) == [carrier.texts[0].sid]


def test_a_carrier_that_is_not_there_was_surely_not_asked(outbox: Outbox) -> None:
    nowhere = Messages(Account(ACCOUNT, TOKEN, f"http://127.0.0.1:{free_port()}"), timeout=1)
    error = failed(SmsChannel(replace(outbox, messages=nowhere)))
    assert (error.code, error.retry, error.unsure) == (0, True, False)


@pytest.mark.parametrize(
    ("code", "words"),
    [(21211, "no number"), (21408, "this country"), (21614, "no messages"), (99999, "its code")],
)
def test_what_the_carrier_refuses_is_final(
    carrier: Standin, channel: Channel, code: int, words: str
) -> None:
    carrier.fail_next("POST", MESSAGES, status=400, code=code)
    error = failed(channel)
    assert (error.code, error.retry, error.unsure, error.opted_out) == (code, False, False, False)
    assert words in str(error)


def test_only_messages_like_it_since_it_was_tried_are_found(
    carrier: Standin, channel: Channel
) -> None:
    carrier.faults.texts = ("queued", 0)  # one that waits at the carrier is found as well
    old = channel.send(a_message(), a_thread()).sid
    carrier.texts[0].created -= timedelta(minutes=5)
    same = channel.send(a_message(), a_thread()).sid
    channel.send(a_message("Bye"), a_thread())
    channel.send(a_message(peer="+15550123457"), a_thread())
    carrier.text(OURS, "Hello")
    carrier.settle()
    assert list(channel.find(a_message())) == [same]
    earlier = a_message(tried=now() - timedelta(minutes=6))
    assert list(channel.find(earlier)) == [old, same]


def test_texts_are_the_same_though_a_service_made_quotes_plain(
    carrier: Standin, channel: Channel
) -> None:
    sid = channel.send(a_message('"It\'s - fine"'), a_thread()).sid
    assert list(channel.find(a_message("\u201cIt\u2019s \u2013 fine\u201d"))) == [sid]
    assert list(channel.find(a_message("👍"))) == []


def test_a_carrier_that_does_not_answer_finds_nothing_out(
    carrier: Standin, channel: Channel
) -> None:
    carrier.fail_next("GET", MESSAGES, status=503)
    with pytest.raises(ChannelError) as caught:
        channel.find(a_message())
    assert caught.value.retry


def test_rates_are_by_sender(channel: Channel) -> None:
    assert (channel.rate(OURS), channel.rate("+15550100002")) == (25.0, 1.0)
    assert (channel.at_once, channel.repeats, channel.name) == (False, False, "sms")


def test_what_does_not_fit_is_refused_beforehand(channel: Channel) -> None:
    assert channel.fits(a_message(), a_thread(), now()) == ""
    assert "nothing to send" in channel.fits(a_message(""), a_thread(), now())
    missing = a_message(media=({"id": "m1"},))
    assert "no address" in channel.fits(missing, a_thread(), now())
