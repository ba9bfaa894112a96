"""An agent's call by API: from HTTP to the two telephones, once per key, with every refusal."""

from pathlib import Path
from typing import Any

import pytest

from tests.centre.centre import ANN, Centre
from tests.standin.leg import Leg
from tests.store.builders import at_once
from tests.web.api.client import Api, fields, problem

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ADA = "+15550101234"
CALL = {"agent": "ann", "to": ADA}
ONCE = {"Idempotency-Key": "click-7"}


@pytest.fixture
def api(centre: Centre) -> Api:
    """The API of a contact centre with one agent and the example flows."""
    for name in ("direct-call", "consented-call"):
        centre.house.publish(EXAMPLES / f"{name}.yaml")
    centre.hire({"id": "ann", "address": ANN})
    return Api(centre.house)


def place(api: Api, body: dict[str, Any] | None = None, **more: Any) -> Any:
    return api.send("POST", "/calls", json=body or CALL, **more)


def both(centre: Centre) -> tuple[Leg, Leg]:
    """The agent picks up, and the contact's telephone rings."""
    agent = centre.carrier.leg_to(ANN)
    agent.answer()
    return agent, centre.carrier.leg_to(ADA)


def runs(api: Api) -> int:
    (count,) = api.house.rows("SELECT count(*) FROM lw_executions")[0]
    return int(count)


def test_a_call_is_placed_and_told_from_its_begin_to_its_end(centre: Centre, api: Api) -> None:
    key = api.new_key("calls:create")
    answer = place(api, key=key)
    assert answer.status_code == 202, answer.text
    placed = answer.get_json()
    assert set(placed) == {"interaction_id", "flow_version_id", "flow_execution_id", "call_id"}
    path = f"/calls/{placed['call_id']}"
    assert api.get(path)["state"] == "calling"
    agent, contact = both(centre)
    assert [one["call_id"] for one in api.items("/calls?state=calling")] == [placed["call_id"]]
    assert api.items("/calls?state=active") == []
    contact.answer()
    centre.carrier.until(lambda: contact.hears(agent))
    call = api.get(path)
    assert (call["state"], call["direction"], call["number"]) == ("active", "outbound", ADA)
    assert (call["contact_call"], call["agent_call"]) == (contact.sid, agent.sid)
    assert (call["flow"], call["queue"], call["wait_seconds"]) == ("direct-call", "", None)
    assert [one["call_id"] for one in api.items("/calls?state=active")] == [placed["call_id"]]
    agent.hang_up()
    centre.carrier.until(lambda: api.get(path)["state"] == "ended")
    told = api.get(f"/interactions/{placed['interaction_id']}", key=key)
    assert told["flow_execution_id"] == call["flow_execution_id"] == placed["flow_execution_id"]
    kept = api.house.rows("SELECT id, flow, api_key FROM lw_interactions")
    assert kept == [(placed["interaction_id"], "direct-call", api.key_id(key))]


def test_the_same_request_again_is_the_same_call(centre: Centre, api: Api) -> None:
    first = place(api, headers=ONCE)
    again = place(api, headers=ONCE)
    assert (again.status_code, again.get_json()) == (202, first.get_json())
    both(centre)[0].hang_up()
    centre.carrier.until(lambda: api.get("/agents/ann")["presence"] == "available")
    assert place(api, headers=ONCE).get_json() == first.get_json()
    assert (runs(api), len(centre.carrier.legs_to(ANN))) == (1, 1)


def test_equal_requests_at_once_are_one_call(centre: Centre, api: Api) -> None:
    answers = at_once(4, lambda _: place(api, headers=ONCE, key=api.key))
    assert {answer.status_code for answer in answers} == {202}, answers
    assert len({answer.text for answer in answers}) == 1
    assert runs(api) == 1
    centre.carrier.leg_to(ANN)


def test_another_body_under_the_same_key_is_refused(centre: Centre, api: Api) -> None:
    place(api, headers=ONCE)
    both(centre)
    for body in ({**CALL, "to": "+15550101235"}, {**CALL, "flow": "consented-call"}):
        told = problem(place(api, body, headers=ONCE), 422)
        assert "used with another body" in told["detail"]
        assert "errors" not in told
    start = api.send("POST", "/flows/direct-call/interactions", json={}, headers=ONCE)
    problem(start, 422)
    assert runs(api) == 1


def test_what_was_refused_may_be_sent_again(centre: Centre, api: Api) -> None:
    centre.staff.remove("ann")
    problem(place(api, headers=ONCE), 422)
    centre.hire({"id": "ann", "address": ANN})
    assert place(api, headers=ONCE).status_code == 202
    assert both(centre)[0].verb == "Conference"


@pytest.mark.parametrize(
    ("change", "status", "field", "message"),
    [
        ({"agent": "zoe"}, 422, "agent", "no agent 'zoe'"),
        ({"flow": "support"}, 422, "flow", "no published outgoing_call flow 'support'"),
        ({"flow": "nothing"}, 422, "flow", "no published outgoing_call flow 'nothing'"),
        ({"to": "+1555"}, 422, "to", "not a possible number"),
        ({"to": "911"}, 422, "to", "emergency"),
        ({"to": "+37127777777"}, 422, "to", "not listed"),
        ({"from": "+15550109999"}, 422, "from", "not a number of ours"),
        ({"to": ""}, 400, "to", "at least 1 character"),
        ({"form": "x"}, 400, "form", "not permitted"),
    ],
)
def test_who_cannot_be_called_is_named(
    api: Api, change: dict[str, str], status: int, field: str, message: str
) -> None:
    told = fields(problem(place(api, {**CALL, **change}), status))
    assert message in told[field]
    assert runs(api) == 0
    assert api.get("/agents/ann")["presence"] == "available"


def test_an_agent_calls_one_at_a_time(centre: Centre, api: Api) -> None:
    place(api)
    told = fields(problem(place(api), 409))
    assert "serves somebody" in told["agent"]
    both(centre)[0].hang_up()
    centre.carrier.until(lambda: api.get("/agents/ann")["presence"] == "available")
    centre.call()
    centre.carrier.until(lambda: api.get("/agents/ann")["is_rung"])
    centre.carrier.leg_to(ANN)
    assert "is being rung" in fields(problem(place(api), 409))["agent"]


def test_a_recorded_call_lists_its_recording(centre: Centre, api: Api) -> None:
    placed = place(api, {**CALL, "flow": "consented-call"}).get_json()
    agent, contact = both(centre)
    contact.answer()
    contact.press("1")
    centre.carrier.until(lambda: contact.hears(agent))
    agent.hang_up()
    centre.carrier.until(lambda: contact.over)
    path = f"/calls/{placed['call_id']}"
    centre.carrier.until(lambda: api.get(path)["recordings"])
    (recording,) = api.get(path)["recordings"]
    assert recording["flow_execution_id"] == placed["flow_execution_id"]
