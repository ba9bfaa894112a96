"""`flask flows walk` in a queue: waiting, agents who answer, leave and drop out, placed calls."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.rules.tree import ROOT
from web.cli.walk import walk

QUEUE = ROOT / "examples" / "queue.yaml"
MORNING = ("--at", "2026-11-23T10:00")
WAITING = "[agent · nobody answers · press 1 voicemail, 2 call-me · Enter or wait 30s · hangup]"
SPEAKING = "[agent leaves · agent drops · wait 30s · hangup]"

PLAIN = """\
linewalk: 1
flow: it
type: incoming_call
music: hold
start: a
steps:
  a:
    component: assign_and_dial
    agents: [ann, bob]
    exits: {no_match: end, timeout: end, no_answer: end}
  end:
    component: end
"""


def run(typed: str, *arguments: object) -> Result:
    """Walk with the lines of `typed`."""
    told = [str(argument) for argument in arguments]
    result = CliRunner().invoke(walk, told, input=typed)
    assert "Traceback" not in result.output
    assert result.exit_code == 0, result.output
    return result


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    path = tmp_path / "it.yaml"
    path.write_text(PLAIN)
    return path


def test_a_call_through_the_queue_as_it_is_seen() -> None:
    typed = "wait 1m\nagent ann\nwait 2m\nagent leaves\n5\n1\n"
    shown = run(typed, QUEUE, *MORNING, "--estimate", "2m", "--position", 3).output.splitlines()
    place = "You are number 3 in line. To leave a message instead, press 1."
    assert shown[1:] == [
        "Welcome to the service line.",
        "[how long is the wait for support? → known (120 s, number 3)]",
        "The wait is about 2 minutes.",
        "[queue for support → waiting]",
        "[waiting for an agent: support]",
        place,
        "[30 s of silence]",
        WAITING,
        place,
        "[30 s of silence]",
        "[it is Mon 2026-11-23 10:01:00]",
        WAITING,
        "[joined with the agent]",
        SPEAKING,
        "[it is Mon 2026-11-23 10:03:00]",
        SPEAKING,
        "[how did the conversation end? → finished]",
        "How helpful was our agent? Press 1 for not at all, up to 5 for very.",
        "[press 1 to 5 · say … · silence]",
        "Is your question solved? Press 1 for yes, 2 for no.",
        "[press 1 yes, 2 no · say … · silence]",
        "Thank you for calling. Goodbye.",
        "[the flow hangs up]",
        "[the flow has ended: completed]",
    ]


@pytest.mark.parametrize("typed", ["nobody answers", "no agent", "no answer", "NOBODY", "no match"])
def test_nobody_answers(typed: str) -> None:
    assert "Nobody can take your call right now." in run(f"{typed}\n", QUEUE).output


def test_after_the_longest_wait_the_walk_goes_on_by_itself() -> None:
    output = run("wait 9m\nwait 1m\nsteps\n", QUEUE).output
    assert output.count("Thank you for your patience.") == 4
    assert "  agent → timeout\n  nobody → done\n  voicemail (now)" in output


def test_a_key_works_and_another_changes_nothing() -> None:
    output = run("9\n1\n", QUEUE).output
    assert output.count(WAITING) == 2
    assert output.index("Please leave a message") > output.rindex(WAITING)


def test_an_agent_who_drops_out_brings_the_caller_back_and_the_next_one_takes_over() -> None:
    typed = "agent\nagent drops 20s\nagent bob\nagent leaves 1m\n"
    output = run(typed, QUEUE, "--position", 3).output
    lost = output.index("The connection to the agent was lost.")
    assert output.index("[how did the conversation end? → accident]") < lost
    assert output.index("You are number 1 in line", lost) > lost
    assert "How helpful was our agent?" in output
    assert output.count("[joined with the agent]") == 2


@pytest.mark.parametrize(
    ("typed", "outcome"),
    [("hangup", "abandoned"), ("agent\nhangup", "completed"), ("agent\nhang up 3m", "completed")],
)
def test_hanging_up(typed: str, outcome: str) -> None:
    assert run(f"{typed}\n", QUEUE).output.endswith(f"[the flow has ended: {outcome}]\n")


def test_the_end_of_the_input_hangs_up() -> None:
    assert "[the caller hangs up]\n[the flow has ended: abandoned]\n" in run("", QUEUE).output
    assert run("agent\n", QUEUE).output.endswith("[the flow has ended: completed]\n")


def test_an_empty_line_lets_time_pass_until_something_is_heard() -> None:
    times = re.findall(r"\[it is Mon 2026-11-23 (.*)\]", run("\n\n\n", QUEUE, *MORNING).output)
    assert times == ["10:00:45", "10:01:30", "10:02:00"]


def test_where_nothing_is_ever_said_an_empty_line_passes_some_minutes(plain: Path) -> None:
    output = run("\nagent\n", plain, *MORNING).output
    assert "[30 s of music: hold]\n[agent · nobody answers · Enter or wait 30s · hangup]" in output
    assert "[it is Mon 2026-11-23 10:05:00]" in output
    assert output.count("of music: hold") == 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("2", "[no keys are taken while the caller waits here]"),
        ("say hello", "[the caller waits for an agent: let one answer, or let time pass]"),
        ("agent leaves", "[the caller waits for an agent: let one answer, or let time pass]"),
        ("answered 30s", "[the caller waits for an agent: let one answer, or let time pass]"),
        ("agent ann\nagent bob", "[the caller speaks with ann: say how that ends, or hang up]"),
        ("agent\n1", "[the caller speaks with ann: say how that ends, or hang up]"),
        ("agent\n\n", "[the caller speaks with ann: say how that ends, or hang up]"),
        ("agent of the year", "[agent of the year means nothing here; to say it"),
        ("?", "  agent leaves      the agent hangs up"),
    ],
)
def test_what_means_nothing_is_answered_and_changes_nothing(
    plain: Path, typed: str, told: str
) -> None:
    output = run(f"{typed}\nhangup\n", plain).output
    assert told in output
    assert "[the flow has ended: " in output


def test_agents_mean_nothing_at_a_question() -> None:
    office = ROOT / "examples" / "front-desk.yaml"
    for typed in ("agent", "agent leaves"):
        assert "[a question is asked: press keys" in run(f"{typed}\n", office).output


@pytest.mark.parametrize(
    ("agents", "waits"),
    [("", False), ("sales", False), ("bob", True), ("sales, ann", True)],
)
def test_which_agents_there_are_can_be_said(plain: Path, agents: str, waits: bool) -> None:  # noqa: FBT001  a parametrized value
    output = run("", plain, "--agents", agents).output
    assert ("[queue for ann, bob → waiting]" in output) is waits
    assert ("[queue for ann, bob → no_match]" in output) is not waits


def test_an_estimate_that_is_no_time_is_told() -> None:
    result = CliRunner().invoke(walk, [str(QUEUE), "--estimate", "soon"])
    assert (result.exit_code, "'soon' is no duration" in result.output) == (2, True)


def test_a_message_that_does_not_render_is_told_once_and_the_wait_goes_on(plain: Path) -> None:
    broken = "messages: [{message: '{{ 1 | divided_by: 0 }}', every: 10s}]"
    plain.write_text(PLAIN.replace("agents: [ann, bob]", f"agents: [ann]\n    {broken}"))
    output = run("wait 2m\nagent\nagent leaves\n", plain).output
    assert output.count("[error in a: ") == 1
    assert output.endswith("[the flow has ended: completed]\n")
