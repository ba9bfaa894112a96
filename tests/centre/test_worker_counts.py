"""What the worker refuses is in the figures of the server: the real processes, side by side."""

import urllib.request

import pytest

from tests.centre.centre import Centre
from tests.centre.test_api_flows import key as _key
from tests.centre.test_outbound import asked, flask
from tests.support.processes import Programs
from tests.support.servers import beside
from tests.support.waiting import wait_until

key = _key
REFUSED = b'linewalk_calls_refused_total{reason="kill_switch"} 1.0'


@pytest.mark.timeout(120)
def test_metrics_count_what_the_worker_refuses(
    centre: Centre, key: str, fork_program: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call was ordered by a process that died; the worker finds it, and calls are stopped."""
    monkeypatch.setattr("runner.orders.Orders.begin", lambda self, noted: None)
    asked(centre, key)
    flask(centre, "stop")
    with centre.house.house.store.work() as work:
        (item,) = centre.house.rows("SELECT id FROM lw_outbox WHERE kind = 'PlaceCall'")[0]
        work.postpone(item, centre.clock())
    servers = beside(centre.house, fork_program)
    servers.start()

    def figures() -> bytes:
        with urllib.request.urlopen(f"{servers.base}/metrics", timeout=5) as answer:
            return bytes(answer.read())

    wait_until(lambda: REFUSED in figures(), 40, what="the worker's refusal")
    assert centre.house.rows("SELECT reason FROM lw_refusals") == [("kill_switch",)]
    assert servers.web is not None
    servers.web.kill()
    servers.start()
    assert REFUSED in figures(), "the worker lives on, and so does what it counted"
