"""Events reach their subscribers: signed, in order, again when they fail, and in the end not."""

import hmac
import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.parser import Parser
from hashlib import sha256

import pytest
from structlog.testing import capture_logs

from desk.subscriptions import MOST_SUBSCRIBERS, pause_after
from runner.courier import LEASE
from runner.errors import RunnerError
from runner.signature import sign
from tests.runner.post import Post, post_office
from tests.support.egress_server import reply, serve
from tests.support.network import free_port
from tests.support.waiting import wait_until

GOOD: dict[str, list[object]] = {"POST": [{}]}


@pytest.fixture
def post() -> Iterator[Post]:
    with post_office(dict(GOOD)) as made:
        yield made


def test_what_is_sent_is_signed_and_numbered(post: Post) -> None:
    subscription, secret = post.subscribe()
    post.started()
    post.courier.work_off()
    (request,) = post.end.asked()
    head, _, body = request.partition("\r\n\r\n")
    first, _, rest = head.partition("\r\n")
    headers = Parser().parsestr(rest)
    assert first == "POST /hook HTTP/1.1"
    assert headers["Content-Type"] == "application/json"
    assert headers["Linewalk-Event"] == "interaction.started"
    assert headers["Linewalk-Order"] == "1"
    (told,) = post.arrived()
    assert headers["Linewalk-Event-Id"] == told["id"]
    assert headers["Linewalk-Timestamp"] == str(round(post.clock().timestamp()))
    signed = f"{headers['Linewalk-Timestamp']}.{body}".encode()
    wanted = hmac.new(secret.encode(), signed, sha256).hexdigest()
    assert headers["Linewalk-Signature"] == f"v1={wanted}"
    assert subscription.sealed.find(secret.encode()) == -1
    assert secret not in request


def test_the_signature_covers_time_body_and_secret() -> None:
    right = sign("whsec_a", 1_893_456_000, b'{"id":"1"}')
    assert re.fullmatch(r"v1=[0-9a-f]{64}", right)
    others = {
        sign("whsec_b", 1_893_456_000, b'{"id":"1"}'),
        sign("whsec_a", 1_893_456_001, b'{"id":"1"}'),
        sign("whsec_a", 1_893_456_000, b'{"id":"2"}'),
    }
    assert len(others | {right}) == 4


def test_what_fails_comes_again_later_with_the_same_id_and_body(post: Post) -> None:
    post.end.answers["POST"] = [500, 503, 404, {}]
    post.subscribe()
    post.started()
    for pause in (0, 5, 10, 20):
        post.later(seconds=pause)
    assert len(post.arrived()) == 4
    assert len({told["id"] for told in post.arrived()}) == 1
    assert len({request.partition("\r\n\r\n")[2] for request in post.end.asked()}) == 1
    assert post.states() == [("e1", 1, "done", 4)]
    post.later(days=1)
    assert len(post.arrived()) == 4


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_any_2xx_is_enough(post: Post, status: int) -> None:
    post.end.answers["POST"] = [status]
    post.subscribe()
    post.started()
    post.courier.work_off()
    assert post.states() == [("e1", 1, "done", 1)]


def test_a_pause_doubles_to_an_hour_and_is_never_the_same() -> None:
    middle = [pause_after(tries, 0.5).total_seconds() for tries in (1, 2, 3, 11, 12, 1000)]
    assert middle == [5, 10, 20, 3600, 3600, 3600]
    assert pause_after(1, 0).total_seconds() == pytest.approx(4)
    assert pause_after(1, 1).total_seconds() == pytest.approx(6)


def test_a_redirect_is_a_failure_and_is_not_followed(post: Post) -> None:
    def redirect(sock: socket.socket, _request: str) -> None:
        sock.sendall(reply(b"", "307 Temporary Redirect", (f"Location: {post.end.base}/other",)))

    with serve(redirect) as server:
        post.allow = (f"127.0.0.1:{server.port}", post.end.host)
        post.courier = post.another()
        post.webhooks.add(f"http://127.0.0.1:{server.port}/hook", ["interaction.started"])
        post.started()
        post.courier.work_off()
        assert len(server.requests) == 1
    assert post.end.asked() == []
    assert post.states() == [("e1", 1, "ready", 1)]
    assert {row.reason for row in post.store.deliveries._lines.values()} == {"status 307"}


def test_who_does_not_answer_in_time_has_failed(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runner.courier.TIMEOUT", 0.2)
    post.subscribe()
    post.started()
    post.end.gate.clear()
    post.courier.work_off()
    assert post.states() == [("e1", 1, "ready", 1)]
    post.end.gate.set()
    post.later(seconds=5)
    assert post.states() == [("e1", 1, "done", 2)]


def test_who_is_not_there_has_failed(post: Post) -> None:
    port = free_port()
    post.allow = (f"127.0.0.1:{port}",)
    post.courier = post.another()
    subscription, _ = post.webhooks.add(f"http://127.0.0.1:{port}/", ["interaction.started"])
    post.started()
    post.courier.work_off()
    assert post.states() == [("e1", 1, "ready", 1)]
    assert post.known(subscription).failures == 1


def test_a_private_address_needs_the_operators_leave() -> None:
    with post_office(dict(GOOD), ("crm.example.com",)) as post:
        post.subscribe()
        post.started()
        with capture_logs() as logs:
            post.courier.work_off()
        assert post.end.asked() == []
        assert post.states() == [("e1", 1, "ready", 1)]
        (line,) = logs
        assert "EGRESS_ALLOW" in line["reason"]


def test_the_next_of_an_interaction_waits_and_others_do_not(post: Post) -> None:
    post.end.answers = {r"POST(?s:.)*\"e1\"": [500, {}], "POST": [{}]}
    post.subscribe()
    post.started("e1", "e2")
    post.ended("e1")
    post.ended("e2")
    for _ in range(3):  # a lane that fails ends, so the others may need another round
        post.courier.work_off()
    told = [(each["interaction_id"], each["order"]) for each in post.arrived()]
    assert sorted(told) == [("e1", 1), ("e2", 1), ("e2", 2)]
    post.later(seconds=5)
    told = [(each["interaction_id"], each["order"]) for each in post.arrived()]
    assert told[3:] == [("e1", 1), ("e1", 2)]


def test_a_slow_subscriber_holds_up_nobody_else(post: Post) -> None:
    post.end.gated = "POST /slow"
    post.end.gate.clear()
    post.subscribe("/slow")
    post.subscribe("/quick")
    post.started(*(f"e{number}" for number in range(8)))
    lanes = post.courier.round()
    wait_until(lambda: len(post.end.asked("POST /quick")) == 8, 10)
    wait_until(lambda: len(post.end.asked("POST /slow")) == 4, 10)
    assert post.courier.round() == []  # its lanes are taken, and the other has everything
    post.end.gate.set()
    for lane in lanes:
        lane.result(20)
    assert len(post.end.asked("POST /slow")) == 8


def test_after_a_day_an_event_is_given_up_and_the_next_goes(post: Post) -> None:
    post.end.answers = {r"POST(?s:.)*\.started(?s:.)*\"e1\"": [500], "POST": [{}]}
    subscription, _ = post.subscribe()
    post.started()
    post.ended()
    post.courier.work_off()
    post.later(hours=23)
    assert post.states() == [("e1", 1, "ready", 2), ("e1", 2, "waiting", 0)]
    post.started("other")
    post.ended("other")
    post.later(seconds=1)
    with capture_logs() as logs:
        post.later(hours=1)
    post.courier.work_off()  # the lane that failed has ended
    assert [line["event"] for line in logs if line["log_level"] == "error"][:1] == [
        "webhook given up"
    ]
    assert ("e1", 1, "dead", 3) in post.states()
    assert [told["event"] for told in post.arrived() if told["interaction_id"] == "e1"][-1] == (
        "interaction.ended"
    )
    assert post.known(subscription).paused is None
    post.end.answers = dict(GOOD)
    assert post.webhooks.redeliver(subscription.id) == 1
    post.courier.work_off()
    assert ("e1", 1, "done", 1) in post.states()
    assert post.arrived()[0] == post.arrived()[-1]


def test_who_fails_for_a_day_is_paused_and_loses_nothing(post: Post) -> None:
    post.end.answers["POST"] = [500]
    subscription, _ = post.subscribe()
    post.started()
    post.courier.work_off()
    for hour in range(1, 24):
        post.started(f"at-{hour}")
        post.later(hours=1)
    assert post.known(subscription).paused is None
    with capture_logs() as logs:
        post.later(hours=1)
    assert "subscriber paused" in [line["event"] for line in logs]
    paused = post.known(subscription)
    assert paused.reason == "failed for 24 hours, at last: status 500"
    before = len(post.end.asked())
    post.started("late")
    post.later(hours=2)
    assert len(post.end.asked()) == before
    post.end.answers["POST"] = [{}]
    post.webhooks.resume(subscription.id)
    post.courier.work_off()
    assert {row[2] for row in post.states()} <= {"done", "dead"}
    assert ("late", 1, "done", 1) in post.states()
    assert post.known(subscription).failures == 0


def test_a_success_ends_a_row_of_failures(post: Post) -> None:
    post.end.answers["POST"] = [500, {}]
    subscription, _ = post.subscribe()
    post.started()
    post.courier.work_off()
    assert post.known(subscription).failures == 1
    post.later(seconds=5)
    assert post.known(subscription).failures == 0


def test_a_worker_that_died_after_sending_has_sent_once_too_often(post: Post) -> None:
    post.subscribe()
    post.started()
    now = post.clock()
    (name,) = post.store.deliveries.due(now)
    parcel = post.store.deliveries.claim(name, now, now + LEASE, now + timedelta(days=1))
    assert parcel is not None
    post.courier._sender.send(post.courier._request(parcel))  # and there the process was killed
    other = post.another()
    other.work_off()
    assert len(post.arrived()) == 1
    post.clock.ahead += LEASE
    other.work_off()
    first, second = post.arrived()
    assert first == second
    assert post.states() == [("e1", 1, "done", 2)]


def test_a_secret_that_cannot_be_read_stops_one_subscriber_only(post: Post) -> None:
    post.subscribe("/good")
    broken, _ = post.subscribe("/broken")
    post.store.subscriptions._found[broken.id] = replace(broken, sealed=b"x" * 40)
    post.started()
    with capture_logs() as logs:
        post.courier.work_off()
    assert len(post.arrived("POST /good")) == 1
    assert [line["event"] for line in logs] == ["webhook not sent"]


def test_no_log_line_holds_an_address_or_what_was_said(post: Post) -> None:
    post.end.answers["POST"] = [500]
    post.subscribe("/hook?token=hush")
    post.started()
    with capture_logs() as logs:
        post.courier.work_off()
    assert logs
    assert "hush" not in str(logs)
    assert "+1555" not in str(logs)


def test_nothing_more_is_begun_after_the_end(post: Post) -> None:
    post.subscribe()
    post.started()
    post.courier.close()
    with pytest.raises(RuntimeError):
        post.courier.round()
    assert post.end.asked() == []


@pytest.mark.parametrize(
    ("url", "events", "said"),
    [
        ("ftp://crm.example.com", ["call.answered"], "begin with http"),
        ("https://user:pw@crm.example.com", ["call.answered"], "user name"),
        ("https://crm.example.com/" + "x" * 2000, ["call.answered"], "at most 2,000"),
        ("https://crm.example.com", ["call.answered", "call.lost"], "'call.lost' is no event"),
        ("https://crm.example.com", [], "needs an event"),
    ],
)
def test_what_cannot_be_subscribed(post: Post, url: str, events: list[str], said: str) -> None:
    with pytest.raises(RunnerError, match=re.escape(said)):
        post.webhooks.add(url, events)
    assert post.webhooks.all() == []


def test_there_is_an_end_to_subscribers(post: Post) -> None:
    for number in range(MOST_SUBSCRIBERS):
        post.subscribe(f"/{number}")
    with pytest.raises(RunnerError, match="20 subscribers"):
        post.subscribe()
    assert len({one.id for one in post.webhooks.all()}) == MOST_SUBSCRIBERS


def test_old_events_are_forgotten(post: Post) -> None:
    post.subscribe()
    post.started()
    post.ended()
    post.courier.work_off()
    assert post.courier.forget() == 0
    post.clock.ahead += timedelta(days=4)
    assert post.courier.forget() == 2
