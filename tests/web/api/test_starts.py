"""Another system starts a flow: once per Idempotency-Key, within its limits, all or nothing."""

import json
from datetime import timedelta
from typing import Any

import pytest
import structlog

from tests.store.builders import at_once
from tests.support.installation import Clock
from tests.web.api.client import NOTE, SLOW, Api, fields, problem
from web.house import now

NUMBER = {"number": "+15550123456"}
START = "/flows/note/interactions"


def runs(api: Api) -> int:
    """How many executions there are; what the API keeps of them must say the same."""
    (count,) = api.house.rows("SELECT count(*) FROM lw_executions")[0]
    (kept,) = api.house.rows("SELECT count(*) FROM lw_interactions")[0]
    assert count == kept
    return int(count)


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"api_starts_per_second": 100}


def test_a_flow_is_started_and_walked(every_api: Api) -> None:
    api = every_api
    started = api.started("note", {**NUMBER, "amount": "12"})
    assert set(started) == {"interaction_id", "flow_version_id", "flow_execution_id"}
    found = api.get(f"/interactions/{started['interaction_id']}")
    assert {name: found[name] for name in started} == started
    assert (found["flow"], found["type"], found["outcome"]) == ("note", "api_request", "completed")
    assert (found["status"], found["step"]) == ("ended", "")
    assert [(step["step"], step["exit"]) for step in found["history"]] == [
        ("label", "done"),
        ("bye", ""),
    ]
    assert found["labels"] == [{"name": "amount", "value": 12.0}]


def test_who_started_it_is_kept(every_api: Api) -> None:
    api = every_api
    key = api.new_key("flows:start")
    started = api.started("note", NUMBER, key=key)
    rows = api.house.rows("SELECT id, flow, execution, api_key FROM lw_interactions")
    assert rows == [
        (started["interaction_id"], "note", started["flow_execution_id"], api.key_id(key))
    ]


def test_a_flow_that_waits_goes_on_by_its_timer(every_api: Api, clock: Clock) -> None:
    api = every_api
    started = api.started("slow", NUMBER)
    path = f"/interactions/{started['interaction_id']}"
    found = api.get(path)
    assert (found["status"], found["step"], found["ended"]) == ("waiting", "rest", None)
    (job,) = api.house.jobs("timer")
    clock.ahead = timedelta(hours=1)
    data = {"execution": started["flow_execution_id"], "timer": job.removeprefix("timer-")}
    api.house.job("timer", data)
    assert api.get(path)["status"] == "ended"


def test_the_version_of_the_start_stays(every_api: Api) -> None:
    api = every_api
    before = api.started("slow", NUMBER)
    api.publish(SLOW.replace("1h", "2h"))
    after = api.started("slow", NUMBER)
    assert before["flow_version_id"] != after["flow_version_id"]
    found = api.get(f"/interactions/{before['interaction_id']}")
    assert found["flow_version_id"] == before["flow_version_id"]


@pytest.mark.parametrize(
    ("inputs", "wrong"),
    [
        ({}, {"number": "is required"}),
        ({"number": None}, {"number": "is required"}),
        (
            {"amount": "many", "nummer": "1"},
            {
                "nummer": "note has no such input",
                "number": "is required",
                "amount": "must be an integer",
            },
        ),
    ],
)
def test_wrong_inputs_are_named_all_at_once(api: Api, inputs: Any, wrong: dict[str, str]) -> None:
    assert fields(problem(api.start("note", inputs), 400)) == wrong
    assert runs(api) == 0


@pytest.mark.parametrize("inputs", [[], "text", 7, None])
def test_inputs_are_an_object(api: Api, inputs: Any) -> None:
    body = json.dumps(inputs)
    api.refused(400, "POST", START, data=body, content_type="application/json")
    assert runs(api) == 0


def test_only_a_published_api_request_flow_is_started(api: Api) -> None:
    api.publish(
        "linewalk: 1\nflow: calls\ntype: incoming_call\nstart: a\nsteps:\n  a: {component: end}\n"
    )
    api.house.house.library.archive("slow", 1)
    for flow in ("calls", "slow", "nobody", "%00", "note%20"):
        assert "no published flow" in problem(api.start(flow, NUMBER), 404)["detail"]
    assert runs(api) == 0


def test_a_default_that_does_not_render_starts_nothing(api: Api) -> None:
    variable = 'variables:\n  half: {type: integer, default: "{{ inputs.number }}"}\nstart:'
    api.publish(NOTE.replace("start:", variable, 1))
    told = problem(api.start("note", {"number": "many"}), 400)
    assert "vars.half" in fields(told)[""]
    assert runs(api) == 0


# -- Idempotency-Key (threats-and-faults, fault 16) -------------------------------------------


def start(api: Api, inputs: Any, name: str, flow: str = "note", **more: Any) -> Any:
    return api.start(flow, inputs, headers={"Idempotency-Key": name}, **more)


def test_a_repeated_request_gets_the_same_answer_and_starts_nothing(every_api: Api) -> None:
    api = every_api
    first = start(api, {**NUMBER, "amount": 1}, "order 7")
    again = start(api, {"amount": 1, **NUMBER}, "order 7")
    assert first.status_code == again.status_code == 202
    assert first.data == again.data
    assert runs(api) == 1


def test_another_body_or_flow_under_the_same_key_is_refused(every_api: Api) -> None:
    api = every_api
    first = start(api, NUMBER, "k")
    for body, flow in (({**NUMBER, "amount": 2}, "note"), (NUMBER, "slow")):
        assert "another body" in problem(start(api, body, "k", flow), 422)["detail"]
    assert start(api, NUMBER, "k").data == first.data
    assert runs(api) == 1


def test_each_api_key_has_its_own_names(every_api: Api) -> None:
    api = every_api
    other = api.new_key("flows:start")
    assert start(api, NUMBER, "k").data != start(api, NUMBER, "k", key=other).data
    assert runs(api) == 2


def test_a_name_is_free_again_after_seven_days(every_api: Api, clock: Clock) -> None:
    api = every_api
    first = start(api, NUMBER, "k")
    clock.ahead = timedelta(days=7) - timedelta(minutes=1)
    assert start(api, NUMBER, "k").data == first.data
    clock.ahead = timedelta(days=7, minutes=1)
    assert start(api, {"number": "+15550123457"}, "k").status_code == 202
    assert runs(api) == 2


def test_of_many_equal_requests_at_once_one_starts_a_flow(every_api: Api) -> None:
    api = every_api
    assert api.key
    answers = at_once(8, lambda _: start(api, NUMBER, "k"))
    assert [answer.status_code for answer in answers] == [202] * 8
    assert len({answer.data for answer in answers}) == 1
    assert runs(api) == 1


def test_what_was_refused_may_be_sent_again(api: Api) -> None:
    problem(start(api, {}, "k"), 400)
    assert start(api, NUMBER, "k").status_code == 202


@pytest.mark.parametrize("name", ["a" * 256, " ", "\xe4", "a\tb"])
def test_a_name_that_is_none_is_refused(api: Api, name: str) -> None:
    assert list(fields(problem(start(api, NUMBER, name), 400))) == ["Idempotency-Key"]
    assert runs(api) == 0


def test_the_body_is_not_kept_in_the_open(api: Api) -> None:
    start(api, NUMBER, "k")
    ((fingerprint, body),) = api.house.rows("SELECT fingerprint, body FROM lw_idempotency")
    assert len(fingerprint) == 64
    assert NUMBER["number"] not in bytes(body).decode()


# -- limits (threats-and-faults, threat 21) ---------------------------------------------------


class TestLimits:
    """Two starts within a second, three executions at a time."""

    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {"api_starts_per_second": 2, "api_running_per_key": 3}

    @pytest.fixture
    def clock(self) -> Clock:
        return Clock(fixed=now())

    def test_starts_within_a_second_are_counted(self, every_api: Api, clock: Clock) -> None:
        api = every_api
        assert [api.start("note", NUMBER).status_code for _ in range(3)] == [202, 202, 429]
        answer = api.start("note", NUMBER)
        assert "in a second" in problem(answer, 429)["detail"]
        assert answer.headers["Retry-After"] == "1"
        other = api.new_key("flows:start")
        assert api.start("note", NUMBER, key=other).status_code == 202
        clock.ahead = timedelta(seconds=1)
        assert api.start("note", NUMBER).status_code == 202
        assert runs(api) == 4

    def test_executions_at_a_time_are_counted(self, every_api: Api, clock: Clock) -> None:
        api = every_api
        started = []
        for second in range(3):
            clock.ahead = timedelta(seconds=second)
            started.append(api.started("slow", NUMBER))
        clock.ahead = timedelta(seconds=9)
        answer = api.start("note", NUMBER)
        assert "run already" in problem(answer, 429)["detail"]
        assert answer.headers["Retry-After"] == "5"
        clock.ahead = timedelta(hours=1)
        self.end(api, started[0]["flow_execution_id"])
        assert api.start("slow", NUMBER).status_code == 202
        clock.ahead += timedelta(seconds=1)
        problem(api.start("slow", NUMBER), 429)

    def end(self, api: Api, execution: str) -> None:
        """Let an execution's timer fire."""
        names = [job.removeprefix("timer-") for job in api.house.jobs("timer")]
        (timer,) = [name for name in names if name.startswith(execution)]
        api.house.job("timer", {"execution": execution, "timer": timer})

    def test_many_at_once_do_not_pass_the_limit(self, every_api: Api) -> None:
        api = every_api
        assert api.key
        answers = at_once(8, lambda _: api.start("note", NUMBER))
        assert sorted(answer.status_code for answer in answers) == [202] * 2 + [429] * 6
        assert runs(api) == 2

    def test_a_repeated_request_does_not_count(self, api: Api) -> None:
        for _ in range(5):
            assert start(api, NUMBER, "k").status_code == 202

    def test_a_wrong_request_does_not_count(self, api: Api) -> None:
        for _ in range(5):
            problem(api.start("note", {}), 400)
        assert api.start("note", NUMBER).status_code == 202


def test_what_was_sent_is_not_logged(api: Api) -> None:
    with structlog.testing.capture_logs() as logs:
        start(api, NUMBER, "k")
        api.start("note", {"number": "+15550199999", "secret-name": 1})
    logged = json.dumps(logs)
    assert "flow started" in logged
    for word in ("+1555", "5550123456", "secret-name", api.key):
        assert word not in logged
