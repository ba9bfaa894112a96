"""Conversations by SMS and WhatsApp over the whole product and a carrier that plays both sides."""

from typing import Any

import pytest

from tests.messages.town import ANN, OURS, ByCarrier, Town
from tests.support.installation import ROOT

BOTH = pytest.mark.parametrize("channel", ["sms", "whatsapp"])
MESSAGES = r"/Messages\.json$"


def api(town: Town, scopes: str = "flows:start,read") -> Any:
    """A client with a key of its own: `api(method, path, body)`."""
    words = ["keys", "create", "shop", "--scopes", scopes]
    made = town.house.app.test_cli_runner().invoke(args=words)
    assert made.exit_code == 0, made.output
    headers = {"Authorization": f"Bearer {made.output.splitlines()[-1]}"}
    client = town.house.app.test_client()
    return lambda method, path, body=None: client.open(
        path, method=method, json=body, headers=headers
    )


def reminder(town: Town, **inputs: str) -> None:
    """Have somebody reminded by the API."""
    town.publish("auto-reply")  # makes OURS a sender
    town.house.publish(ROOT / "examples" / "appointment-reminder.yaml")
    given = {"to": ANN, "name": "Ann", "at": "2026-12-01T10:00"} | inputs
    path = "/api/v1/flows/appointment-reminder/interactions"
    answer = api(town)("POST", path, given)
    assert answer.status_code == 202, answer.data
    town.carrier.until(lambda: facts(town))
    town.work()


def outcomes(town: Town) -> list[str]:
    return [row[0] for row in town.house.rows("SELECT label FROM lw_reports ORDER BY id")]


def facts(town: Town) -> list[tuple[str, str]]:
    """Author and state of every message, the oldest first."""
    query = "SELECT author, state FROM lw_messages ORDER BY at, conversation, number"
    return town.house.rows(query)


@BOTH
def test_another_system_writes_first_and_the_answer_goes_on(town: Town, channel: str) -> None:
    reminder(town, channel=channel)
    ann = ByCarrier(town, "whatsapp:" if channel == "whatsapp" else "")
    first = town.until_heard(ann, 1)[0]
    if channel == "sms":
        assert first.startswith("Hello Ann, we expect you on Tuesday, December 01, at 10:00.")
        assert "Another day" in first
        ann.say("1")
    else:
        sent = town.carrier.texts[0]
        assert sent.wanted["ContentSid"] == "HX00000000000000000000000000000001"
        ann.say("confirm")
    assert town.until_heard(ann, 2)[1] == "Thank you. We look forward to seeing you."
    assert outcomes(town) == ["confirmed"]
    town.carrier.settle()
    assert town.states() == [(channel, "closed")]
    assert [state for author, state in facts(town) if author == "flow"] == ["delivered"] * 2


def test_nobody_answers_for_a_day(town: Town) -> None:
    """The timer is a row: it outlives every process."""
    reminder(town)
    town.until_heard(ByCarrier(town), 1)
    town.later(24 * 3600 - 60)
    assert town.states() == [("sms", "flow")]
    town.later(120)
    assert outcomes(town) == ["no clear answer"]
    assert town.states() == [("sms", "closed")]


def test_two_messages_at_once_take_their_turns(town: Town) -> None:
    town.publish("auto-reply")
    ann = ByCarrier(town)
    for text in ("Good morning", "Are you there?"):
        town.carrier.text(OURS, text, ANN)
    town.carrier.settle()
    heard = town.until_heard(ann, 2)
    assert heard[0].startswith("Welcome to Acme.")
    assert heard[1].startswith("Sorry, I did not understand that.")
    assert town.states() == [("sms", "flow")]


def test_a_webhook_that_comes_again_changes_nothing(town: Town) -> None:
    town.publish("auto-reply")
    ann = ByCarrier(town)
    ann.say("Good morning")
    town.until_heard(ann, 1)
    (delivery,) = [each for each in town.carrier.told("document") if each.leg]
    town.carrier.settle()
    before = facts(town)
    answers = {town.carrier.resend(delivery).body for _ in range(3)}
    assert len(answers) == 1
    town.carrier.settle()
    assert facts(town) == before
    assert len(ann.heard()) == 1


def test_who_stops_is_written_to_no_more(town: Town) -> None:
    town.publish("auto-reply")
    ann = ByCarrier(town)
    ann.say("Good morning")
    town.until_heard(ann, 1)
    ann.say("STOP")
    reminder(town)
    assert outcomes(town) == ["wants no messages"]
    assert len(ann.heard()) == 1
    ann.say("START")
    reminder(town)
    town.until_heard(ann, 2)


def test_on_whatsapp_we_confirm_the_stop_ourselves(town: Town) -> None:
    town.publish("auto-reply")
    ann = ByCarrier(town, "whatsapp:")
    ann.say("Good morning")
    town.until_heard(ann, 1)
    ann.say("STOP")
    assert "no more messages" in town.until_heard(ann, 2)[1]
    reminder(town, channel="whatsapp")
    assert outcomes(town) == ["wants no messages"]


def test_the_carrier_knows_an_opt_out_that_we_do_not(town: Town) -> None:
    """Error 21610: what waits is canceled, and the next reminder is not even tried."""
    town.publish("auto-reply")
    town.carrier.fail_next("POST", MESSAGES, status=400, code=21610)
    reminder(town)
    town.carrier.until(lambda: [state for _, state in facts(town)] == ["canceled"])
    reminder(town)
    assert outcomes(town) == ["wants no messages"]


def test_an_answer_that_was_lost_is_looked_for_and_not_sent_again(town: Town) -> None:
    town.publish("auto-reply")
    town.carrier.act_then_time_out("POST", MESSAGES)
    ann = ByCarrier(town)
    ann.say("Good morning")
    town.until_heard(ann, 1)
    for _ in range(6):
        town.later(5)
    town.carrier.settle()
    assert len(ann.heard()) == 1
    assert [state for author, state in facts(town) if author == "flow"] == ["delivered"]


def test_a_busy_carrier_is_asked_again_when_it_says(town: Town) -> None:
    town.publish("auto-reply")
    town.carrier.fail_next("POST", MESSAGES, status=429, code=20429, wait=2)
    ann = ByCarrier(town)
    ann.say("Good morning")
    town.carrier.until(lambda: town.house.rows("SELECT 1 FROM lw_messages WHERE code = 20429"))
    for _ in range(4):
        town.later(2)
    town.until_heard(ann, 1)


def test_a_picture_is_kept_and_the_carrier_s_copy_deleted(town: Town) -> None:
    town.publish("auto-reply")
    picture = b"\x89PNG\r\n\x1a\n" + bytes(200)
    town.carrier.text(OURS, "It looks so", ANN, files=[("image/png", picture)])
    town.carrier.settle()
    ((media,),) = town.house.rows("SELECT id FROM lw_media")
    town.house.job("media", {"media": media})
    ((file, source),) = town.house.rows("SELECT file, source FROM lw_media")
    assert town.house.house.media.open(file).read_bytes() == picture
    assert source == ""
    assert [each for each in town.carrier.requests if each.method == "DELETE"]


def test_what_was_missed_while_nobody_was_there_is_found(town: Town) -> None:
    town.carrier._exchange.clock.elapsed = town.clock.ahead.total_seconds()  # one time for both
    town.publish("auto-reply")
    town.carrier.unreachable("/digital/sms", times=2)  # it tries a connection once more
    town.carrier.text(OURS, "Good morning", ANN)
    town.carrier.settle()
    ann = ByCarrier(town)
    assert ann.heard() == []
    town.later(120)
    town.carrier.pass_time(120)
    town.house.schedule("missed")
    assert town.until_heard(ann, 1)[0].startswith("Welcome to Acme.")
    town.house.schedule("missed")
    town.carrier.settle()
    assert len(ann.heard()) == 1
