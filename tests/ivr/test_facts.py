"""Status and recording callbacks as data (provider contract 1.4), in any condition."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.facts import call_fact, recording_fact

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
STATUS = {
    "AccountSid": "AC1", "ApiVersion": "2010-04-01", "CallDuration": "15", "CallSid": "CA1",
    "CallStatus": "completed", "CallbackSource": "call-progress-events", "Direction": "inbound",
    "Duration": "1", "From": "+15550100001", "ParentCallSid": "CA0", "SequenceNumber": "3",
    "SipResponseCode": "200", "Timestamp": "Sun, 01 Mar 2026 11:59:30 +0000", "To": "+15550100002",
}  # fmt: skip


def test_a_status_callback() -> None:
    fact = call_fact(STATUS, AT)
    assert (fact.sid, fact.parent, fact.status, fact.sequence) == ("CA1", "CA0", "completed", 3)
    assert (fact.sender, fact.recipient, fact.direction) == (
        "+15550100001",
        "+15550100002",
        "inbound",
    )
    assert (fact.seconds, fact.at) == (15, datetime(2026, 3, 1, 11, 59, 30, tzinfo=UTC))
    assert fact.raw == {
        "ApiVersion": "2010-04-01", "CallbackSource": "call-progress-events", "Duration": "1",
        "SipResponseCode": "200",
    }  # fmt: skip


@pytest.mark.parametrize(
    "stamp",
    ["", "yesterday", "Sun, 99 Mar 2026 11:59:30 +0000", "Fri, 31 Dec 9999 23:00:00 -2300",
     "Sun, 01 Mar 2026 11:59:30 +9999999", "\ud800"],
)  # fmt: skip
def test_a_time_that_says_nothing_is_the_arrival(stamp: str) -> None:
    assert call_fact({**STATUS, "Timestamp": stamp}, AT).at == AT


def test_a_time_without_a_zone_is_utc_and_another_zone_is_converted() -> None:
    bare = call_fact({**STATUS, "Timestamp": "Sun, 01 Mar 2026 11:59:30 -0000"}, AT)
    assert bare.at == datetime(2026, 3, 1, 11, 59, 30, tzinfo=UTC)
    east = call_fact({**STATUS, "Timestamp": "Sun, 01 Mar 2026 12:59:30 +0100"}, AT)
    assert east.at == bare.at
    assert east.at.tzinfo is UTC


def test_an_unknown_status_is_kept_as_it_came() -> None:
    fact = call_fact({"CallSid": "CA1", "CallStatus": "Dreaming", "SequenceNumber": "x"}, AT)
    assert (fact.status, fact.sequence, fact.seconds) == ("Dreaming", None, None)


@given(st.dictionaries(st.sampled_from(sorted(STATUS)), st.text(max_size=40)))
def test_no_status_form_is_beyond_reading(form: dict[str, str]) -> None:
    fact = call_fact(form, AT)
    assert fact.sid == form.get("CallSid", "")
    assert fact.at.tzinfo is not None


def test_a_recording_callback() -> None:
    form = {
        "RecordingSid": "RE1", "CallSid": "CA1", "RecordingStatus": "completed",
        "RecordingDuration": "12", "RecordingSource": "RecordVerb",
        "RecordingUrl": "https://elsewhere.example/x", "RecordingStartTime": "x",
    }  # fmt: skip
    fact = recording_fact(form, AT)
    assert (fact.sid, fact.call, fact.status, fact.seconds) == ("RE1", "CA1", "completed", 12)
    assert (fact.source, fact.error, fact.at) == ("RecordVerb", "", AT)
    assert "elsewhere" not in repr(fact)


def test_an_absent_recording_says_why() -> None:
    form = {"RecordingSid": "RE1", "RecordingStatus": "absent", "ErrorCode": "16101"}
    fact = recording_fact(form, AT)
    assert (fact.status, fact.error, fact.seconds) == ("absent", "16101", None)
