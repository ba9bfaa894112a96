"""Subscribers are told of whole calls: what happened, once, in order, from the command line on."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from store.audience import Audience
from tests.centre.centre import ANN, Centre, centre_on
from tests.centre.test_api_flows import ADA, EXAMPLES, NOTICE, start
from tests.support.far_end import FarEnd, far_end
from tests.support.installation import Installation


@pytest.fixture
def crm() -> Iterator[FarEnd]:
    """A system that subscribes."""
    with far_end({"POST": [{}]}) as made:
        yield made


@pytest.fixture
def told(crm: FarEnd, ready_url: str, tmp_path: Path) -> Iterator[Centre]:
    """A contact centre that may reach it."""
    with centre_on(ready_url, tmp_path, egress_allow=(crm.host,)) as made:
        yield made


class Housed(Protocol):
    """Whatever runs on an installation: a contact centre, or a town of contacts who write."""

    house: Installation


def command(centre: Housed, *words: str) -> str:
    """Run a command that must succeed."""
    result = centre.house.app.test_cli_runner().invoke(args=list(words))
    assert result.exit_code == 0, result.output
    return result.output


def subscribe(centre: Housed, crm: FarEnd, events: str = "all") -> str:
    """Subscribe the CRM; the id of the subscription."""
    command(centre, "webhooks", "add", f"{crm.base}/hook", "--events", events)
    return command(centre, "webhooks", "list").split("\t")[0]


def arrived(centre: Housed, crm: FarEnd) -> list[dict[str, Any]]:
    """What the CRM was sent, after the worker had its turn."""
    while lanes := centre.house.telephony.courier.round():
        for lane in lanes:
            lane.result()
    return [json.loads(text.partition("\r\n\r\n")[2]) for text in crm.asked("POST /hook")]


def a_call(centre: Centre) -> None:
    """A caller waits, speaks with Ann, and answers the survey."""
    caller = centre.call()
    centre.joined(caller, ANN).hang_up()
    caller.press("4")
    centre.carrier.until(lambda: caller.over)
    centre.carrier.settle()


def test_a_call_with_a_survey_is_told_in_order(told: Centre, crm: FarEnd) -> None:
    subscribe(told, crm)
    told.hire({"id": "ann", "address": ANN})
    a_call(told)
    found = arrived(told, crm)
    assert [(each["order"], each["event"]) for each in found] == [
        (1, "interaction.started"),
        (2, "call.answered"),
        (3, "call.assigned"),
        (4, "agent.left"),
        (5, "survey.answered"),
        (6, "interaction.ended"),
    ]
    assert len({each["id"] for each in found}) == 6
    assert len({each["interaction_id"] for each in found}) == 1
    assert {each["flow"] for each in found} == {"support"}
    answer = found[4]["data"]
    assert (answer["answer"], answer["agent"], answer["queue"]) == ("4", "ann", "support")
    assert [each["at"] for each in found] == sorted(each["at"] for each in found)
    assert told.answers() == [("after-call", "4", "ann", "support")]


def test_who_asks_for_some_hears_those(told: Centre, crm: FarEnd) -> None:
    subscribe(told, crm, "survey.answered, interaction.ended")
    told.hire({"id": "ann", "address": ANN})
    a_call(told)
    names = [(each["order"], each["event"]) for each in arrived(told, crm)]
    assert names == [(1, "survey.answered"), (2, "interaction.ended")]


def test_a_call_that_we_place_is_answered_by_the_contact(told: Centre, crm: FarEnd) -> None:
    told.house.publish(EXAMPLES / "delivery-notice.yaml")
    words = ("keys", "create", "crm", "--scopes", "flows:start,read")
    key = command(told, *words).splitlines()[-1]
    subscribe(told, crm)
    assert start(told, key, "delivery-notice", NOTICE).status_code == 202
    leg = told.carrier.leg_to(ADA)
    assert [each["event"] for each in arrived(told, crm)] == ["interaction.started"]
    leg.answer("human")
    leg.press("1")
    told.carrier.until(lambda: leg.over)
    told.carrier.settle()
    found = arrived(told, crm)
    names = ["interaction.started", "call.answered", "interaction.ended"]
    assert [each["event"] for each in found] == names
    assert found[1]["data"] == {
        "call_id": leg.sid,
        "direction": "outbound",
        "from": found[1]["data"]["from"],
        "to": ADA,
    }


def test_a_call_without_subscribers_goes_the_short_way_and_writes_nothing(
    told: Centre, crm: FarEnd
) -> None:
    told.hire({"id": "ann", "address": ANN})
    a_call(told)
    subscribe(told, crm)
    assert told.house.rows("SELECT count(*) FROM lw_events") == [(0,)]
    assert arrived(told, crm) == []


def test_a_new_subscriber_of_another_process_is_seen_within_a_moment() -> None:
    now, answers = [100.0], iter([False, True, False])

    def look() -> bool:
        return next(answers)

    audience = Audience(lambda: now[0])
    assert not audience.present(look)
    now[0] += 0.99
    assert not audience.present(look)
    now[0] += 0.01
    assert audience.present(look)
    audience.forget()
    assert not audience.present(look)


def test_dead_letters_come_back_by_command(told: Centre, crm: FarEnd) -> None:
    name = subscribe(told, crm, "interaction.started")
    crm.answers["POST"] = [500]
    told.hire({"id": "ann", "address": ANN})
    a_call(told)
    (failed,) = arrived(told, crm)
    told.later(24 * 3600 + 1)
    assert len(arrived(told, crm)) == 2
    listed = command(told, "webhooks", "list")
    assert "paused: failed for 24 hours, at last: status 500" in listed
    assert "0 to send, 1 given up" in listed
    crm.answers["POST"] = [{}]
    assert "1 delivery is made again" in command(told, "webhooks", "redeliver", failed["id"])
    assert len(arrived(told, crm)) == 2
    command(told, "webhooks", "resume", name)
    assert arrived(told, crm)[2] == failed
    assert "good\t0 to send, 0 given up" in command(told, "webhooks", "list")


def refused(centre: Centre, *words: str) -> str:
    result = centre.house.app.test_cli_runner().invoke(args=["webhooks", *words])
    assert result.exit_code == 1, result.output
    return result.output


def test_the_commands_say_what_they_cannot_do(told: Centre, crm: FarEnd) -> None:
    for word in ("remove", "pause", "resume"):
        assert "there is no subscriber 'none'" in refused(told, word, "none")
    assert "nothing to send again" in refused(told, "redeliver", "none")
    assert "is no event" in refused(told, "add", crm.base, "--events", "call.lost")
    assert "begin with http" in refused(told, "add", "crm.example.com", "--events", "all")
    name = subscribe(told, crm, "call.answered")
    assert f"{name} is paused" in command(told, "webhooks", "pause", name)
    assert "that is not paused" in refused(told, "pause", name)
    assert "paused: paused by hand" in command(told, "webhooks", "list")
    assert f"{name} is removed" in command(told, "webhooks", "remove", name)
    assert command(told, "webhooks", "list") == ""


def test_the_secret_is_alone_on_standard_output(told: Centre, crm: FarEnd) -> None:
    words = ["webhooks", "add", crm.base, "--events", "call.answered"]
    result = told.house.app.test_cli_runner().invoke(args=words)
    assert result.stdout.startswith("whsec_")
    assert len(result.stdout.splitlines()) == 1
    kept: Callable[[str], list[Any]] = told.house.rows
    ((sealed,),) = kept("SELECT sealed FROM lw_subscriptions")
    assert result.stdout.strip().encode() not in bytes(sealed)
