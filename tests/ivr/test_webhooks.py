"""What the webhooks tell the service, and what a caller hears when it fails."""

from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element

import pytest
import structlog
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]  # it ships no types

from flow.events import Continued, DialEnded, Digits, HungUp, Recorded, Silence
from ivr.addresses import OVERRIDES
from ivr.service import Arrival
from ivr.webhooks.desk import HOLDS
from runner.errors import Unavailable
from tests.ivr.doors import ACCOUNT, NOW, PUBLIC, Door

CALL = {
    "CallSid": "CA1", "AccountSid": ACCOUNT, "From": "+15550100001", "To": "+15550100002",
    "CallStatus": "in-progress", "Direction": "inbound",
}  # fmt: skip
TURN = "/ivr/turn/run1/token1"


def tree(body: bytes) -> Element:
    root: Element = fromstring(body)
    return root


def moved(door: Door) -> tuple[Any, ...]:
    return door.told.calls[-1]


def test_a_call_arrives(door: Door) -> None:
    door.post("/ivr/voice", {**CALL, "CallStatus": "ringing", "FromCountry": "US"})
    kind, arrival = door.told.calls[0]
    assert kind == "arrive"
    assert isinstance(arrival, Arrival)
    assert (arrival.sid, arrival.sender, arrival.recipient) == (
        "CA1",
        "+15550100001",
        "+15550100002",
    )
    assert arrival.call["country"] == "US"
    assert arrival.at == NOW


def test_a_withheld_number_arrives_as_none(door: Door) -> None:
    door.post("/ivr/voice", {**CALL, "From": "+266696687"})
    assert door.told.calls[0][1].sender == ""


@pytest.mark.parametrize(
    ("query", "form", "event"),
    [
        ("?q=gather", {"Digits": "1"}, Digits(NOW, "1")),
        ("?q=gather", {}, Silence(NOW)),
        ("?q=record", {"RecordingSid": "RE1", "RecordingDuration": "3"}, Recorded(NOW, "RE1", 3)),
        ("?q=record", {}, Recorded(NOW, "", 0)),
        ("?q=record&RecordingSid=RE1&RecordingDuration=3", {}, Recorded(NOW, "RE1", 3)),
        ("?q=dial", {"DialCallStatus": "busy"}, DialEnded(NOW, "busy")),
        ("?q=go", {}, Continued(NOW)),
        ("", {}, Continued(NOW)),
        ("?q=gather", {"CallStatus": "completed", "Digits": "1"}, HungUp(NOW, call="CA1")),
    ],
)
def test_a_turn_moves_the_walk(door: Door, query: str, form: dict[str, str], event: object) -> None:
    answer = door.post(f"{TURN}{query}", {**CALL, **form})
    assert answer.data == b"<Response><!-- move --></Response>"
    assert moved(door)[:3] == ("move", "run1", "token1")
    assert moved(door)[4] == event


def test_a_question_asked_again_is_not_silence(door: Door) -> None:
    door.post(f"{TURN}?q=again&n=1", CALL)
    assert moved(door) == ("again", "run1", "token1")
    door.post(f"{TURN}?q=again&n=1", {**CALL, "Digits": "5"})
    assert moved(door)[4] == Digits(NOW, "5")
    door.post(f"{TURN}?q=again&n=1", {**CALL, "CallStatus": "completed"})
    assert moved(door)[4] == HungUp(NOW, call="CA1")


def test_a_fallback_is_the_turn_it_stands_for(door: Door) -> None:
    form = {**CALL, "Digits": "1"}
    door.post(f"{TURN}?q=gather", form)
    failed = {"ErrorCode": "11205", "ErrorUrl": f"{PUBLIC}{TURN}?q=gather{OVERRIDES}"}
    door.post("/ivr/fallback", {**form, **failed})
    first, second = door.told.calls
    assert first[:3] == second[:3] == ("move", "run1", "token1")
    assert first[4] == second[4] == Digits(NOW, "1")
    assert first[3]
    assert second[3] == "", "the token alone says which turn it is"


def test_a_fallback_of_silence_knows_what_was_asked(door: Door) -> None:
    failed = {"ErrorCode": "11205", "ErrorUrl": f"{PUBLIC}{TURN}?q=gather"}
    door.post("/ivr/fallback", {**CALL, **failed})
    assert moved(door)[4] == Silence(NOW)


def test_a_fallback_of_a_first_request_is_that_arrival(door: Door) -> None:
    door.post("/ivr/voice", CALL)
    door.post("/ivr/fallback", {**CALL, "ErrorCode": "11200", "ErrorUrl": f"{PUBLIC}/ivr/voice"})
    (_, first), (_, second) = door.told.calls
    assert second == replace(first, fingerprint="")


@pytest.mark.parametrize(
    "url", ["", "https://evil.example/ivr/turn/run1/token1", f"{PUBLIC}/ivr/status", "x"]
)
def test_a_fallback_for_anything_else_apologises(door: Door, url: str) -> None:
    answer = door.post("/ivr/fallback", {**CALL, "ErrorUrl": url})
    assert [element.tag for element in tree(answer.data)] == ["Say", "Hangup"]
    assert door.told.calls == []


def test_a_call_without_an_id_apologises(door: Door) -> None:
    answer = door.post("/ivr/voice", {"From": "+15550100001"})
    assert [element.tag for element in tree(answer.data)] == ["Say", "Hangup"]
    assert door.told.calls == []


@pytest.mark.parametrize("path", ["/ivr/voice", f"{TURN}?q=gather"])
def test_any_error_is_an_apology_and_its_log_says_nothing_personal(door: Door, path: str) -> None:
    door.told.failure = RuntimeError("the caller said 4711 from +15550100001")
    with structlog.testing.capture_logs() as logs:
        answer = door.post(path, {**CALL, "Digits": "4711"})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert [element.tag for element in tree(answer.data)] == ["Say", "Hangup"]
    assert logs[0]["error"] == "RuntimeError"
    assert "4711" not in str(logs)
    assert "1555" not in str(logs)
    assert "Traceback" not in answer.text


def hold_until_apology(door: Door, target: str, form: dict[str, str]) -> list[str]:
    targets: list[str] = []
    while True:
        root = tree(door.post(target, form).data)
        if [element.tag for element in root] == ["Say", "Hangup"]:
            return targets
        assert [element.tag for element in root] == ["Pause", "Redirect"]
        target = root[1].text or ""
        targets.append(target)
        form = CALL


def test_a_held_call_comes_back_and_is_not_held_for_ever(door: Door) -> None:
    door.told.failure = Unavailable("the database is away")
    targets = hold_until_apology(door, "/ivr/voice", CALL)
    assert len(targets) == HOLDS
    assert all(target.startswith(f"{PUBLIC}/ivr/voice?n=") for target in targets)


def test_a_held_answer_is_asked_for_again_once_the_store_is_back(door: Door) -> None:
    door.told.failure = Unavailable("the database is away")
    root = tree(door.post(f"{TURN}?q=gather", {**CALL, "Digits": "4711"}).data)
    door.told.failure = None
    assert "4711" not in (root[1].text or "")
    door.post(root[1].text or "", CALL)
    assert moved(door) == ("again", "run1", "token1")


def test_a_held_recording_is_not_lost(door: Door) -> None:
    door.told.failure = Unavailable("the database is away")
    form = {**CALL, "RecordingSid": "RE1", "RecordingDuration": "3"}
    root = tree(door.post(f"{TURN}?q=record", form).data)
    door.told.failure = None
    door.post(root[1].text or "", CALL)
    assert moved(door)[4] == Recorded(NOW, "RE1", 3)


def test_facts_are_taken_and_answered_with_nothing(door: Door) -> None:
    status = door.post("/ivr/status", {**CALL, "CallStatus": "completed", "CallDuration": "9"})
    recording = door.post("/ivr/recording", {"RecordingSid": "RE1", "RecordingStatus": "absent"})
    assert (status.status_code, status.data) == (204, b"")
    assert (recording.status_code, recording.data) == (204, b"")
    (fact_kind, fact), (recording_kind, recorded) = door.told.calls
    assert (fact_kind, fact.sid, fact.status, fact.seconds) == ("fact", "CA1", "completed", 9)
    assert (recording_kind, recorded.sid, recorded.status) == ("recording", "RE1", "absent")


@pytest.mark.parametrize("path", ["/ivr/status", "/ivr/recording"])
def test_an_empty_fact_is_no_fact(door: Door, path: str) -> None:
    assert door.post(path, {"CallStatus": "completed"}).status_code == 204
    assert door.told.calls == []


@pytest.mark.parametrize("path", ["/ivr/status", "/ivr/recording"])
@pytest.mark.parametrize(("failure", "status"), [(Unavailable("x"), 503), (KeyError("x"), 204)])
def test_a_fact_is_sent_again_only_while_the_store_is_away(
    door: Door, path: str, failure: Exception, status: int
) -> None:
    door.told.failure = failure
    answer = door.post(path, {**CALL, "RecordingSid": "RE1"})
    assert (answer.status_code, answer.data) == (status, b"")
