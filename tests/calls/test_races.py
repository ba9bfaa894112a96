"""Many requests for one call at the same time: one effect each, no deadlock, no error (fault 5)."""

import os
import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.carrier import Call, Sent
from tests.support.far_end import FarEnd
from tests.support.installation import Installation
from tests.support.transport import Reply
from tests.support.waiting import wait_until

LONG = bool(os.environ.get("LINEWALK_LONG"))
ROUNDS = 1_000 if LONG else 25
PARALLEL = 20
pytestmark = [pytest.mark.chaos, pytest.mark.timeout(3_600 if LONG else 120)]


@pytest.fixture
def pool() -> ThreadPoolExecutor:
    """Twenty hands."""
    return ThreadPoolExecutor(PARALLEL)


def together(house: Installation, pool: ThreadPoolExecutor, requests: list[Sent]) -> list[Reply]:
    """Send all at the same time; the replies in the order of the requests."""
    replies = list(pool.map(house.carrier.resend, requests))
    assert {reply.status for reply in replies} <= {200, 204}, replies
    return replies


def crowd(call: Call, turn: Sent, order: random.Random) -> list[Sent]:
    """Twenty requests that a carrier may send for one call at about the same time."""
    status = f"{call.carrier.base}/ivr/status"
    reports = [call.report_form(word) for word in ("ringing", "in-progress", "queued", "ringing")]
    stale = [Sent(old.url, {**old.form, "Digits": "7"}) for old in call.sent[1:]]
    requests = [turn] * 8 + [call.fallback(turn)] * 4
    requests += [Sent(status, form) for form in reports]
    requests += order.choices([call.sent[0], *stale], k=PARALLEL - len(requests))
    order.shuffle(requests)
    return requests


def test_twenty_requests_at_once_are_one_turn(
    house: Installation, pool: ThreadPoolExecutor
) -> None:
    order = random.Random(5)  # noqa: S311  the same crowds in every run
    call, walked = house.call(), 0
    for number in range(ROUNDS):
        if number % 50 == 0:
            call, walked = house.call().arrive(), 0
        key = "3" if walked % 2 == 0 else "5"
        url, form = call.pressed(key)
        turn = Sent(url, {**call.common(), **form})
        requests = crowd(call, turn, order)
        replies = together(house, pool, requests)
        answers = {
            reply.body
            for request, reply in zip(requests, replies, strict=True)
            if request == turn or request.url.endswith("/fallback")
        }
        assert len(answers) == 1
        call.send(turn)
        assert {call.replies[-1].body} == answers
        walked += 1
        assert len(house.steps(call)) == walked + walked // 2
    surveys = house.rows("SELECT count(*) FROM lw_survey_answers")[0][0]
    assert surveys == sum(1 for number in range(ROUNDS) if number % 50 % 2)


def test_a_call_arrives_and_ends_once_however_often_it_is_told(
    house: Installation, pool: ThreadPoolExecutor
) -> None:
    for number in range(ROUNDS // 5):
        call = house.call()
        first = Sent(f"{call.carrier.base}/ivr/voice", call.common())
        arriving = together(house, pool, [first, call.fallback(first)] * (PARALLEL // 2))
        assert len({reply.body for reply in arriving}) == 1
        call.send(first)
        status = f"{call.carrier.base}/ivr/status"
        over = [Sent(status, call.report_form("completed")) for _ in range(10)]
        url, _ = call.pressed("3")
        gone = {**call.common(), "CallStatus": "completed", "Digits": "3"}
        together(house, pool, over + [Sent(url, gone)] * 10)
        assert house.counts()["executions"] == number + 1
        assert house.steps(call) == [("menu", "")]
        assert house.run(call).outcome == "hung_up"


def test_a_request_to_the_outside_is_made_once_however_often_its_turn_is_repeated(
    house: Installation, crm: FarEnd, pool: ThreadPoolExecutor
) -> None:
    for number in range(max(3, ROUNDS // 50)):
        crm.gate.clear()
        call = house.call().arrive()
        url, form = call.pressed("1")
        turn = Sent(url, {**call.common(), **form})
        waiting = together(house, pool, [turn, call.fallback(turn)] * (PARALLEL // 2))
        assert [reply.body for reply in waiting if b"<Redirect" not in reply.body] == []
        crm.gate.set()
        wait_until(lambda: not house.run(call).awaits)  # noqa: B023  asked in this round only
        call.send(turn)
        assert "Hello Ada." in call.heard
        assert call.waits == "Gather"
        assert house.steps(call) == [("menu", "account"), ("look-up", "success"), ("found", "done")]
        assert len(crm.asked()) == number + 1


def test_a_recording_its_report_and_the_end_of_the_call_do_not_block_each_other(
    house: Installation, pool: ThreadPoolExecutor
) -> None:
    for _ in range(ROUNDS // 5):
        call = house.call().arrive().press("2")
        url, form = call.recorded(5)
        turn = Sent(url, {**call.common(), **form})
        told = {
            **call.common(),
            "RecordingSid": call.recordings[0],
            "RecordingStatus": "completed",
            "RecordingDuration": "5",
        }
        ready = Sent(f"{call.carrier.base}/ivr/recording", told)
        over = Sent(f"{call.carrier.base}/ivr/status", call.report_form("completed"))
        together(house, pool, [turn, ready, over, ready, turn] * (PARALLEL // 5))
        (kept,) = house.house.past.recordings(house.run(call).id)
        assert (kept.state, kept.kind, kept.seconds) == ("ready", "voicemail", 5)
        assert house.jobs("recording").count(f"recording-{call.recordings[0]}") == 1
        assert ("voicemail", "recorded") in house.steps(call)
