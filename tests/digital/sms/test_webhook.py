"""Webhooks of SMS: signed or nothing, in the documented shapes and in any other."""

from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.digital.carrier.doors import (
    ACCOUNT,
    FORM,
    NOW,
    OURS,
    PUBLIC,
    THEIRS,
    TOKEN,
    Door,
    a_form,
    sign,
)
from tests.digital.carrier.golden import cases, expected

CASES = cases(Path(__file__).parent)
EMPTY = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'
MEDIA = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages/MM1/Media/ME1"


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_documented_form_becomes_a_message(door: Door, case: Any) -> None:
    answer = door.post(case["form"])
    assert (answer.status_code, answer.data) == (200, EMPTY)
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert door.told.taken == [expected(case)]


@pytest.mark.parametrize("target", ["/digital/sms", "/digital/sms/status?message=m1"])
def test_a_forged_request_is_refused_and_nothing_is_kept(door: Door, target: str) -> None:
    form = a_form(MessageStatus="delivered")
    unsigned = door.client.post(target, data=form)
    other = door.post(form, target, token="54321")
    header = {"X-Twilio-Signature": sign(f"{PUBLIC}{target}", form)}
    altered = door.client.post(target, data={**form, "Body": "Bye"}, headers=header)
    for answer in (unsigned, other, altered):
        assert (answer.status_code, answer.data) == (403, b"")
        assert answer.headers["Cache-Control"] == "no-store"
    assert (door.told.taken, door.told.reports) == ([], [])
    assert door.refused == ["signature"] * 3


def test_another_account_is_refused(door: Door) -> None:
    assert door.post(a_form(AccountSid="AC" + "9" * 32)).status_code == 403
    assert (door.told.taken, door.refused) == ([], ["account"])


def test_a_message_signed_for_one_address_is_no_report(door: Door) -> None:
    form = a_form()
    header = {"X-Twilio-Signature": sign(f"{PUBLIC}/digital/sms", form)}
    answer = door.client.post("/digital/sms/status", data=form, headers=header)
    assert answer.status_code == 403


def test_a_body_beyond_all_measure_is_refused_unread(door: Door) -> None:
    assert door.post(a_form(Body="x" * 300_000)).status_code == 413
    assert (door.told.taken, door.refused) == ([], ["too large"])


def test_a_long_text_of_emoji_is_kept_whole(door: Door) -> None:
    assert door.post(a_form(Body="\U0001f600" * 4_096)).status_code == 200
    assert door.told.taken[0].text == "\U0001f600" * 4_096


def test_a_form_of_a_thousand_fields_is_refused(door: Door) -> None:
    assert door.post({**a_form(), **{f"x{n}": "1" for n in range(1_000)}}).status_code == 403
    assert door.told.taken == []


def test_unknown_fields_blank_ones_and_spaces_count_for_the_signature_only(door: Door) -> None:
    form = a_form(Body="  two  spaces  ", NewThing="", Another=" x ")
    assert door.post(form).status_code == 200
    assert door.told.taken[0].text == "  two  spaces  "


def test_of_a_repeated_field_the_first_counts(door: Door) -> None:
    pairs = [*a_form().items(), ("Zz", "2"), ("Zz", "1")]
    url = f"{PUBLIC}/digital/sms"
    text = {**a_form(), "Zz": "1Zz2"}  # unique values, sorted, each behind its key
    header = {"X-Twilio-Signature": sign(url, text)}
    answer = door.client.post(
        "/digital/sms", data=urlencode(pairs), content_type=FORM, headers=header
    )
    assert answer.status_code == 200


def test_while_the_store_is_away_the_carrier_is_told(door: Door) -> None:
    door.told.away = True
    answer = door.post(a_form())
    assert (answer.status_code, answer.data) == (503, b"")
    report = door.post({"MessageSid": "SM1", "MessageStatus": "sent"}, "/digital/sms/status")
    assert report.status_code == 503


def test_a_fault_of_ours_says_nothing_of_the_message(
    door: Door, capsys: pytest.CaptureFixture[str]
) -> None:
    door.told.broken = True
    answer = door.post(a_form(Body="my secret words"))
    assert (answer.status_code, answer.data) == (500, b"")
    report = door.post({"MessageSid": "SM1", "MessageStatus": "sent"}, "/digital/sms/status")
    assert report.status_code == 204
    said = capsys.readouterr()
    assert "was not taken" in said.out + said.err
    for word in ("secret", THEIRS, OURS):
        assert word not in said.out + said.err


def test_an_address_without_a_flow_is_answered_all_the_same(door: Door) -> None:
    door.told.unbound = True
    assert door.post(a_form()).status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"From": ""}, {"To": ""}, {"From": "rcs:someone"}, {"From": "+1"}, {"To": "ACME"},
        {"From": "+" + "1" * 40}, {"From": "anonymous sender"}, {"From": "<script>"},
    ],
)  # fmt: skip
def test_without_a_sender_or_recipient_nothing_is_taken(door: Door, fields: Any) -> None:
    answer = door.post(a_form(**fields))
    assert (answer.status_code, answer.data) == (200, EMPTY)
    assert door.told.taken == []


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/file.jpg",
        "http://169.254.169.254/latest/meta-data",
        MEDIA.replace(ACCOUNT, "AC" + "9" * 32),
        MEDIA + "/../../Calls",
        MEDIA.replace("ME1", "ME1%2F..%2F"),
        MEDIA.replace("/Media/", "/Nedia/"),
        "https://[::1",
        "",
    ],
)
def test_a_file_that_is_not_the_carriers_is_left_out(door: Door, url: str) -> None:
    door.post(a_form(NumMedia="1", MediaUrl0=url, MediaContentType0="image/png"))
    assert door.told.taken[0].files == []


def test_the_host_of_a_files_address_has_no_say(door: Door) -> None:
    there = MEDIA.replace("api.twilio.com", "evil.example")
    door.post(a_form(NumMedia="1", MediaUrl0=there, MediaContentType0="<b>"))
    (file,) = door.told.taken[0].files
    assert (file.source, file.type, file.name) == (
        "MM1/ME1",
        "application/octet-stream",
        "file-1.bin",
    )


@pytest.mark.parametrize("number", ["-1", "1e3", "٣", "99999999999", "x", ""])
def test_an_odd_number_of_files_means_none(door: Door, number: str) -> None:
    assert door.post(a_form(NumMedia=number, MediaUrl0=MEDIA)).status_code == 200
    assert door.told.taken[0].files == []


def test_far_too_many_files_are_cut(door: Door) -> None:
    urls = {f"MediaUrl{n}": MEDIA.replace("ME1", f"ME{n}") for n in range(40)}
    door.post(a_form(NumMedia="40", **urls))
    assert len(door.told.taken[0].files) == 20


def test_development_mode_takes_unsigned_requests() -> None:
    door = Door(tokens=())
    assert door.client.post("/digital/sms", data=a_form()).status_code == 200
    assert len(door.told.taken) == 1


@pytest.mark.parametrize("path", ["/digital/sms/", "/digital//sms", "/digital/sms/status/"])
def test_no_request_is_ever_redirected(door: Door, path: str) -> None:
    for method in ("get", "head", "options", "put", "post"):
        assert getattr(door.client, method)(path).status_code in (403, 404, 405)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("accepted", "sent"), ("scheduled", "sent"), ("queued", "sent"), ("sending", "sent"),
        ("sent", "sent"), ("delivered", "delivered"), ("partially_delivered", "delivered"),
        ("read", "read"), ("undelivered", "undelivered"), ("failed", "failed"),
        ("canceled", "canceled"),
    ],
)  # fmt: skip
def test_a_report_names_our_message_and_its_state(door: Door, status: str, state: str) -> None:
    form = {"MessageSid": "SM1", "MessageStatus": status, "From": OURS, "To": THEIRS}
    target = f"/digital/sms/status?message={quote('run1.step~1', safe='')}"
    assert door.post(form, target).status_code == 204
    (report,) = door.told.reports
    assert (report.channel, report.state, report.at) == ("sms", state, NOW)
    assert (report.sid, report.message, report.code, report.reason) == ("SM1", "run1.step~1", 0, "")


def test_a_report_of_a_failure_says_why_in_our_words(door: Door) -> None:
    form = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30003"}
    door.post({**form, "From": "whatsapp:+1", "To": "whatsapp:+2"}, "/digital/sms/status")
    (report,) = door.told.reports
    assert (report.channel, report.code, report.message) == ("whatsapp", 30003, "")
    assert report.reason == "the telephone cannot be reached"


@pytest.mark.parametrize(
    "form",
    [
        {"MessageSid": "SM1", "MessageStatus": "teleported"},
        {"MessageSid": "SM1"},
        {"MessageStatus": "sent"},
        {"MessageStatus": "received", "MessageSid": "SM1"},
        {"x": "y"},
    ],
)
def test_a_report_that_says_nothing_we_know_is_answered(door: Door, form: Any) -> None:
    assert door.post(form, "/digital/sms/status").status_code == 204
    assert door.told.reports == []


@given(
    st.dictionaries(
        st.sampled_from(
            [*a_form(), "MediaUrl0", "Latitude", "Longitude", "ButtonPayload", "OptOutType",
             "ListId", "ProfileName", "ChannelMetadata", "ErrorCode", "MessageStatus"]
        ),
        st.text(max_size=30),
    ),
    st.sampled_from(["/digital/sms", "/digital/sms/status"]),
)  # fmt: skip
@settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150
)
def test_no_form_is_an_error(fields: dict[str, str], target: str) -> None:
    door = Door()
    given_account = {"AccountSid": ACCOUNT}
    answer = door.post({**a_form(), **fields, **given_account}, target, TOKEN)
    assert answer.status_code in (200, 204)
