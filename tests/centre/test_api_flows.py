"""Another system asks for a call: notification, dial and forward; from HTTP to the telephone."""

from pathlib import Path
from typing import Any

import pytest

from tests.centre.centre import Centre
from tests.standin.leg import Leg

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ADA, OFFICE = "+15550101234", "+15550105678"
NOTICE = {"number": ADA, "name": "Ada", "parcel": "4711", "day": "2026-12-01"}


@pytest.fixture
def key(centre: Centre) -> str:
    """An API key that may start flows and read."""
    for name in ("delivery-notice", "dial-and-forward"):
        centre.house.publish(EXAMPLES / f"{name}.yaml")
    words = ["keys", "create", "crm", "--scopes", "flows:start,read"]
    result = centre.house.app.test_cli_runner().invoke(args=words)
    assert result.exit_code == 0, result.output
    return result.output.splitlines()[-1]


def start(centre: Centre, key: str, flow: str, inputs: dict[str, Any], **more: str) -> Any:
    """Start a flow by the API; the answer."""
    headers = {"Authorization": f"Bearer {key}", **more}
    path = f"/api/v1/flows/{flow}/interactions"
    return centre.house.app.test_client().post(path, json=inputs, headers=headers)


def stands(centre: Centre, key: str, interaction: str) -> Any:
    """What the API says of an interaction."""
    headers = {"Authorization": f"Bearer {key}"}
    path = f"/api/v1/interactions/{interaction}"
    return centre.house.app.test_client().get(path, headers=headers).json


def called(centre: Centre, key: str, **more: str) -> tuple[Leg, str]:
    """Ask for the notice; the leg that rings, and the interaction."""
    answer = start(centre, key, "delivery-notice", NOTICE, **more)
    assert answer.status_code == 202, answer.data
    return centre.carrier.leg_to(ADA), answer.json["interaction_id"]


def test_a_notice_is_said_and_a_key_taken(centre: Centre, key: str) -> None:
    leg, interaction = called(centre, key)
    leg.answer("human")
    leg.press("1")
    centre.carrier.until(lambda: leg.over)
    assert "Hello Ada." in leg.said()
    assert leg.said().endswith("We will be there.")
    centre.carrier.settle()
    found = stands(centre, key, interaction)
    assert (found["status"], found["outcome"]) == ("ended", "completed")
    assert [step["exit"] for step in found["history"]][:3] == ["answered", "at-home", "done"]


@pytest.mark.parametrize(
    ("act", "exit_"), [("busy", "busy"), ("no_answer", "no_answer"), ("fail", "failed")]
)
def test_who_is_not_reached_is_reported(centre: Centre, key: str, act: str, exit_: str) -> None:
    leg, interaction = called(centre, key)
    getattr(leg, act)()
    centre.carrier.until(lambda: stands(centre, key, interaction)["status"] == "ended")
    history = stands(centre, key, interaction)["history"]
    assert [step["exit"] for step in history] == [exit_, "done", ""]
    assert len(centre.carrier.legs_to(ADA)) == 1


def test_a_machine_is_told_in_short(centre: Centre, key: str) -> None:
    leg, _ = called(centre, key)
    leg.answer("machine")
    centre.carrier.until(lambda: leg.over)
    assert leg.said().startswith("Parcel 4711 comes on Tuesday")


def test_the_same_request_twice_is_one_call(centre: Centre, key: str) -> None:
    leg, first = called(centre, key, **{"Idempotency-Key": "order-4711"})
    again = start(centre, key, "delivery-notice", NOTICE, **{"Idempotency-Key": "order-4711"})
    assert (again.status_code, again.json["interaction_id"]) == (202, first)
    leg.hang_up()
    centre.carrier.until(lambda: stands(centre, key, first)["status"] == "ended")
    assert len(centre.carrier.legs_to(ADA)) == 1


def test_the_call_is_placed_once_whatever_the_carrier_answers(
    centre: Centre, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runner.legs.LOOKED_FOR", (0.2, 0.5, 1.0))
    centre.carrier.fail_next("POST", r"/Calls\.json$", status=429, code=20429)
    centre.carrier.act_then_time_out()
    leg, _ = called(centre, key)
    leg.answer()
    leg.press("2")
    centre.carrier.until(lambda: leg.over)
    assert leg.said().endswith("write to you.")
    assert len(centre.carrier.legs_to(ADA)) == 1


def test_a_person_is_put_through_to_an_external_telephone(centre: Centre, key: str) -> None:
    inputs = {"number": ADA, "forward_to": OFFICE}
    answer = start(centre, key, "dial-and-forward", inputs)
    leg = centre.carrier.leg_to(ADA)
    leg.answer()
    leg.press("1")
    office = centre.carrier.leg_to(OFFICE)
    office.answer()
    centre.carrier.until(lambda: leg.hears(office))
    office.hang_up()
    centre.carrier.until(lambda: leg.over)
    assert leg.said().endswith("Goodbye.")
    found = stands(centre, key, answer.json["interaction_id"])
    assert [step["exit"] for step in found["history"]][:3] == ["answered", "yes", "finished"]


def test_who_hangs_up_in_the_middle_ends_the_walk(centre: Centre, key: str) -> None:
    leg, interaction = called(centre, key)
    leg.answer()
    centre.carrier.until(lambda: leg.verb == "Gather")
    leg.hang_up()
    centre.carrier.until(lambda: stands(centre, key, interaction)["status"] == "ended")
    assert stands(centre, key, interaction)["outcome"] == "hung_up"
