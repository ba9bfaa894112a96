"""Redirects: each hop is checked again, and credentials stay where they belong."""

import socket
from typing import Any

import pytest

from runner.egress import Guard, HttpClient, HttpResult, OutboundRequest
from tests.support.egress_server import Handler, Server, answering, reply, serve

SECRET = "canary-19ab"
CREDENTIALS = {
    "Authorization": f"Bearer {SECRET}",
    "Cookie": f"a={SECRET}",
    "X-Api-Key": SECRET,
    "Accept-Language": "pt",
    "Content-Type": "text/plain",
}


def to(location: str, status: int = 302) -> bytes:
    return reply(status=f"{status} Moved", headers=(f"Location: {location}",))


def routes(table: dict[str, str | bytes], status: int = 302) -> Handler:
    """Redirect by path, with {port} filled in; other paths answer "arrived"."""

    def handler(sock: socket.socket, request: str) -> None:
        port = sock.getsockname()[1]
        answer = table.get(request.split(" ")[1])
        if isinstance(answer, str):
            sock.sendall(to(answer.format(port=port), status))
        else:
            sock.sendall(answer or reply(b"arrived"))

    return handler


def send(server: Server, path: str = "/", **fields: Any) -> HttpResult:
    allow = [f"{name}:{server.port}" for name in ("api.test", "other.test")]
    client = HttpClient(Guard(allow, (), lambda _host, _port: ["127.0.0.1"]))
    request = {"method": "GET", "url": f"http://api.test:{server.port}{path}", **fields}
    result = client.send(OutboundRequest(**request))
    assert SECRET not in result.reason
    return result


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "//10.0.0.1/",
        "http://localhost:{port}/",
        "http://2130706433/",
        "http://[::1]/",
        "http://user:pw@api.test:{port}/",
        "http://api.test:1/",
        "https://api.test:{port}/",
        "file:///etc/passwd",
        "gopher://api.test/",
        "http://private.test/",
    ],
)
def test_a_redirect_to_where_a_flow_may_not_go_is_refused(location: str) -> None:
    with serve(routes({"/": location})) as server:
        result = send(server)
    assert result.outcome == "refused"
    assert result.reason
    assert len(server.requests) == 1


def test_three_redirects_are_followed_and_a_fourth_is_not() -> None:
    table: dict[str, str | bytes] = {"/1": "/2", "/2": "3", "/3": "http://api.test:{port}/4?q=1"}
    with serve(routes(table)) as server:
        assert send(server, "/1").body == "arrived"
        assert len(server.requests) == 4
    with serve(routes({"/": "/"})) as server:
        assert send(server) == HttpResult("failed", reason="there were more than 3 redirects")
        assert len(server.requests) == 4


@pytest.mark.parametrize(
    ("status", "method", "then", "body"),
    [
        (301, "POST", "GET", ""),
        (302, "POST", "GET", ""),
        (303, "POST", "GET", ""),
        (303, "PUT", "GET", ""),
        (303, "HEAD", "HEAD", ""),
        (301, "PUT", "PUT", "data"),
        (302, "DELETE", "DELETE", "data"),
        (307, "POST", "POST", "data"),
        (308, "POST", "POST", "data"),
        (307, "GET", "GET", "data"),
    ],
)
def test_method_and_body_follow_as_in_browsers(
    status: int, method: str, then: str, body: str
) -> None:
    with serve(routes({"/": "/next"}, status)) as server:
        sent = None if method == "HEAD" else b"data"
        result = send(server, method=method, body=sent, headers={"Content-Type": "text/plain"})
    assert result.outcome == "response"
    second = server.requests[1]
    assert second.startswith(f"{then} /next ")
    assert second.endswith("\r\n\r\n" + body)
    assert ("content-type" in second.lower()) is (body != "")


def test_credentials_go_on_to_the_same_origin() -> None:
    with serve(routes({"/": "/next"})) as server:
        send(server, headers=CREDENTIALS)
    assert server.requests[1].count(SECRET) == 3


@pytest.mark.parametrize("status", [302, 307])
def test_credentials_do_not_go_to_another_origin(status: int) -> None:
    with serve(routes({"/": "http://other.test:{port}/next"}, status)) as server:
        result = send(server, f"/?key={SECRET}"[:1], headers=CREDENTIALS, idempotency_key=SECRET)
    assert result.body == "arrived"
    assert SECRET in server.requests[0]
    assert SECRET not in server.requests[1]
    assert "Accept-Language: pt" in server.requests[1]


def test_credentials_stay_away_after_a_way_through_another_origin() -> None:
    table: dict[str, str | bytes] = {
        "/": "http://other.test:{port}/back",
        "/back": "http://api.test:{port}/end",
    }
    with serve(routes(table)) as server:
        send(server, headers=CREDENTIALS)
    assert [SECRET in request for request in server.requests] == [True, False, False]


def test_another_port_is_another_origin() -> None:
    with serve(answering(reply(b"arrived"))) as second:
        handler = answering(to(f"http://api.test:{second.port}/"))
        with serve(handler) as first:
            allow = [f"api.test:{first.port}", f"api.test:{second.port}"]
            client = HttpClient(Guard(allow, (), lambda _host, _port: ["127.0.0.1"]))
            url = f"http://api.test:{first.port}/"
            client.send(OutboundRequest("GET", url, CREDENTIALS))
    assert SECRET not in second.requests[0]


def test_a_body_with_secrets_is_not_sent_to_another_origin() -> None:
    fields: dict[str, Any] = {"method": "POST", "body": SECRET.encode()}
    with serve(routes({"/": "http://other.test:{port}/next"}, 307)) as server:
        result = send(server, **fields)
        assert (result.outcome, len(server.requests)) == ("refused", 1)
        result = send(server, **fields, carries_secrets=False)
        assert (result.outcome, len(server.requests)) == ("response", 3)


def test_the_deadline_is_over_all_hops_together() -> None:
    def slowly(sock: socket.socket, _request: str) -> None:
        sock.settimeout(0.25)
        try:
            sock.recv(1)
        except TimeoutError:
            sock.sendall(to("/"))

    with serve(slowly) as server:
        assert send(server, timeout=0.6).outcome == "timeout"
    assert 2 <= len(server.requests) <= 3


def test_a_redirect_without_location_is_the_answer() -> None:
    with serve(answering(reply(b"here", status="302 Found"))) as server:
        result = send(server)
    assert (result.outcome, result.status, result.body) == ("response", 302, "here")
