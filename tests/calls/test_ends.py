"""How calls end: hang-ups in every kind of wait, and reports in every order and multiplicity."""

from datetime import timedelta
from itertools import permutations

import pytest

from tests.support.carrier import Call
from tests.support.far_end import FarEnd
from tests.support.installation import Installation
from tests.support.waiting import wait_until

WAITS = {
    "menu": "",
    "survey": "3",
    "forward": "4",
    "pin": "5",
    "look-up": "1",
    "pause": "8",
    "words": "9",
}
"""Where a caller can hang up, and the key that leads there."""

REPORTS = ("ringing", "in-progress", "completed", "busy")


def at(house: Installation, key: str) -> Call:
    """A call that stands behind one key of the menu."""
    call = house.call().arrive()
    if key:
        call.follow = False
        call.press(key)
    return call


def test_a_report_of_the_end_hangs_up_wherever_the_caller_is(
    house: Installation, crm: FarEnd
) -> None:
    crm.gate.clear()
    ended = [told(house, step) for step in WAITS]
    crm.gate.set()
    wait_until(lambda: not house.rows("SELECT id FROM lw_outbox WHERE state = 'ready'"))
    for call in ended:
        run, before = house.run(call), house.steps(call)
        call.report("completed")
        assert house.steps(call) == before
        assert house.run(call) == run


def told(house: Installation, step: str) -> Call:
    """A call that hung up in a step, which only the carrier's report says."""
    call = at(house, WAITS[step])
    call.hang_up()
    if step == "forward":
        assert house.run(call).status == "waiting"
        house.job("hangup", {"execution": house.run(call).id})
    run = house.run(call)
    assert (run.status, run.outcome, run.live, run.undelivered) == ("ended", "hung_up", False, "[]")
    last = house.house.past.steps(run.id)[-1]
    assert (last.path, last.exit) == (step, "")
    return call


@pytest.mark.parametrize("told", ["before", "after", "twice"])
def test_an_action_of_a_call_that_is_over_is_a_hang_up(
    house: Installation, crm: FarEnd, told: str
) -> None:
    crm.gate.clear()
    for step in WAITS:
        over(house, step, told)
    crm.gate.set()


def over(house: Installation, step: str, told: str) -> None:
    """Hang up in a step, with reports before or after the action request."""
    call = at(house, WAITS[step])
    verb = call.verbs[0]
    address = verb.get("action") or verb.text
    if told in {"before", "twice"}:
        call.report("completed")
    call.hang_up(told=False)
    call.fetch(address, {"Digits": "1"})
    assert not call.verbs
    if told in {"after", "twice"}:
        call.report("completed")
    run = house.run(call)
    assert (run.status, run.outcome) == ("ended", "hung_up"), step
    paths = [path for path, _ in house.steps(call)]
    assert paths == (["menu"] if step == "menu" else ["menu", step])


@pytest.mark.parametrize("order", ["action, status", "status, action", "status, action, status"])
def test_a_voicemail_is_kept_although_the_caller_hangs_up(house: Installation, order: str) -> None:
    call = house.call().arrive().press("2")
    url, form = call.recorded(9, "hangup")
    call.hang_up(told=False)
    for event in order.split(", "):
        if event == "status":
            call.report("completed")
        else:
            call.fetch(url, form)
    run = house.run(call)
    assert (run.status, run.outcome) == ("ended", "hung_up")
    assert house.steps(call)[:3] == [
        ("menu", "message"),
        ("voicemail", "recorded"),
        ("tag", "done"),
    ]
    assert house.rows("SELECT name, label FROM lw_reports") == [("outcome", "voicemail")]
    (kept,) = house.house.past.recordings(run.id)
    assert (kept.sid, kept.kind, kept.step, kept.seconds) == (
        call.recordings[0],
        "voicemail",
        "voicemail",
        9,
    )
    house.job("hangup", {"execution": run.id})
    assert len(house.rows("SELECT label FROM lw_reports")) == 1


def test_a_call_that_ends_in_a_recording_without_another_word_ends(house: Installation) -> None:
    call = house.call().arrive().press("2").hang_up()
    assert house.run(call).status == "waiting"
    assert house.jobs("hangup") == [f"hangup-{house.run(call).id}"]
    house.job("hangup", {"execution": house.run(call).id})
    assert house.run(call).outcome == "hung_up"


def test_reports_in_any_order_and_number_give_one_end_state(house: Installation) -> None:
    for count, order in enumerate(permutations(REPORTS), 1):
        call = house.call().arrive()
        forms = {status: call.report_form(status) for status in REPORTS}
        for status in (*order, *order, order[0]):
            assert house.carrier.report(forms[status]).status == 204
        first_end = next(status for status in order if status in {"completed", "busy"})
        query = "SELECT status FROM lw_calls WHERE sid = :sid"
        assert house.rows(query, sid=call.sid) == [(first_end,)], order
        assert house.steps(call) == [("menu", "")], order
        assert house.run(call).outcome == "hung_up"
        assert house.counts()["call_log"] == 9 * count


def test_reports_before_the_call_is_known_are_kept_for_it(house: Installation) -> None:
    call = house.call()
    call.report("initiated")
    call.report("ringing")
    call.arrive()
    assert call.heard == "Main menu."
    call.hang_up()
    assert house.run(call).outcome == "hung_up"
    assert house.counts()["calls"] == 1


def test_a_call_that_ended_before_its_first_request_starts_nothing(house: Installation) -> None:
    call = house.call()
    call.report("completed")
    call.arrive()
    assert not call.heard
    assert house.counts()["executions"] == 0


def test_an_unknown_status_is_kept_and_changes_nothing(house: Installation) -> None:
    call = house.call().arrive()
    call.report("teleported", NewField="x" * 100)
    assert house.rows("SELECT status FROM lw_calls") == [("ringing",)]
    assert house.run(call).live


def test_the_carriers_clock_never_makes_a_step_end_before_it_began(house: Installation) -> None:
    for shift in (-3_700, -1, 0, 3_700):
        call = house.call().arrive()
        when = house.clock() + timedelta(seconds=shift)
        call.hang_up(told=False)
        call.report("completed", Timestamp=when.strftime("%a, %d %b %Y %H:%M:%S +0000"))
        (step,) = house.house.past.steps(house.run(call).id)
        assert step.entered <= step.left, shift
        run = house.run(call)
        assert run.ended is not None
        assert run.started <= run.ended, shift
