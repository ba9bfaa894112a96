"""Recordings over REST."""

import io
import wave
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.standin import Standin
from tests.standin.leg import Leg
from tests.standin.product import BASE, NUMBER, Product
from tests.support.carrier import ACCOUNT, TOKEN


@pytest.fixture
def leg(carrier: Standin, product: Product) -> Leg:
    product.says("/ivr/voice", "<Gather timeout='600'/>")
    made = carrier.call(NUMBER)
    carrier.settle()
    return made


def code(caught: Any) -> int:
    return int(caught.value.code)


def test_a_recording_is_started_paused_resumed_stopped_and_told(
    carrier: Standin, client: Client, product: Product, leg: Leg
) -> None:
    made = client.calls(leg.sid).recordings.create(
        recording_status_callback=f"{BASE}/rec",
        recording_status_callback_event=["in-progress", "completed"],
    )
    assert (made.status, made.source, made.call_sid) == (
        "in-progress", "StartCallRecordingAPI", leg.sid,
    )  # fmt: skip
    current = client.calls(leg.sid).recordings("Twilio.CURRENT")
    carrier.pass_time(5)
    assert current.update(status="paused").status == "paused"
    carrier.pass_time(50)
    assert current.update(status="in-progress").status == "in-progress"
    carrier.pass_time(2)
    assert current.update(status="stopped").status == "completed"
    carrier.settle()
    last = product.forms("/rec")[-1]
    assert (last["RecordingStatus"], last["RecordingDuration"]) == ("completed", "7")
    assert [form["RecordingSid"] for form in product.forms("/rec")] == [made.sid] * 2
    assert [one.sid for one in client.calls(leg.sid).recordings.list()] == [made.sid]


def test_a_recording_ends_with_the_call(
    carrier: Standin, client: Client, product: Product, leg: Leg
) -> None:
    client.calls(leg.sid).recordings.create(recording_status_callback=f"{BASE}/rec")
    leg.hang_up()
    carrier.settle()
    assert product.forms("/rec")[0]["RecordingStatus"] == "completed"
    with pytest.raises(TwilioRestException) as caught:
        client.calls(leg.sid).recordings.create()
    assert code(caught) == 21220


def test_what_is_not_there_cannot_be_changed(client: Client, leg: Leg) -> None:
    with pytest.raises(TwilioRestException) as caught:
        client.calls(leg.sid).recordings("Twilio.CURRENT").update(status="paused")
    assert code(caught) == 20404
    made = client.calls(leg.sid).recordings.create()
    with pytest.raises(TwilioRestException) as caught:
        client.calls(leg.sid).recordings(made.sid).update(status="burnt")
    assert code(caught) == 20001
    client.calls(leg.sid).recordings(made.sid).update(status="stopped")
    with pytest.raises(TwilioRestException) as caught:
        client.calls(leg.sid).recordings(made.sid).update(status="paused")
    assert code(caught) == 21220


def test_the_sound_is_there_when_it_has_ended_until_it_is_deleted(
    carrier: Standin, client: Client, leg: Leg
) -> None:
    made = client.calls(leg.sid).recordings.create()
    url = f"{carrier.api_url}/2010-04-01/Accounts/{ACCOUNT}/Recordings/{made.sid}.wav"
    assert requests.get(url, auth=(ACCOUNT, TOKEN), timeout=5).status_code == 404
    leg.hang_up()
    got = requests.get(url, auth=(ACCOUNT, TOKEN), timeout=5)
    assert got.headers["Content-Type"] == "audio/x-wav"
    with wave.open(io.BytesIO(got.content)) as file:
        assert file.getnframes() == 800
    assert client.recordings(made.sid).fetch().status == "completed"
    assert client.recordings(made.sid).delete()
    assert requests.get(url, auth=(ACCOUNT, TOKEN), timeout=5).status_code == 404
