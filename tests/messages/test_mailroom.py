"""Operators stop messages, take them back, and note who wants none; agents note it too."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.messages.desk import ANN, open_office
from tests.messages.test_bulk import people, remind, rows
from tests.messages.town import ByCarrier, Town

SHORT_LIVED = """
linewalk: 1
flow: short
type: incoming_message
title: What is said soon or never
language: en-US
start: say
steps:
  say: {component: send_message, message: "Now.", valid_for: 2m, exits: {sent: more}}
  more: {component: send_message, message: "Or later.", exits: {sent: end}}
  end: {component: end}
"""


def command(town: Town, *words: str, code: int = 0) -> str:
    """What `flask messages …` prints."""
    result = town.house.app.test_cli_runner().invoke(args=["messages", *words])
    assert result.exit_code == code, result.output
    lines = result.output.splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("{"))  # what is logged


@pytest.mark.parametrize("channel", ["sms", "whatsapp", "email"])
def test_what_is_written_while_messages_are_stopped_waits(town: Town, channel: str) -> None:
    town.publish("auto-reply")
    assert command(town, "status") == "outgoing messages may leave\n"
    command(town, "stop", "--reason", "a leaked key")
    writer = town.contact(channel)
    writer.say("Good morning")
    waiting = "SELECT count(*) FROM lw_messages WHERE state = 'queued'"
    town.carrier.until(lambda: town.house.rows(waiting) == [(1,)])
    town.work()
    town.house.telephony.messaging.sending.close()
    assert writer.heard() == []
    stopped, line = command(town, "status").splitlines()
    assert re.fullmatch(
        r"outgoing messages are stopped since [-\d]+ [:\d]+ UTC: a leaked key", stopped
    )
    assert line.startswith(f"{channel}\t")
    assert "\t1 wait\tsince 2026-11-25 12:" in line


def test_what_waited_leaves_once_they_may_again(town: Town) -> None:
    town.publish("auto-reply")
    command(town, "stop")
    ann = ByCarrier(town)
    ann.say("Good morning")
    town.work()
    assert command(town, "resume") == "outgoing messages may leave again\n"
    assert command(town, "resume") == "they were not stopped\n"
    town.work()
    assert "Welcome to Acme" in town.until_heard(ann, 1)[0]


def test_what_waits_is_taken_back_and_never_leaves(town: Town) -> None:
    town.publish("auto-reply")
    reminded = people(town, 4)
    remind(town, *reminded)
    command(town, "stop")
    ann = ByCarrier(town)
    ann.say("Good morning")
    assert command(town, "cancel", "--bulk", "--channel", "whatsapp", "--yes")[0] == "0"
    assert command(town, "cancel", "--bulk", "--yes") == "4 messages taken back\n"
    assert {state for _, state in rows(town)} == {"canceled"}
    command(town, "resume")
    town.work()
    town.until_heard(ann, 1)
    assert [each.heard() for each in reminded] == [[]] * 4
    assert command(town, "cancel", "--from", "+15550109999", "--yes") == "0 messages taken back\n"
    assert "Aborted" in command(town, "cancel", code=1)


def test_what_is_not_sent_in_its_time_is_never_sent(town: Town, tmp_path: Path) -> None:
    flow = tmp_path / "short.yaml"
    flow.write_text(SHORT_LIVED)
    town.house.publish(flow, "sms:+15550100001")
    command(town, "stop")
    ann = ByCarrier(town)
    ann.say("Hello")
    town.later(121)
    command(town, "resume")
    town.work()
    assert town.until_heard(ann, 1) == ["Or later."]
    query = "SELECT text, state, reason FROM lw_messages WHERE direction = 'out' ORDER BY number"
    assert town.house.rows(query)[0] == ("Now.", "failed", "it was not sent in its time")


def test_whatsapps_day_is_over_when_a_message_leaves_not_when_it_was_written(town: Town) -> None:
    town.publish("auto-reply")
    command(town, "stop")
    town.contact("whatsapp").say("Good morning")
    town.later(86_401)
    command(town, "resume")
    town.work()
    query = "SELECT state, reason FROM lw_messages WHERE direction = 'out' ORDER BY number"
    town.carrier.until(lambda: town.house.rows(query)[0][0] != "queued")
    state, reason = town.house.rows(query)[0]
    assert state == "failed"
    assert reason.startswith("24 hours have passed since the contact last wrote")


def test_an_agent_notes_that_somebody_wants_no_messages(town: Town) -> None:
    office = open_office(town)
    office.hire(ANN)
    ann = ByCarrier(town)
    ann.say("Please never write to me again.")
    given = office.until("agent", ANN)
    town.until_heard(ann, 1)
    body: dict[str, Any] = {"channel": "sms", "peer": "+1 (555) 010-0077", "agent": "ann"}
    answer = office.api.send("POST", "/opt-outs", key=office.key, json=body)
    said: Any = answer.json
    assert (answer.status_code, said["canceled"]) == (201, 0)
    noted = {name: said[name] for name in ("channel", "peer", "address", "by")}
    assert noted == {"channel": "sms", "peer": ann.number, "address": "", "by": "agent:ann"}
    told = office.do(given, "messages", agent=ANN, text="One more thing.")
    assert (told["state"], told["reason"]) == ("canceled", "the contact wants no messages")
    assert command(town, "opt-outs").split("\t")[:3] == ["sms", ann.number, "all"]
    (listed,) = office.api.get("/opt-outs?channel=sms", key=office.key)["items"]
    assert listed["by"] == "agent:ann"
    assert office.api.get("/opt-outs?channel=email", key=office.key)["items"] == []
    path = f"/opt-outs/sms/{ann.number}"
    assert office.api.send("DELETE", path, key=office.key).status_code == 403
    assert office.api.send("DELETE", path, key=office.boss).status_code == 204
    assert office.api.send("DELETE", path, key=office.boss).status_code == 404
    office.do(given, "messages", agent=ANN, text="Welcome back.")
    assert town.until_heard(ann, 2)[1] == "Welcome back."
    actions = town.house.rows("SELECT action FROM lw_audit WHERE action LIKE 'opt_outs%'")
    assert sorted(actions) == [("opt_outs.note",), ("opt_outs.remove",)]


def test_what_is_no_address_and_who_is_no_agent_are_refused(town: Town) -> None:
    office = open_office(town)
    wrong = (
        ("peer", {"channel": "sms", "peer": "Ann"}),
        ("peer", {"channel": "email", "peer": "a@x.example, b@x.example"}),
        ("agent", {"channel": "sms", "peer": "+15550100077", "agent": "nobody"}),
    )
    for field, body in wrong:
        told = office.api.refused(422, "POST", "/opt-outs", key=office.key, json=body)
        assert told["errors"][0]["field"] == field
    assert "no number" in command(town, "opt-out", "sms", "Ann", code=1)
    assert "opt-outs shows" in command(town, "opt-in", "sms", "+15550100077", code=1)


def test_an_operator_notes_it_for_a_mailbox(town: Town) -> None:
    town.publish("auto-reply")
    writer = town.contact("email")
    address = "ann@shop.example"
    told = command(town, "opt-out", "email", address.upper())
    assert told == "nothing is sent there any more; 0 that waited taken back\n"
    writer.say("Good morning")
    query = "SELECT state, reason FROM lw_messages WHERE direction = 'out'"
    town.carrier.until(lambda: town.states() == [("email", "closed")])
    asked_and_sorry = [("canceled", "the contact wants no messages")] * 2
    assert town.house.rows(query) == asked_and_sorry
    assert town.post.received == []
    command(town, "opt-in", "email", address)
    writer.say("Good morning?")
    town.until_heard(writer, 1)
