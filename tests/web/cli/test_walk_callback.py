"""`flask flows walk` and `test` with callbacks: the promise, the agent, the call, the talk."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from flow.effects import EnterQueue
from flow.events import Event, News
from flow.language.load import load
from tests.rules.tree import ROOT
from web.cli.simulator.actions import (
    Action,
    AgentAnswers,
    AgentLeaves,
    CallGoes,
    HangUp,
    NobodyComes,
    Press,
    StaySilent,
    Unsuited,
)
from web.cli.simulator.clock import Clock
from web.cli.simulator.desk import Desk
from web.cli.simulator.dialogue import Dialogue
from web.cli.simulator.lines import typed
from web.cli.simulator.ordered import Ordering
from web.cli.simulator.play import Played, play
from web.cli.simulator.promise import Promise
from web.cli.walk import walk

EXAMPLES = ROOT / "examples"
MORNING, EVENING = "2026-11-23T10:00", "2026-11-23T21:10"
START = datetime(2026, 11, 23, 10, tzinfo=UTC)
WHO = {"ring_groups": ["support"]}
AWAITED = "[agent · nobody answers · wait 1h]"
RINGING = "[answered · busy · no answer · failed · agent leaves]"


def order(max_wait: float | None = None, **callback: Any) -> EnterQueue:
    """A promise to call somebody, made at the start."""
    given = {"number": "+15550100009", "requested": START.isoformat(), **callback}
    return EnterQueue("run.2", WHO, "support", "", max_wait=max_wait, callback=given)


def after(seconds: float) -> datetime:
    """The moment so many seconds after the start."""
    return START + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("given", "not_before", "deadline"),
    [
        (order(), None, None),
        (order(600), None, after(600)),
        (order(pause=300.0), after(300), None),
        (order(3600, at="2026-11-23T12:00:00+00:00"), after(7200), after(10800)),
        (order(hours={"from": 720, "to": 780, "days": [0]}), after(7200), None),
        (order(hours={"from": 540, "to": 600, "days": [0]}), after(7 * 86400 - 3600), None),
    ],
    ids=str,
)
def test_hours_times_and_pauses_are_those_of_the_server(
    given: EnterQueue, not_before: datetime | None, deadline: datetime | None
) -> None:
    promise = Promise.of(given, START, "UTC")
    assert (promise.not_before, promise.deadline) == (not_before, deadline)
    assert promise.sleeps(START) is (not_before is not None)
    assert promise.due(START) == min(filter(None, [not_before, deadline]), default=None)
    later = after(10**7)
    again = promise.rung_from(later) if promise.sleeps(later) else deadline
    assert promise.due(later) == again, "hours come round again"
    assert promise.is_over(after(10**7)) is (deadline is not None)


ANN = {"assignment": "assignment-1", "agent": "ann", "name": "ann", "wait_seconds": 0}


@pytest.mark.parametrize(
    ("action", "event"),
    [
        (AgentAnswers("ann"), News(START, "run.2", "assigned", ANN)),
        (NobodyComes(), News(START, "run.2", "no_answer", last=True)),
        (NobodyComes("no_match"), News(START, "run.2", "no_match", last=True)),
    ],
    ids=str,
)
def test_what_becomes_of_a_promise_is_what_the_desk_would_report(
    action: Action, event: Event
) -> None:
    assert Ordering(Promise(order()), Clock(START), Desk()).event(action) == event


@pytest.mark.parametrize(
    "action", [Press("1"), HangUp(), StaySilent(), AgentLeaves(), CallGoes("busy")], ids=str
)
def test_nobody_is_on_the_line_meanwhile(action: Action) -> None:
    with pytest.raises(Unsuited, match="a callback is promised"):
        Ordering(Promise(order()), Clock(START), Desk()).event(action)


@pytest.mark.parametrize(
    ("line", "action"),
    [
        ("agent", AgentAnswers()),
        ("agent Ann", AgentAnswers("Ann")),
        ("nobody answers", NobodyComes()),
        ("no match", NobodyComes("no_match")),
    ],
)
def test_typed_lines(line: str, action: Action) -> None:
    assert typed(line, Promise(order())) == action


def run(lines: str, name: str, at: str = MORNING, *arguments: str) -> list[str]:
    """Walk an example with the lines of `lines`; what is seen from the second line on."""
    given = [str(EXAMPLES / f"{name}.yaml"), "--at", at, *arguments]
    result = CliRunner().invoke(walk, given, input=lines)
    assert result.exit_code == 0, result.output
    return result.output.splitlines()[1:]


def test_a_callback_out_of_the_queue_as_it_is_seen() -> None:
    lines = "2\n1\nwait 10m\nagent ann\nanswered\nagent leaves 2m\n5\n1\n"
    shown = run(lines, "queue")
    assert shown[shown.index("[may +15550123456 be called? → allowed]") :] == [
        "[may +15550123456 be called? → allowed]",
        "[call +15550123456 back, queue for support → waiting]",
        "You keep your place in line. Goodbye.",
        "[the flow hangs up]",
        AWAITED,
        "[it is Mon 2026-11-23 10:10:00]",
        AWAITED,
        "[calling +15550123456 for 30 s, showing +15550100001]",
        RINGING,
        "[joined with the agent]",
        "[agent leaves · agent drops · wait 30s · hangup]",
        "[how did the conversation end? → finished]",
        "How helpful was our agent? Press 1 for not at all, up to 5 for very.",
        "[press 1 to 5 · say … · silence]",
        "Is your question solved? Press 1 for yes, 2 for no.",
        "[press 1 yes, 2 no · say … · silence]",
        "Thank you for calling. Goodbye.",
        "[the flow hangs up]",
        "[the flow has ended: completed]",
    ]


def test_the_clock_moves_to_when_somebody_may_be_called() -> None:
    shown = run(
        "2\n1\nagent ann\nagent leaves 5s\n\nagent\nno answer\nagent\nbusy\n", "queue", EVENING
    )
    told = [line for line in shown if "it is" in line or "rung until" in line]
    assert told == [
        f"[nobody is rung until Tue 2026-11-24 08:00:00 · {AWAITED[1:]}",
        "[it is Tue 2026-11-24 08:00:00]",
        f"[nobody is rung until Tue 2026-11-24 08:01:05 · {AWAITED[1:]}",
        "[it is Tue 2026-11-24 08:01:05]",
        f"[nobody is rung until Tue 2026-11-24 08:06:35 · {AWAITED[1:]}",
        "[it is Tue 2026-11-24 08:06:35]",
    ]
    assert shown[-1] == "[the flow has ended: completed]"


def test_time_alone_gives_a_promise_up() -> None:
    for lines in ("2\n1\nwait 24h\nsteps\n", "2\n1\n\nsteps\n"):
        assert run(lines, "queue")[-1] == "[the flow has ended: completed]"
    assert "  call-me → requested" in run("2\n1\nsteps\n", "queue")
    assert run("2\n1\n", "queue")[-1] == "[the flow still waits at call-me]"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("2\n1\nhangup\n", "[nobody is on the line, a callback is promised"),
        ("2\n1\n5\n", "[nobody is on the line, a callback is promised"),
        ("2\n1\nagent\n1\n", "[somebody is being called: say how that goes]"),
        ("2\n1\nagent\nhangup\n", "[nobody is on the line yet; say how the call goes]"),
        ("2\n1\nagent ann\nanswered\n1\n", "[the caller speaks with ann: say how that ends"),
    ],
)
def test_what_means_nothing_is_answered(lines: str, told: str) -> None:
    assert any(line.startswith(told) for line in run(lines, "queue"))


def test_a_website_callback_as_it_is_seen() -> None:
    number = ("--set", "number=+15550101234")
    shown = run("agent ann\nanswered\nagent leaves\n5\n", "website-callback", MORNING, *number)
    assert shown[:6] == [
        "[may +15550101234 be called? → allowed]",
        "[call +15550101234 back, queue for support → waiting]",
        AWAITED,
        "[calling +15550101234 for 30 s, showing +15550100001]",
        RINGING,
        "[joined with the agent]",
    ]
    assert shown[-1] == "[the flow has ended: completed]"


def test_the_agent_of_an_outgoing_call_may_leave_before_the_two_are_joined() -> None:
    shown = run("agent leaves 20s\n", "consented-call")
    assert shown[1].endswith("· silence · agent leaves]")
    assert shown[2:] == ["[the flow hangs up]", "[the flow has ended: agent_left]"]
    joined = run("1\nagent leaves 1m\n", "consented-call")
    assert "Thank you. Goodbye." in joined
    assert not re.search(r"silence · agent leaves", joined[-1])


FLOW = """\
linewalk: 1
flow: it
type: incoming_call
timezone: Europe/Lisbon
start: a
steps:
  a:
    component: request_callback
    ring_groups: [support]
    confirm: false
    max_wait: 1h
    exits: {requested: ask, invalid_number: end, call_finished: talked, timeout: end}
  ask:
    component: menu
    message: "Anything else? Press 1."
    options: [{exit: one, keys: "1"}]
    tries: 1
    exits: {one: end, invalid: end, timeout: end}
  talked:
    component: play
    message:
      - "{{ steps.a.agent }}, {{ steps.a.talk_seconds }},"
      - "{{ call.sid }}, {{ steps.a.callback_id }}."
    exits: {done: end}
  end: {component: end}
"""


def played(talk: list[Any], ends: Any, document: str = FLOW, **fields: Any) -> Played:
    """Play a dialogue with FLOW."""
    given = {"name": "x", "talk": talk, "ends": ends, **fields}
    return play(Dialogue.model_validate(given), load(document))


ANSWERS = [{"agent": "answers"}, {"call": "answered"}]


@pytest.mark.parametrize(
    ("talk", "ends"),
    [
        (["hangup", *ANSWERS, {"agent": "leaves"}], "completed"),
        ([{"press": "1"}, *ANSWERS, "hangup"], "completed"),
        (["silence", {"wait": "59m"}], {"at-step": "a"}),
        (["silence", {"wait": "1h"}], "completed"),
        (["hangup", {"agent": "no_match"}], "completed"),
        (["hangup", {"agent": "no_answer"}, {"wait": "30s"}], {"at-step": "a"}),
        (["hangup", {"agent": "answers"}, {"agent": "leaves"}, *ANSWERS], {"at-step": "a"}),
        (["hangup", *[{"agent": "answers"}, {"call": "busy"}] * 3], "completed"),
        (["hangup", *[{"agent": "answers"}, {"call": "invalid number"}]], "completed"),
        (["hangup", {"agent": "answers"}, "silence", *ANSWERS], {"at-step": "a"}),
    ],
    ids=str,
)
def test_a_promise_in_a_dialogue(talk: list[Any], ends: Any) -> None:
    found = played(talk, ends)
    assert found.failure is None, found.failure


def test_the_talk_counts_from_the_contacts_answer() -> None:
    talk = ["hangup", {"agent": {"name": "ann", "after": "5m"}}, {"wait": "10s"}]
    talk += [{"call": "answered"}, {"agent": {"does": "leaves", "after": "42s"}}]
    said = [{"expect": f"ann, 42, CA{3:032d}, walk-1.2."}]
    assert played(talk + said, "completed").failure is None


def test_an_agent_who_answers_too_late_fails_the_dialogue() -> None:
    failure = played(["hangup", {"agent": {"after": "61m"}}], "completed").failure
    assert "the wait was over before an agent answered" in str(failure)
    late = FLOW.replace("max_wait: 1h", "max_wait: 1h\n    at: 2026-11-24T09:00")
    failure = played(["hangup", {"agent": {"after": "25h"}}], "completed", late).failure
    assert "the wait was over" in str(failure)
    assert played(["hangup", {"agent": "answers"}], {"at-step": "a"}, late).failure is None


def test_no_such_agent_and_no_such_number() -> None:
    nobody = played([], {"outcome": "completed", "visits": ["a", "end"]}, agents=["sales"])
    assert nobody.failure is None
    assert played([], "completed", **{"from": "+37127777777"}).failure is None
