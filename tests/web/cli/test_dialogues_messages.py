"""Dialogues with flows of messages: what they find, and by which channels they are held."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from web.cli.test import test as command

FLOW = """\
linewalk: 1
flow: desk
type: incoming_message
start: which
steps:
  which:
    component: menu
    message: What is it about?
    options: [{exit: sales, keys: "1", label: Sales}]
    tries: 1
    exits: {sales: note, invalid: bye, timeout: bye}
  note:
    component: send_sms
    to: "+15550100009"
    text: "Somebody wants to buy."
    exits: {sent: bye, failed: bye, opted_out: bye}
  bye:
    component: end
"""


def script(folder: Path, dialogue: str, flow: str = FLOW) -> Result:
    path = folder / "desk.yaml"
    path.write_text(flow)
    path.with_name("desk.dialogue.yaml").write_text(f"dialogues:\n  - name: x\n{dialogue}")
    result = CliRunner().invoke(command, [str(path)])
    assert "Traceback" not in result.output
    return result


@pytest.mark.parametrize(
    ("dialogue", "line", "told"),
    [
        ("    talk: [expect: What]\n", 3, "'What' was not said; said was ''"),
        ("    talk: [silence]\n", 3, "a message is awaited: write one"),
        ("    talk:\n      - send: a\n      - press: 1\n", 5, "a message is awaited"),
        (
            "    talk:\n      - send: {choice: Sales}\n",
            4,
            "there is no quick reply 'Sales'; offered",
        ),
        (
            "    talk:\n      - send: a\n      - send: {choice: Help}\n",
            5,
            "there is no quick reply 'Help'; offered are: Sales",
        ),
        (
            "    talk:\n      - send: a\n      - expect: {choice: Help}\n",
            5,
            "'Help' was not offered; offered was Sales",
        ),
        (
            "    talk:\n      - send: a\n      - send: '1'\n      - expect: {sms: nothing}\n",
            6,
            "'nothing' was not sent; sent was sms: to +15550100009: Somebody wants to buy.",
        ),
        ("    talk:\n      - send: a\n      - send: b\n      - send: c\n", 6, "the flow has ended"),
        ("    talk:\n      - send: a\n      - agent: closes\n", 5, "a message is awaited"),
        ("    ends: {at-step: bye}\n    talk: [send: a]\n", 3, "the flow waits at which"),
    ],
)
def test_a_talk_that_is_not_so_fails_where_it_is_not(
    tmp_path: Path, dialogue: str, line: int, told: str
) -> None:
    result = script(tmp_path, dialogue)
    assert result.exit_code == 1
    assert f"desk.dialogue.yaml:{line}: {told}" in result.output


@pytest.mark.parametrize(
    ("dialogue", "line", "told"),
    [
        ("    channel: fax\n", 3, "dialogues.0.channel: must be one of sms, whatsapp"),
        ("    talk:\n      - send: {}\n", 4, "give either text (or media), or choice"),
        ("    talk:\n      - send: {text: a, choice: b}\n", 4, "give either text"),
        ("    talk:\n      - send:\n", 4, "send needs a value"),
        ("    talk:\n      - sent: a\n", 4, "there is no 'sent' in a talk; did you mean 'send'"),
        ("    talk:\n      - expect: {choice: a, sms: b}\n", 4, "give exactly one of text, regex"),
    ],
)
def test_a_mistake_in_a_file_is_told_with_its_line(
    tmp_path: Path, dialogue: str, line: int, told: str
) -> None:
    result = script(tmp_path, dialogue)
    assert result.exit_code == 1
    assert f"desk.dialogue.yaml:{line}: " in result.output
    assert told in result.output


def test_a_talk_is_held_once_by_each_channel(tmp_path: Path) -> None:
    talk = (
        "    channel: [sms, whatsapp, chat, email]\n"
        "    talk: [send: a, send: {choice: Sales}, expect: {sms: to buy}]\n"
    )
    said = script(tmp_path, talk).output.splitlines()
    assert [line.rpartition(": ")[2] for line in said[:4]] == [
        f"x (by {name})" for name in ("sms", "whatsapp", "chat", "email")
    ]
    assert said[-1] == "4 dialogues, 0 failed"


def test_a_failure_shows_the_conversation(tmp_path: Path) -> None:
    talk = "    talk: [send: {text: Hello, media: [a.jpg]}, expect: Bye]\n"
    said = script(tmp_path, talk).output.splitlines()
    not_so = "'Bye' was not said; said was 'What is it about?  1. Sales'"
    assert said[1:6] == [
        "  » send Hello [file: a.jpg]",
        "    What is it about?",
        "    ",
        "    1. Sales",
        f"  ✗ {tmp_path}/desk.dialogue.yaml:3: {not_so}",
    ]


def test_a_flow_of_calls_has_no_channel(tmp_path: Path) -> None:
    flow = "linewalk: 1\nflow: desk\ntype: incoming_call\nstart: a\nsteps:\n  a: {component: end}\n"
    result = script(tmp_path, "    channel: sms\n", flow)
    assert (result.exit_code, "desk is a flow of calls" in result.output) == (1, True)
