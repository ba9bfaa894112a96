"""IncomingPhoneNumbers, asked by the official library."""

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.standin.product import NUMBER, OTHER
from tests.standin.standin import Standin


def test_the_accounts_numbers_are_listed_and_found_by_number(
    carrier: Standin, client: Client
) -> None:
    carrier.own(NUMBER, voice="https://a.example.com/voice", trunk="TK1")
    carrier.own(OTHER)
    listed = client.incoming_phone_numbers.list(page_size=1)
    assert {each.phone_number for each in listed} == {NUMBER, OTHER}
    (found,) = client.incoming_phone_numbers.list(phone_number=NUMBER)
    assert (found.voice_url, found.voice_method) == ("https://a.example.com/voice", "POST")
    assert (found.status_callback, found.trunk_sid) == ("", "TK1")
    assert client.incoming_phone_numbers(found.sid).fetch().phone_number == NUMBER


def test_an_update_changes_what_it_names_and_leaves_the_rest(
    carrier: Standin, client: Client
) -> None:
    one = carrier.own(NUMBER, voice="https://a.example.com/voice", sms="https://a.example.com/s")
    number = client.incoming_phone_numbers(one.sid)
    changed = number.update(status_callback="https://b.example.com/st", sms_method="GET")
    assert changed.status_callback == "https://b.example.com/st"
    assert (changed.voice_url, changed.sms_url) == (
        "https://a.example.com/voice",
        "https://a.example.com/s",
    )
    assert changed.sms_method == "GET"


def test_what_is_no_address_and_what_is_not_there_is_refused(
    carrier: Standin, client: Client
) -> None:
    one = carrier.own(NUMBER)
    with pytest.raises(TwilioRestException, match="VoiceUrl is not valid"):
        client.incoming_phone_numbers(one.sid).update(voice_url="nowhere")
    with pytest.raises(TwilioRestException) as told:
        client.incoming_phone_numbers("PN" + "0" * 32).fetch()
    assert told.value.status == 404
