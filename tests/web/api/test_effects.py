"""A flow that an API request started asks other systems, at once and after a crash."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.far_end import FarEnd, far_end
from tests.support.installation import Clock, installation
from tests.support.waiting import wait_until
from tests.web.api.client import Api

ASK = """linewalk: 1
flow: ask
type: api_request
inputs: {account: {type: integer, required: true}}
start: look
steps:
  look:
    component: http_request
    url: "BASE/accounts/{{ inputs.account }}"
    exits: {success: told, failed: bye, timeout: bye, refused: bye}
  told:
    component: report
    outcome: "{{ steps.look.json.name }} by {{ channel.type }}"
    exits: {done: bye}
  bye:
    component: end
"""


@pytest.fixture
def crm() -> Iterator[FarEnd]:
    answers: dict[str, list[object]] = {r"GET /accounts/7 ": [{"name": "Ada"}]}
    with far_end(answers) as end:
        yield end


@pytest.fixture
def asking(ready_url: str, tmp_path: Path, clock: Clock, crm: FarEnd) -> Iterator[Api]:
    with installation(ready_url, tmp_path, clock, egress_allow=crm.host) as made:
        api = Api(made)
        api.publish(ASK.replace("BASE", crm.base))
        yield api


def labels(api: Api, started: dict[str, str]) -> Any:
    found = api.get(f"/interactions/{started['interaction_id']}")
    return found["labels"] if found["status"] == "ended" else None


TOLD = [{"name": "outcome", "value": "Ada by api"}]


def test_the_answer_does_not_wait_and_the_flow_goes_on(asking: Api, crm: FarEnd) -> None:
    started = asking.started("ask", {"account": 7})
    wait_until(lambda: labels(asking, started) == TOLD, 10, what="the flow's end")
    assert len(crm.asked()) == 1


def test_the_worker_takes_over_what_a_dead_process_left(
    asking: Api, crm: FarEnd, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runner.effects.Effects.begin", lambda *_: None)
    started = asking.started("ask", {"account": 7})
    assert labels(asking, started) is None
    clock.ahead = timedelta(minutes=5)
    asking.house.schedule("sweep")
    assert labels(asking, started) == TOLD
    assert len(crm.asked()) == 1
