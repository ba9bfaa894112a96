"""The circuit breaker: a host that does not answer is left alone, and tried again later."""

import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from runner.egress import CircuitBreaker, Guard, HttpClient, OutboundRequest
from runner.egress.breaker import MAX_HOSTS
from tests.support.egress_server import answering, reply, serve


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> CircuitBreaker:
    return CircuitBreaker(clock=clock)


def fail(breaker: CircuitBreaker, times: int) -> None:
    for _ in range(times):
        breaker.failed("a")


def test_five_failures_open_it_for_that_host_only(breaker: CircuitBreaker) -> None:
    fail(breaker, 4)
    assert breaker.may_try("a")
    fail(breaker, 1)
    assert not breaker.may_try("a")
    assert breaker.may_try("b")


def test_failures_far_apart_do_not_open_it(breaker: CircuitBreaker, clock: Clock) -> None:
    for _ in range(20):
        fail(breaker, 1)
        clock.now += 8
    assert breaker.may_try("a")


def test_an_answer_between_starts_the_count_again(breaker: CircuitBreaker) -> None:
    fail(breaker, 4)
    breaker.succeeded("a")
    fail(breaker, 4)
    assert breaker.may_try("a")


def test_half_open_lets_one_trial_through(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker, 5)
    clock.now += 30
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(breaker.may_try, ["a"] * 50)) == 1
    breaker.failed("a")
    assert not breaker.may_try("a")
    clock.now += 30
    assert breaker.may_try("a")
    breaker.succeeded("a")
    assert all(breaker.may_try("a") for _ in range(9))


def test_a_lost_trial_does_not_close_the_host_off(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker, 5)
    clock.now += 30
    assert breaker.may_try("a")
    assert not breaker.may_try("a")
    clock.now += 30
    assert breaker.may_try("a")


def test_it_remembers_a_bounded_number_of_hosts(breaker: CircuitBreaker) -> None:
    for number in range(MAX_HOSTS + 50):
        breaker.failed(f"host-{number}")
    assert len(breaker._hosts) == MAX_HOSTS


def test_the_client_stops_asking_and_comes_back(breaker: CircuitBreaker, clock: Clock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    client = HttpClient(Guard([f"127.0.0.1:{port}"]), breaker=breaker)
    request = OutboundRequest("GET", f"http://127.0.0.1:{port}/")
    reasons = [client.send(request).reason for _ in range(7)]
    assert ["no connection" in reason for reason in reasons] == [True] * 5 + [False] * 2
    assert "left alone" in reasons[6]


def test_answers_of_every_kind_keep_it_closed(breaker: CircuitBreaker) -> None:
    with serve(answering(reply(b"x" * 300_000, status="500 Oops"))) as server:
        client = HttpClient(Guard([f"127.0.0.1:{server.port}"]), breaker=breaker)
        request = OutboundRequest("GET", f"http://127.0.0.1:{server.port}/")
        results = [client.send(request) for _ in range(7)]
    assert all("larger than" in result.reason for result in results)
