"""`flask flows walk`: a flow talked to in the terminal, through a pipe."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.rules.tree import ROOT
from web.cli.walk import walk

EXAMPLES = ROOT / "examples"
MORNING = ("--at", "2026-11-23T10:00")


def run(typed: str, *arguments: object, env: dict[str, str] | None = None) -> Result:
    told = [str(argument) for argument in arguments]
    result = CliRunner().invoke(walk, told, input=typed, env=env)
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def flow(tmp_path: Path, steps: str, header: str = "") -> Path:
    path = tmp_path / "it.yaml"
    head = f"linewalk: 1\nflow: it\ntype: incoming_call\n{header}start: a\nsteps:\n"
    path.write_text(head + steps + "  end:\n    component: end\n")
    return path


def test_a_call_from_the_greeting_to_the_end() -> None:
    result = run(
        '1\nsay account\n123456#\n200 {"name": "Ann", "balance": 12}\n5\nsay yes\n10#\n',
        EXAMPLES / "support-line.yaml",
        *MORNING,
        "--http",
        "ask",
    )
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[0] == (
        "[Support line · incoming_call · +15550123456 → +15550100001"
        " · Mon 2026-11-23 10:00 WET · ? for help]"
    )
    said = [line for line in lines if not line.startswith("[")]
    assert said[0] == "Welcome to Acme. For English press 1."
    assert "Thank you, Ann. Your balance is 12 euros." in said
    assert said[-1] == "Thank you for calling. Goodbye."
    assert lines[-1] == "[the flow has ended: completed]"


def test_what_can_be_done_is_shown_at_every_question() -> None:
    result = run("1\n1\n", EXAMPLES / "support-line.yaml", *MORNING)
    offers = re.findall(r"^\[.*silence\]$", result.output, re.MULTILINE)
    assert offers == [
        '[press 1 English, 2 Français · say "english", "français", "french" · silence]',
        (
            "[press 1 Account, 2 Message, 3 Survey · say "
            '"account", "compte", "message", "rate", "noter" · silence]'
        ),
        "[6 digits then # · silence]",
    ]


def test_another_language_than_the_flows_is_marked() -> None:
    result = run("2\n", EXAMPLES / "support-line.yaml", *MORNING)
    assert "Pour le français, appuyez sur le 2.  [fr-FR]" in result.output
    assert "For English press 1.\n" in result.output


def test_the_end_of_the_input_hangs_up() -> None:
    result = run("", EXAMPLES / "front-desk.yaml")
    assert result.exit_code == 0
    assert result.output.splitlines()[-2:] == [
        "[the caller hangs up]",
        "[the flow has ended: hung_up]",
    ]


def test_an_empty_line_is_silence() -> None:
    result = run("\n\n", EXAMPLES / "front-desk.yaml")
    assert result.output.count("For the workshop press 1") == 2
    assert "Nobody can take your call right now." in result.output


@pytest.mark.parametrize("typed", ["hangup", "hang up", "HANGUP"])
def test_hanging_up(typed: str) -> None:
    output = run(f"{typed}\n1\n", EXAMPLES / "front-desk.yaml").output
    assert output.endswith("[the flow has ended: hung_up]\n")


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        ("answered 40s", "The office has left the line."),
        ("busy\nbusy", "Nobody can take your call"),
        ("no answer\nfailed", "Nobody can take your call"),
        ("\n", "Nobody can take your call"),
    ],
)
def test_the_outcome_of_a_forwarded_call_is_asked(typed: str, heard: str) -> None:
    result = run(f"2\n{typed}\n", EXAMPLES / "front-desk.yaml")
    assert "[answered 30s · busy · no answer · failed]" in result.output
    assert heard in result.output


@pytest.mark.parametrize(
    ("typed", "exit_"),
    [
        ("record 12s", "recorded"),
        ("12s", "recorded"),
        ("say please call me", "recorded"),
        ("#", "recorded"),
        ("", "empty"),
        ("record 0s", "empty"),
    ],
)
def test_a_message_is_recorded(tmp_path: Path, typed: str, exit_: str) -> None:
    steps = """\
  a:
    component: record_message
    exits: {recorded: b, empty: b}
  b:
    component: collect_digits
    message: Digits?
    exits: {collected: end, invalid: end, timeout: end}
"""
    result = run(f"{typed}\nsteps\n", flow(tmp_path, steps))
    assert "[record 12s · say … · # to finish · silence]" in result.output
    assert f"  a → {exit_}\n" in result.output


def test_a_message_left_by_hanging_up_is_kept(tmp_path: Path) -> None:
    steps = """\
  a:
    component: record_message
    exits: {recorded: b, empty: end}
  b:
    component: wait
    for: 20h
    exits: {done: end}
"""
    result = run("hangup 7s\nsteps\nwait 10h\nwait 10h\n", flow(tmp_path, steps), *MORNING)
    assert "a → recorded" in result.output
    assert "[nothing happens until Tue 2026-11-24 06:00:07 · Enter or wait 1h]" in result.output
    assert result.output.endswith("[the flow has ended: completed]\n")


def test_an_empty_line_lets_a_timer_come_due(tmp_path: Path) -> None:
    steps = "  a:\n    component: wait\n    for: 20h\n    exits: {done: end}\n"
    path = flow(tmp_path, steps)
    path.write_text(path.read_text().replace("incoming_call", "api_request"))
    assert run("\n", path).output.endswith("[the flow has ended: completed]\n")
    left = run("wait 10h\n", path)
    assert left.exit_code == 0
    assert left.output.endswith("[the flow still waits at a]\n")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("press one", "[press one means nothing here; to say it, type: say press one]"),
        ("record 3s", "[a question is asked: press keys, say something or stay silent]"),
        ("busy", "[busy means nothing here; to say it, type: say busy]"),
        ("hangup 4s", "[nobody is spoken with here; hang up without a duration]"),
        ("wait 1000d", "longer than 400 days]"),
        ("?", "  say TEXT          say something"),
        ("vars", "contact.number = '+15550123456'"),
        ("steps", "  ask (now)"),
    ],
)
def test_what_is_typed_otherwise_is_answered_and_changes_nothing(typed: str, told: str) -> None:
    result = run(f"{typed}\n2\nbusy\nbusy\n", EXAMPLES / "front-desk.yaml")
    assert result.exit_code == 0
    assert told in result.output
    assert result.output.endswith("[the flow has ended: completed]\n")


def test_a_pipe_gets_no_prompt() -> None:
    lines = run("1\nbusy\n", EXAMPLES / "front-desk.yaml").output.splitlines()
    assert not [line for line in lines if line.startswith(">")]


def test_keys_beyond_what_a_question_takes_do_not_count() -> None:
    assert "calling +15550100011" in run("12\n", EXAMPLES / "front-desk.yaml").output


def test_a_module_is_walked_with_its_inputs_and_returns() -> None:
    given = ("--set", "service=http://pin.example", "--set", "account=7", "--http", "ask")
    result = run('1234\n200 {"name": "Ann"}\n', EXAMPLES / "pin-check.yaml", *given)
    assert "http POST http://pin.example/pin →" in result.output
    assert result.output.endswith("[the flow has ended: verified]\n")


def test_a_module_is_found_beside_the_flow_or_among_the_files(tmp_path: Path) -> None:
    contacts = tmp_path / "people.csv"
    contacts.write_text("name,number,account\nAnn,+1 555 012 3456,42\n")
    alone = tmp_path / "bank-line.yaml"
    alone.write_text((EXAMPLES / "bank-line.yaml").read_text())
    module = EXAMPLES / "pin-check.yaml"
    options = ("--contacts", contacts, "--http", "ask", *MORNING)
    for files in ((EXAMPLES / "bank-line.yaml",), (alone, module)):
        result = run("4321\nfailed\n", *files, *options)
        assert "[look up contact by number +1 555 012 3456 → found]" in result.output
        assert "We could not verify you." in result.output
    missing = run("", alone)
    assert missing.exit_code == 1
    assert "identify.module: there is no module 'pin-check'" in missing.output


def test_contacts_come_from_yaml_too(tmp_path: Path) -> None:
    contacts = tmp_path / "people.yaml"
    contacts.write_text('- {name: Ann, number: "+15550100777", account: "42"}\n')
    typed = ("--contacts", contacts, "--from", "+15550100777")
    assert "PIN" in run("", EXAMPLES / "bank-line.yaml", *typed, *MORNING).output
    contacts.write_text("people\n")
    result = run("", EXAMPLES / "bank-line.yaml", *typed)
    assert result.exit_code == 1
    assert "people.yaml:1: give a list of contacts" in result.output


def test_the_same_seed_gives_the_same_walk() -> None:
    tips = {run("", EXAMPLES / "tip-line.yaml", "--seed", seed).output for seed in "abcdefgh"}
    assert len({"Water your plants" in tip for tip in tips}) == 2
    again = run("", EXAMPLES / "tip-line.yaml", "--seed", "a", *MORNING).output
    assert again == run("", EXAMPLES / "tip-line.yaml", "--seed", "a", *MORNING).output


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--set", "company=Beta"), "Welcome to Beta."),
        (("--at", "2026-11-22T10:00", "--set", "language=fr-FR"), "Sun 2026-11-22 10:00"),
        (("--from", "+15550100555"), "+15550100555 →"),
        (("--to", "+15550100666"), "→ +15550100666"),
    ],
)
def test_the_options_of_a_call(options: tuple[str, ...], told: str) -> None:
    assert told in run("", EXAMPLES / "support-line.yaml", *options).output


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (("--set", "colour=red"), 1, "support-line has no variable 'colour'"),
        (("--set", "colour"), 2, "'colour' is no NAME=VALUE"),
        (("--at", "noon"), 2, "'noon' is no time; write 2026-11-23T10:00"),
        (("--contacts", "none.csv"), 1, "none.csv: cannot be read as text"),
    ],
)
def test_a_wrong_option_is_told(options: tuple[str, ...], code: int, told: str) -> None:
    result = run("", EXAMPLES / "support-line.yaml", *options)
    assert (result.exit_code, told in result.output) == (code, True), result.output


def test_a_wrong_setting_is_told() -> None:
    wrong = run("", EXAMPLES / "support-line.yaml", env={"EGRESS_ALLOW": "http://x/"})
    assert (wrong.exit_code, "EGRESS_ALLOW:" in wrong.output) == (1, True)
    zone = run("", EXAMPLES / "tip-line.yaml", env={"TIMEZONE": "Mars/North"})
    assert (zone.exit_code, "there is no time zone 'Mars/North'" in zone.output) == (1, True)


def test_a_missing_input_is_told() -> None:
    result = run("", EXAMPLES / "pin-check.yaml")
    assert (result.exit_code, result.output) == (1, "inputs.service is required\n")


def test_a_broken_document_prints_what_check_prints(tmp_path: Path) -> None:
    path = flow(tmp_path, "  a:\n    component: plya\n    exits: {done: end}\n")
    result = run("", path)
    assert result.exit_code == 1
    assert f"{path}:7: a.component: there is no component 'plya'" in result.output


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    result = run("", tmp_path / "none.yaml")
    assert (result.exit_code, result.output) == (
        1,
        f"{tmp_path}/none.yaml: there is no such file\n",
    )


def test_a_call_that_is_never_asked_anything_ends(tmp_path: Path) -> None:
    steps = "  a:\n    component: hang_up\n    reason: busy\n"
    path = flow(tmp_path, steps)
    path.write_text(path.read_text().replace("  end:\n    component: end\n", ""))
    assert "[the call is refused: busy]\n[the flow has ended: completed]" in run("1\n", path).output
