"""The simulator's parts: what an action means at a question, the script's answers, coverage."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.events import DialEnded, Digits, HungUp, Recorded, Silence, Speech
from flow.instructions import Collect, Dial, Record
from flow.language.load import load
from web.cli.simulator.actions import (
    Action,
    EndDial,
    HangUp,
    LeaveMessage,
    PassTime,
    Press,
    Speak,
    StaySilent,
    Unsuited,
)
from web.cli.simulator.answers import Asking, pressed
from web.cli.simulator.caller import Caller
from web.cli.simulator.clock import Clock
from web.cli.simulator.contacts import ContactBook
from web.cli.simulator.dialogue import Dialogue
from web.cli.simulator.lines import typed
from web.cli.simulator.play import play
from web.cli.simulator.session import Session

START = datetime(2026, 11, 23, 10, tzinfo=UTC)
KEYS = Collect((), max_digits=4, finish_key="#", timeout=7)
SPEECH = Collect((), keys=False, speech=True)
RECORD = Record(60, silence_seconds=4)
DIAL = Dial(("+15550100011",), ring_seconds=20)


@pytest.mark.parametrize(
    ("asked", "action", "event", "seconds"),
    [
        (KEYS, Press("12#"), Digits(START, "12", "#"), 0),
        (KEYS, Press("#"), Digits(START, "", "#"), 0),
        (KEYS, Press("123456"), Digits(START, "1234"), 0),
        (KEYS, StaySilent(), Silence(START + timedelta(seconds=7)), 7),
        (SPEECH, Speak("yes", 0.4), Speech(START, "yes", 0.4), 0),
        (RECORD, LeaveMessage(200), Recorded(START + timedelta(seconds=60), f"RE{3:032d}", 60), 60),
        (RECORD, StaySilent(), Recorded(START + timedelta(seconds=4), "", 0), 4),
        (DIAL, EndDial("busy"), DialEnded(START, "busy"), 0),
        (DIAL, StaySilent(), DialEnded(START + timedelta(seconds=20), "no-answer"), 20),
        (
            DIAL,
            EndDial("completed", 30),
            DialEnded(START + timedelta(seconds=30), "completed", 30),
            30,
        ),
        (KEYS, HangUp(), HungUp(START), 0),
        (
            DIAL,
            HangUp(9),
            HungUp(
                START + timedelta(seconds=9),
                DialEnded(START + timedelta(seconds=9), "completed", 9),
            ),
            9,
        ),
    ],
)
def test_an_action_is_the_event_a_carrier_would_report(
    asked: Collect | Record | Dial, action: Action, event: object, seconds: int
) -> None:
    clock = Clock(START)
    assert Asking(asked, clock, 3).event(action) == event
    assert clock.now == START + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("asked", "action"),
    [
        (SPEECH, Press("1")),
        (KEYS, Speak("one")),
        (KEYS, EndDial("busy")),
        (RECORD, Press("1")),
        (RECORD, EndDial("busy")),
        (DIAL, Speak("hello")),
        (KEYS, HangUp(3)),
    ],
)
def test_an_action_that_makes_no_sense_moves_nothing(
    asked: Collect | Record | Dial, action: Action
) -> None:
    clock = Clock(START)
    with pytest.raises(Unsuited):
        Asking(asked, clock).event(action)
    assert clock.now == START


@given(st.text("0123456789*#", min_size=1), st.integers(0, 6), st.sampled_from(["", "#", "*"]))
def test_pressed_keys_are_never_more_than_asked(keys: str, most: int, finish: str) -> None:
    digits, finished = pressed(Collect((), max_digits=most, finish_key=finish), keys)
    assert not most or len(digits) <= most
    assert not finish or finish not in digits
    assert finished in {"", finish}
    assert keys.startswith(digits)


@given(st.text())
def test_whatever_is_typed_is_understood_or_explained(line: str) -> None:
    try:
        understood = bool(typed(line, None))
    except (Unsuited, ValueError) as error:
        understood = bool(str(error))
    assert understood


@pytest.mark.parametrize(
    ("line", "asked", "action"),
    [
        ("12 34 #", KEYS, Press("1234#")),
        ("Say Hello", SPEECH, Speak("Hello")),
        ("wait 5m", None, PassTime(300)),
        ("hang up after 20s", DIAL, HangUp(20)),
        ("12s", RECORD, LeaveMessage(12)),
        ("12", RECORD, Press("12")),
        ("answered", DIAL, EndDial("completed", 30)),
        ("answered for 2m", DIAL, EndDial("completed", 120)),
        ("no answer", DIAL, EndDial("no-answer")),
        ("VARS", None, "vars"),
    ],
)
def test_typed_lines(line: str, asked: Collect | Record | Dial | None, action: object) -> None:
    assert typed(line, asked) == action


FLOW = """\
linewalk: 1
flow: it
type: incoming_call
variables: {tries: {type: integer, default: 0}}
start: ask
steps:
  ask:
    component: http_request
    url: "https://x.example/a?key={{ secrets.KEY }}"
    method: GET
    retries: 2
    timeout: 4s
    exits: {success: done, failed: done, timeout: done, refused: done}
  done:
    component: collect_digits
    message: "{{ now | date: '%S' }} {{ steps.ask.status }}"
    exits: {collected: end, invalid: end, timeout: end}
  end:
    component: end
"""


def played(**fields: object) -> tuple[str, str]:
    """Play a dialogue with FLOW; its failure and the transcript."""
    found = play(Dialogue.model_validate({"name": "x", **fields}), load(FLOW))
    return str(found.failure or ""), "\n".join(found.transcript)


def test_a_failed_request_is_repeated_as_the_server_does_and_time_outs_take_time() -> None:
    answers = [{"url": "*", "outcome": "timeout"}, {"url": "*", "status": 500}, {"url": "*"}]
    talk = [{"expect": "04 200"}]
    assert played(http=answers, talk=talk)[0] == ""


def test_a_client_error_is_not_repeated() -> None:
    failure, _ = played(http=[{"url": "*", "status": 404}, {"url": "*", "times": "any"}])
    assert failure == ""


def test_secrets_are_filled_in_or_shown_by_name() -> None:
    given = {"url": "https://x.example/a?key=abc"}
    assert played(http=[given], secrets={"KEY": "abc"})[0] == ""
    failure, transcript = played(http=[given])
    assert "no (more) answer for http GET https://x.example/a?key=secrets.KEY" in failure
    assert "[[secret" not in transcript


@pytest.mark.parametrize(
    ("answer", "fits"),
    [
        ({"url": "https://x.example/a"}, True),
        ({"url": "*/a"}, True),
        ({"url": "*/b"}, False),
        ({"url": "*?key=*"}, True),
        ({"url": "*?key=1"}, False),
        ({"step": "ask"}, True),
        ({"step": "sk"}, False),
        ({"method": "get"}, True),
        ({"method": "POST"}, False),
        ({"sent": "x"}, False),
    ],
)
def test_which_request_an_answer_is_for(answer: dict[str, str], fits: bool) -> None:  # noqa: FBT001  a parametrized value
    assert (played(http=[answer])[0] == "") is fits


def test_a_mistake_of_a_step_fails_a_dialogue_unless_it_is_expected() -> None:
    broken = load(FLOW.replace("'%S' }}", "'%S' }}{{ 1 | divided_by: 0 }}"))
    fields: dict[str, object] = {"name": "x", "http": [{"url": "*"}]}
    failed = play(Dialogue.model_validate(fields), broken)
    assert "a step failed: done:" in str(failed.failure)
    expected = Dialogue.model_validate({**fields, "errors": ["done"]})
    assert play(expected, broken).failure is None


def test_a_session_survives_json_between_all_events() -> None:
    """The state is written and read before every event, private parts included."""
    flow = load(FLOW)
    clock = Clock(START)
    session = Session(
        flow, lambda effect, step: ("success", {"status": 200}), clock, lambda p: None
    )
    session.begin(Caller().execution(flow, clock.now), {})
    assert session.step == "done"
    session.act(Press("1#"))
    assert (session.over, session.execution.outcome) == (True, "completed")
    assert [entry.exit for entry in session.history] == ["success", "collected", ""]
    with pytest.raises(Unsuited, match="the flow has ended"):
        session.act(StaySilent())


def test_contacts_are_found_as_people_write_them_and_changed() -> None:
    book = ContactBook([{"name": "Ann", "number": "+1 (555) 010-0001", "email": "A@x.example"}])
    ann = book.find("number", "+15550100001")
    assert ann is not None
    assert book.find("email", "a@X.example") == ann
    assert book.find("id", ann.id) == ann
    assert book.find("number", "") is None
    changed = book.update(ann.id, {"tier": "gold"})
    assert changed is not None
    assert changed.values()["tier"] == "gold"
    assert book.update("nobody", {}) is None
