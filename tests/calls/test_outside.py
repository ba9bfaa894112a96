"""What a call needs from outside: slow, hanging, refused, lost, and never sent twice."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from store.schema import outbox
from tests.audio.sounds import tone, wav
from tests.support.far_end import FarEnd
from tests.support.installation import Clock, Installation
from tests.support.waiting import wait_until


def test_a_slow_answer_is_bridged_by_hold_and_asked_once(house: Installation, crm: FarEnd) -> None:
    crm.gate.clear()
    call = house.call().arrive()
    call.follow = False
    call.press("1")
    assert call.waits == "Redirect"
    for _ in range(2):
        call.fetch(call.verbs[0].text, {})
        assert call.waits == "Redirect"
    crm.gate.set()
    wait_until(lambda: not house.run(call).awaits, what="the answer of the CRM")
    call.follow = True
    call.fetch(call.verbs[0].text, {})
    assert "Hello Ada." in call.heard
    assert call.waits == "Gather"
    assert len(crm.asked()) == 1
    assert house.steps(call) == [("menu", "account"), ("look-up", "success"), ("found", "done")]


def test_repeats_while_the_answer_is_awaited_ask_nothing_more(
    house: Installation, crm: FarEnd
) -> None:
    crm.gate.clear()
    call = house.call().arrive()
    call.follow = False
    call.press("1")
    asked, hold = call.sent[-1], call.replies[-1]
    assert house.carrier.resend(asked).body == hold.body
    assert house.carrier.resend(call.fallback(asked)).body == hold.body
    crm.gate.set()
    wait_until(lambda: not house.run(call).awaits)
    call.follow = True
    call.fetch(call.verbs[0].text, {})
    assert house.carrier.resend(asked).body == hold.body
    assert len(crm.asked()) == 1


def test_a_hanging_system_ends_in_timeout(house: Installation, crm: FarEnd) -> None:
    crm.gate.clear()
    crm.gated = "GET /hanging"
    call = house.call().arrive()
    call.follow = False
    call.press("7")
    assert call.waits == "Redirect"
    wait_until(lambda: not house.run(call).awaits, what="the time-out")
    call.follow = True
    call.fetch(call.verbs[0].text, {})
    assert "Too late." in call.heard
    assert ("hanging", "timeout") in house.steps(call)
    assert len(crm.asked("GET /hanging")) == 1


def test_what_the_guard_forbids_leaves_by_refused(house: Installation) -> None:
    call = house.call().arrive().press("6")
    assert "Refused." in call.heard
    assert house.steps(call)[:2] == [("menu", "forbidden"), ("forbidden", "refused")]


def test_calls_go_on_while_others_wait_for_a_hanging_system(
    house: Installation, crm: FarEnd
) -> None:
    crm.gate.clear()
    crm.gated = "GET /accounts"
    waiting = [house.call().arrive() for _ in range(20)]
    for call in waiting:
        call.follow = False
    threads = [threading.Thread(target=call.press, args=("1",)) for call in waiting]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(crm.asked("GET /accounts")) == 20, what="20 hanging requests")
    others = [house.call().arrive().press("3").press("5") for _ in range(10)]
    assert all(call.waits == "Gather" for call in others)
    assert len(house.rows("SELECT id FROM lw_outbox WHERE state = 'ready'")) == 20
    assert house.rows("SELECT count(*) FROM lw_survey_answers") == [(10,)]
    for thread in threads:
        thread.join()
    crm.gate.set()
    wait_until(lambda: not house.rows("SELECT id FROM lw_outbox WHERE state = 'ready'"))


def test_a_request_that_must_not_be_repeated_is_given_up_when_its_process_died(
    house: Installation, crm: FarEnd
) -> None:
    crm.gate.clear()
    call = house.call().arrive().press("5")
    call.follow = False
    call.press("12345678")
    (item,) = house.rows("SELECT id, resend FROM lw_outbox")
    assert not item[1]
    expire(house)
    house.job("deliver", {"item": item[0]})
    call.follow = True
    call.fetch(call.verbs[0].text, {})
    assert "Too late." in call.heard
    crm.gate.set()
    house.job("deliver", {"item": item[0]})
    assert len(crm.asked("POST /pin")) == 1
    assert house.steps(call)[-2:] == [("check-pin", "timeout"), ("late", "done")]


def test_a_request_that_may_be_repeated_is_taken_over_and_counts_once(
    house: Installation, crm: FarEnd
) -> None:
    crm.gate.clear()
    call = house.call().arrive()
    call.follow = False
    call.press("1")
    (item,) = house.rows("SELECT id FROM lw_outbox")
    expire(house)
    taking = threading.Thread(target=house.schedule, args=("sweep",))
    taking.start()
    wait_until(lambda: len(crm.asked()) == 2, what="the request sent again")
    crm.gate.set()
    taking.join()
    call.follow = True
    call.fetch(call.verbs[0].text, {})
    assert "Hello Ada." in call.heard
    house.job("deliver", {"item": item[0]})
    assert len(crm.asked()) == 2
    assert [exit_ for path, exit_ in house.steps(call) if path == "look-up"] == ["success"]


def expire(house: Installation) -> None:
    """Make every lease pass, as if its process had died long ago."""
    past = house.clock() - timedelta(minutes=1)
    with house.house.database.write() as connection:
        connection.execute(sa.update(outbox).values(lease=past))


def test_a_recording_is_fetched_once_the_carrier_has_it(house: Installation, rest: FarEnd) -> None:
    call = house.call().arrive().press("2").speak(7)
    sid = call.recordings[0]
    for status in ("in-progress", "completed", "completed", "in-progress"):
        call.report_recording(sid, status)
    assert house.jobs("recording") == [f"recording-{sid}"]
    sound = wav(tone(1.5))
    rest.answers[rf"GET /2010-04-01/Accounts/\w+/Recordings/{sid}\.wav "] = [404, sound]
    with pytest.raises(Exception, match="not ready"):
        house.job("recording", {"recording": sid})
    for _ in range(2):
        house.job("recording", {"recording": sid})
    (kept,) = house.house.past.recordings(house.run(call).id)
    assert (kept.state, kept.kind, kept.seconds) == ("kept", "voicemail", 2)
    assert kept.file
    assert len(rest.asked("GET .*Recordings")) == 2


def test_the_watchdog_closes_calls_that_fell_silent(
    house: Installation, rest: FarEnd, clock: Clock
) -> None:
    gone, live, unknown = (house.call().arrive() for _ in range(3))
    path = r"GET /2010-04-01/Accounts/\w+/Calls/"
    rest.answers[f"{path}{gone.sid}"] = [{"sid": gone.sid, "status": "completed", "duration": "9"}]
    rest.answers[f"{path}{live.sid}"] = [{"sid": live.sid, "status": "in-progress"}]
    house.schedule("watchdog")
    assert not rest.asked()
    clock.ahead = timedelta(hours=5)
    house.schedule("watchdog")
    assert house.run(gone).outcome == "hung_up"
    assert house.run(unknown).outcome == "hung_up"
    assert house.run(live).live
    assert house.rows("SELECT seconds FROM lw_calls WHERE sid = :sid", sid=gone.sid) == [(9,)]
    asked = len(rest.asked())
    house.schedule("watchdog")
    assert len(rest.asked()) == asked
    live.press("3")
    assert "How was it?" in live.heard
