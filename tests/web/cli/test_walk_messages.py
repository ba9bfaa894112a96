"""`flask flows walk --channel`: a flow of messages, as each channel shows it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.rules.tree import ROOT
from web.cli.walk import walk

EXAMPLES = ROOT / "examples"
MORNING = ("--at", "2026-11-23T10:00")

HEAD = (
    "[it · incoming_message by sms · +15550123456 → +15550100001"
    " · Mon 2026-11-23 10:00 WET · ? for help]"
)

PLAIN = """\
linewalk: 1
flow: it
type: incoming_message
timezone: Europe/Lisbon
start: which
steps:
  which:
    component: menu
    message: "What is it about?"
    options:
      - {exit: sales, keys: "1", label: Sales}
      - {exit: other, keys: "7", label: Other}
    tries: 1
    exits: {sales: note, other: pause, invalid: agent, timeout: bye}
  note:
    component: send_sms
    to: "+15550100009"
    text: "{{ message.from }} wants to buy."
    exits: {sent: picture, failed: bye, opted_out: bye}
  picture:
    component: send_message
    message: ["Here it is.", {url: "https://example.com/lamp.jpg"}, {audio: jingle}]
    email: {message: Here it is., subject: A lamp}
    exits: {sent: bye, failed: bye, opted_out: bye}
  pause: {component: wait, for: 1h, exits: {done: more}}
  more:
    component: ask
    message: "Anything else?"
    exits: {replied: bye, invalid: bye, timeout: bye}
  agent:
    component: assign_agents
    ring_groups: [support]
    max_wait: 30m
    exits: {assigned: bye, no_match: sorry, timeout: sorry}
  sorry: {component: send_message, message: Sorry., exits: {sent: bye, failed: bye, opted_out: bye}}
  bye: {component: end}
"""


def run(typed: str, *arguments: object, code: int = 0) -> Result:
    """Walk with the lines of `typed`."""
    told = [str(argument) for argument in arguments]
    result = CliRunner().invoke(walk, told, input=typed)
    assert "Traceback" not in result.output
    assert result.exit_code == code, result.output
    return result


def lines(typed: str, *arguments: object) -> list[str]:
    return run(typed, *arguments).output.splitlines()


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    path = tmp_path / "it.yaml"
    path.write_text(PLAIN)
    return path


def test_a_conversation_by_sms_as_it_is_seen(plain: Path) -> None:
    assert lines("Hello\n1\n", plain, *MORNING) == [
        HEAD,
        "[write …]",
        "What is it about?",
        "",
        "1. Sales",
        "7. Other",
        "[until Tue 2026-11-24 10:00:00: write … · Sales · Other · Enter or wait 1h]",
        "[sms: to +15550100009: +15550123456 wants to buy.]",
        "Here it is.",
        "[file: https://example.com/lamp.jpg]",
        "[audio: jingle]",
        "[the flow has ended: completed]",
    ]


@pytest.mark.parametrize(
    ("channel", "ends", "shown"),
    [
        ("whatsapp", "+15550123456 → +15550100001", "1. Sales"),
        ("chat", "visitor-1 → demo", "[Sales] [Other]"),
        ("email", "contact@example.com → support@example.com", "1. Sales"),
    ],
)
def test_each_channel_shows_it_in_its_own_way(
    plain: Path, channel: str, ends: str, shown: str
) -> None:
    said = lines("Hello\nsales\n", plain, "--channel", channel)
    assert f"by {channel} · {ends} · " in said[0]
    assert shown in said
    assert ("Subject: A lamp" in said) == (channel == "email")
    assert said[-1] == "[the flow has ended: completed]"


def test_what_is_written_too_early_is_read_later(plain: Path) -> None:
    said = lines("Hello\n7\nwell\nwait 20m\nwait 40m\n", plain, *MORNING)
    assert said[7:] == [
        "[nothing happens until Mon 2026-11-23 11:00:00 · Enter or wait 1h]",
        "[it waits until the flow reads on]",
        "[nothing happens until Mon 2026-11-23 11:00:00 · Enter or wait 1h]",
        "[it is Mon 2026-11-23 10:20:00]",
        "[nothing happens until Mon 2026-11-23 11:00:00 · Enter or wait 1h]",
        "Anything else?",
        "[it is Mon 2026-11-23 11:00:00]",
        "[the flow has ended: completed]",
    ]


def test_an_agent_takes_it_and_closes_it(plain: Path) -> None:
    said = lines("Hello\nhm\nnobody knows\nagent ann\nagent leaves it\ncloses\n", plain)
    assert said[7:] == [
        "[queue for support → waiting]",
        "[agent · no match · write … · wait 1h]",
        "[agent · no match · write … · wait 1h]",
        "[agent closes · write to ann … · wait 1h]",
        "[agent closes · write to ann … · wait 1h]",
        "[the flow has ended: completed]",
    ]


@pytest.mark.parametrize("typed", ["no match\n", "nobody answers\n", "wait 30m\n", "\n"])
def test_nobody_takes_it(plain: Path, typed: str) -> None:
    said = lines(f"Hello\nhm\n{typed}", plain)
    assert "Sorry." in said
    assert said[-1] == "[the flow has ended: completed]"


def test_an_empty_line_lets_the_question_run_out(plain: Path) -> None:
    assert lines("Hello\n\n", plain)[-1] == "[the flow has ended: completed]"


def test_commands_are_no_messages_and_say_makes_one_of_them(plain: Path) -> None:
    said = lines("?\nHello\nvars\nsteps\nsay wait 30s\n", plain)
    assert "  attach photo.jpg  in a conversation: send a file of that name" in said
    assert "  which (now)" in said
    assert "[queue for support → waiting]" in said, "it chose nothing"


def test_a_file_is_no_choice(plain: Path) -> None:
    assert "[queue for support → waiting]" in lines("Hello\nattach photo.jpg\n", plain)


@pytest.mark.parametrize("typed", ["", "Hello\n", "Hello\n7\n", "Hello\nhm\nagent\n"])
def test_the_end_of_the_input_leaves_the_conversation(plain: Path, typed: str) -> None:
    said = lines(typed, plain)
    assert said[-2] == "[the contact writes no more]"
    assert said[-1].startswith("[the flow has not begun" if not typed else "[the flow still waits")


def test_nothing_but_time_passes_before_the_first_message(plain: Path) -> None:
    said = lines("\nwait 2h\nHello\n", plain, *MORNING)
    assert "[a message is awaited: write one, or let time pass]" in said
    assert "[until Tue 2026-11-24 12:00:00: write … · Sales · Other · Enter or wait 1h]" in said


def test_the_apology_is_written(tmp_path: Path) -> None:
    path = tmp_path / "it.yaml"
    path.write_text(
        "linewalk: 1\nflow: it\ntype: incoming_message\nlanguage: fr-FR\nstart: a\nsteps:\n"
        "  a: {component: wait, until: '2020-01-01T00:00', exits: {done: a}}\n"
    )
    said = lines("Bonjour\n", path)
    assert said[2].startswith("Nous sommes désolés")
    assert said[-1] == "[the flow has ended: loop]"


def test_a_flow_that_writes_first_is_answered() -> None:
    given = ("--set", "to=+15550101234", "--set", "at=2026-11-24T09:30", *MORNING)
    said = lines("another day\n12/1/2026\n", EXAMPLES / "appointment-reminder.yaml", *given)
    assert said[1:3] == [
        "[look up contact by number +15550101234 → not_found]",
        "[to +15550101234 by sms]",
    ]
    assert "3. No more reminders" in said
    assert "We will try Tuesday, December 01 and write to you." in said
    assert said[-1] == "[the flow has ended: completed]"


def test_a_module_is_walked_in_a_conversation(tmp_path: Path) -> None:
    path = tmp_path / "q.yaml"
    path.write_text((ROOT / "tests/flow/language/good/question.yaml").read_text())
    said = lines("Hello\nA lamp\n", path, "--channel", "chat")
    assert "What is it about, visitor-1?" in said
    assert said[-1] == "[the flow has ended: done]"


def test_a_flow_of_calls_has_no_channel() -> None:
    result = run("", EXAMPLES / "front-desk.yaml", "--channel", "sms", code=1)
    assert result.output == "front-desk is a flow of calls; leave the channel out\n"


def test_a_known_contact_is_known_by_each_channel(plain: Path, tmp_path: Path) -> None:
    book = tmp_path / "people.yaml"
    book.write_text(
        "- {name: Ann, number: '+15550123456', email: contact@example.com, id: visitor-1}\n"
    )
    for channel in ("sms", "whatsapp", "chat", "email"):
        said = lines("Hello\nvars\n", plain, "--channel", channel, "--contacts", book)
        assert "  contact.name = 'Ann'" in said, channel
