"""Agents by API: hired, set available, rung; what is noted after a call; queues as they stand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.centre.centre import ANN, BOB, Centre, centre_on
from tests.web.api.client import Api, fields

ADA = "+15550123456"
BODY = {"name": "Ann", "address": ANN, "ring_groups": ["support"], "attributes": {"french": 80}}


@pytest.fixture
def api(centre: Centre) -> Api:
    """The API of a contact centre without agents."""
    return Api(centre.house)


def hire(api: Api, agent: str = "ann", **given: object) -> None:
    api.done("PUT", "/ring-groups/support", {"title": "Support"})
    api.done("PUT", f"/agents/{agent}", {**BODY, **given})


def test_who_is_hired_by_api_and_set_available_is_rung(centre: Centre, api: Api) -> None:
    hire(api)
    assert api.get("/agents/ann")["presence"] == "offline"
    caller = centre.call()
    centre.carrier.until(lambda: caller.verb == "Enqueue")
    assert centre.carrier.legs_to(ANN) == []
    told = api.done("PUT", "/agents/ann/presence", {"presence": "available"})
    assert (told["presence"], told["then"]) == ("available", "available")
    agent = centre.carrier.leg_to(ANN)
    assert api.get("/agents/ann")["is_rung"] is True
    agent.answer()
    agent.press("1")
    centre.carrier.until(lambda: caller.verb == "Conference")
    (call,) = api.items("/calls")
    assert (call["agent"], call["state"], call["queue"]) == ("ann", "active", "support")
    assert (call["number"], call["direction"]) == (ADA, "inbound")
    assert (call["contact_call"], call["agent_call"]) == (caller.sid, agent.sid)
    seen = api.get("/agents/ann")
    assert (seen["presence"], seen["call_id"], seen["is_rung"]) == ("busy", call["call_id"], False)
    agent.hang_up()
    caller.press("5")
    centre.carrier.until(lambda: caller.over)
    centre.carrier.until(lambda: api.get(f"/calls/{call['call_id']}")["state"] == "ended")
    assert api.get(f"/calls/{call['call_id']}")["ended_by"] == "finished"
    assert api.get("/agents/ann")["call_id"] == ""


def test_an_agent_is_read_changed_and_removed(api: Api) -> None:
    hire(api, presence="away")
    hire(api, "bob", address="sip:bob@pbx.example.com", ring_groups=[])
    assert [agent["id"] for agent in api.items("/agents?limit=1")] == ["ann", "bob"]
    assert [agent["id"] for agent in api.items("/agents?ring_group=support")] == ["ann"]
    assert [agent["id"] for agent in api.items("/agents?presence=offline")] == ["bob"]
    changed = api.done("PATCH", "/agents/ann", {"name": "Ann Lee", "attributes": {}})
    assert (changed["name"], changed["attributes"]) == ("Ann Lee", {})
    assert (changed["address"], changed["ring_groups"]) == (ANN, ["support"])
    assert changed["presence"] == "away"
    api.done("DELETE", "/agents/bob", status=204)
    api.refused(404, "GET", "/agents/bob")
    api.refused(404, "DELETE", "/agents/bob")
    api.refused(404, "PATCH", "/agents/bob", json={"name": "B"})
    api.refused(404, "PUT", "/agents/bob/presence", json={"presence": "away"})
    actions = api.house.rows("SELECT action, subject FROM lw_audit ORDER BY id")
    assert actions[-2:] == [("agents.change", "ann"), ("agents.delete", "bob")]


@pytest.mark.parametrize(
    ("change", "status", "field", "message"),
    [
        ({"address": "12"}, 400, "address", "write a number as"),
        ({"address": "+1555"}, 400, "address", "not a possible number"),
        ({"address": BOB}, 409, "address", "another agent has this address"),
        ({"ring_groups": ["support", "sales"]}, 400, "ring_groups.1", "no ring group 'sales'"),
        ({"attributes": {"french": 101}}, 400, "attributes.french", "less than or equal to 100"),
        ({"presence": "wrap_up"}, 400, "presence", "'available'"),
        ({"nick": "A"}, 400, "nick", "not permitted"),
    ],
)
def test_what_is_wrong_with_an_agent_is_named(
    api: Api, change: dict[str, object], status: int, field: str, message: str
) -> None:
    hire(api, "bob", address=BOB)
    hire(api)
    for method, body in (("PUT", BODY | change), ("PATCH", change)):
        told = fields(api.refused(status, method, "/agents/ann", json=body))
        assert message in told[field], told
    assert api.get("/agents/ann")["address"] == ANN
    api.refused(400, "PUT", "/agents/an%20n", json=BODY)


def test_an_agent_in_a_conversation_stays(centre: Centre, api: Api) -> None:
    hire(api, presence="available")
    caller = centre.call()
    agent = centre.joined(caller, ANN)
    assert "in a conversation" in api.refused(409, "DELETE", "/agents/ann")["detail"]
    told = api.done("PUT", "/agents/ann/presence", {"presence": "offline"})
    assert (told["presence"], told["then"]) == ("busy", "offline")
    api.done("PUT", "/agents/ann", {**BODY, "name": "Ann Lee"})
    assert caller.verb == "Conference"
    agent.hang_up()
    centre.carrier.until(lambda: api.get("/agents/ann")["presence"] == "offline")


def test_a_ring_group_goes_when_nobody_is_in_it(api: Api) -> None:
    hire(api)
    api.done("PUT", "/ring-groups/sales", {})
    assert api.items("/ring-groups") == [
        {"id": "sales", "title": "sales", "agents": []},
        {"id": "support", "title": "Support", "agents": ["ann"]},
    ]
    assert "ann" in api.refused(409, "DELETE", "/ring-groups/support")["detail"]
    api.done("PATCH", "/agents/ann", {"ring_groups": ["sales"]})
    api.done("DELETE", "/ring-groups/support", status=204)
    api.refused(404, "GET", "/ring-groups/support")
    api.refused(404, "DELETE", "/ring-groups/support")
    api.refused(400, "PUT", "/ring-groups/-", json={})


def test_queues_say_who_waits_and_how_today_went(centre: Centre, api: Api) -> None:
    hire(api, presence="available")
    served = centre.call()
    centre.joined(served, ANN).hang_up()
    served.press("5")
    centre.carrier.until(lambda: served.over)
    api.done("PUT", "/agents/ann/presence", {"presence": "away"})
    for _ in range(2):
        caller = centre.call()
        centre.carrier.until(lambda: caller.verb == "Enqueue")  # noqa: B023  called at once
    gone = centre.call()
    centre.carrier.until(lambda: gone.verb == "Enqueue")
    gone.hang_up()
    centre.carrier.until(lambda: centre.state()["waiting"] == 2)
    centre.carrier.until(lambda: "abandoned" in centre.outcomes())
    (queue,) = api.items("/queues")
    agents = {"available": 0, "away": 1, "busy": 0, "offline": 0, "wrap_up": 0}
    assert (queue["queue"], queue["title"], queue["waiting"]) == ("support", "Support", 2)
    assert (queue["agents"], queue["estimated_wait_seconds"]) == (agents, None)
    today = queue["today"]
    assert (today["served"], today["abandoned"], today["left"]) == (1, 1, 0)
    assert 0 <= today["average_wait_seconds"] <= 5
    whole = api.get("/queues/support")
    assert {name: whole[name] for name in queue} == {**queue, **_waits(whole)}
    assert [(one["position"], one["number"]) for one in whole["contacts"]] == [(1, ADA), (2, ADA)]
    only_calls = api.get("/queues/support", key=api.new_key("calls:create"))
    assert [one["number"] for one in only_calls["contacts"]] == [None, None]
    assert api.get(f"/interactions/{whole['contacts'][0]['interaction_id']}")["flow"] == "support"
    api.refused(404, "GET", "/queues/sales")


def _waits(queue: dict[str, object]) -> dict[str, object]:
    return {"longest_wait_seconds": queue["longest_wait_seconds"]}


@pytest.fixture
def resting(ready_url: str, tmp_path: Path) -> Iterator[Centre]:
    """A contact centre with a minute of after-call work and two dispositions."""
    given = {"after_call_work": 60, "dispositions": ("solved", "call again")}
    with centre_on(ready_url, tmp_path, **given) as made:
        yield made


def after_a_call(centre: Centre, api: Api) -> str:
    """Let the agent end a conversation; its id."""
    caller = centre.call()
    agent = centre.joined(caller, ANN)
    (call, *_) = api.items("/calls?state=active")
    agent.hang_up()
    caller.hang_up()
    centre.carrier.until(lambda: api.get("/agents/ann")["presence"] == "wrap_up")
    return str(call["call_id"])


def test_after_call_work_ends_by_its_time_or_by_choice(resting: Centre) -> None:
    centre, api = resting, Api(resting.house)
    hire(api, presence="available")
    after_a_call(centre, api)
    seen = api.get("/agents/ann")
    assert (seen["then"], seen["call_id"]) == ("available", "")
    assert seen["wrap_up_until"] is not None
    other = centre.call()
    centre.carrier.until(lambda: other.verb == "Enqueue")
    centre.later(50)
    assert len(centre.carrier.legs_to(ANN)) == 1
    centre.later(11)
    centre.joined(other, ANN).hang_up()
    other.hang_up()
    centre.carrier.until(lambda: api.get("/agents/ann")["presence"] == "wrap_up")
    third = centre.call()
    centre.carrier.until(lambda: third.verb == "Enqueue")
    assert api.get("/queues/support")["agents"]["wrap_up"] == 1
    api.done("PUT", "/agents/ann/presence", {"presence": "available"})
    centre.joined(third, ANN)


def test_notes_and_disposition_are_kept_with_the_conversation(resting: Centre) -> None:
    centre, api = resting, Api(resting.house)
    hire(api, presence="available")
    call = after_a_call(centre, api)
    path = f"/calls/{call}/wrap-up"
    assert api.get(f"/calls/{call}")["wrap_up"] == {"notes": "", "disposition": "", "at": None}
    told = fields(api.refused(400, "PUT", path, json={"disposition": "lost"}))
    assert told == {"disposition": "choose one of solved, call again"}
    api.refused(400, "PUT", path, json={"notes": "x" * 4001})
    api.refused(404, "PUT", "/calls/nobody/wrap-up", json={})
    api.done("PUT", path, {"notes": "a first thought"})
    kept = api.done("PUT", path, {"notes": "Wants it in red.", "disposition": " call  again "})
    assert (kept["notes"], kept["disposition"]) == ("Wants it in red.", "call again")
    (listed,) = api.items("/calls?agent=ann")
    assert listed["wrap_up"] == api.get(f"/calls/{call}")["wrap_up"] == kept
    assert api.items("/calls?agent=bob") == []
    assert api.get("/agents/ann")["presence"] == "wrap_up"
