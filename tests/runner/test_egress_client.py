"""Outbound requests against real loopback servers: what is sent, and what every answer gives."""

import gzip
import json
import logging
import socket
import time
import tracemalloc
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from runner.egress import Guard, HttpClient, HttpResult, OutboundRequest
from runner.egress.body import MAX_BODY
from tests.support.egress_server import Handler, answering, reply, serve

SECRET = "canary-7f3a"


def client(*ports: int, resolve: Callable[[str, int], list[str]] | None = None) -> HttpClient:
    """Make a client that may reach api.test and other.test on these ports of loopback."""
    allow = [f"{name}:{port}" for name in ("api.test", "other.test") for port in ports]
    return HttpClient(Guard(allow, (), resolve or (lambda _host, _port: ["127.0.0.1"])))


def get(handler: Handler, **fields: Any) -> HttpResult:
    with serve(handler) as server:
        url = f"http://api.test:{server.port}/x?key={SECRET}"
        result = client(server.port).send(OutboundRequest("GET", url, **fields))
        server.stopping.set()
    assert SECRET not in result.reason
    return result


def test_a_request_arrives_as_written_with_host_and_key() -> None:
    with serve(
        answering(reply(b'{"id": 7}', headers=("Content-Type: application/json",)))
    ) as server:
        request = OutboundRequest(
            "post",
            f"http://api.test:{server.port}/a b?q=ü#f".replace(" ", "%20"),
            {"authorization": "Bearer " + SECRET, "user-agent": "mine"},
            b"body",
            idempotency_key="key-1",
        )
        result = client(server.port).send(request)
    assert (result.outcome, result.status, result.json) == ("response", 200, {"id": 7})
    head, _, body = server.requests[0].partition("\r\n\r\n")
    lines = head.split("\r\n")
    assert lines[0] == "POST /a%20b?q=%C3%BC HTTP/1.1"
    assert f"Host: api.test:{server.port}" in lines
    assert {"Idempotency-Key: key-1", "Content-Length: 4", "user-agent: mine"} <= set(lines)
    assert sum(line.lower().startswith("user-agent") for line in lines) == 1
    assert body == "body"
    assert SECRET not in repr(request) + repr(result)


def test_a_name_is_resolved_once_and_the_checked_address_is_connected_to() -> None:
    asked: list[str] = []

    def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.99"]

    with serve(answering(reply(b"ok"))) as server:
        result = client(server.port, resolve=rebinding).send(
            OutboundRequest("GET", f"http://api.test:{server.port}/")
        )
    assert result.body == "ok"
    assert asked == ["api.test"]


def test_a_name_that_rebinds_to_a_private_address_is_refused_the_second_time() -> None:
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    guard = Guard(resolve=lambda _host, _port: next(answers))
    assert guard.check("http://rebind.example/").addresses == ("93.184.216.34",)
    result = HttpClient(guard).send(OutboundRequest("GET", "http://rebind.example/"))
    assert result.outcome == "refused"


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert get(answering(reply(b"direct"))).body == "direct"


def drip(data: bytes) -> Handler:
    def handler(sock: socket.socket, _request: str) -> None:
        for byte in data:
            sock.sendall(bytes([byte]))
            time.sleep(0.02)

    return handler


def hang(sock: socket.socket, _request: str) -> None:
    sock.recv(1)  # returns when the client gives up


@pytest.mark.parametrize(
    "handler",
    [
        pytest.param(hang, id="hanging server"),
        pytest.param(drip(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 10_000), id="dripped header"),
        pytest.param(
            drip(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + b"a" * 9999),
            id="dripped body",
        ),
        pytest.param(drip(b"HTTP/1.1 100 Continue\r\n\r\n" * 500), id="endless 100"),
    ],
)
def test_a_slow_answer_ends_at_the_deadline(handler: Handler) -> None:
    began = time.monotonic()
    assert get(handler, timeout=0.4) == HttpResult("timeout", reason="no full answer in time")
    assert 0.3 < time.monotonic() - began < 2


def test_a_hanging_name_look_up_ends_at_the_deadline() -> None:
    def slow(_host: str, _port: int) -> list[str]:
        time.sleep(1)
        return ["127.0.0.1"]

    began = time.monotonic()
    request = OutboundRequest("GET", "http://api.test:81/", timeout=0.2)
    assert client(81, resolve=slow).send(request).outcome == "timeout"
    assert time.monotonic() - began < 0.9


@pytest.mark.parametrize("timeout", [0.0, -1.0])
def test_no_time_is_a_timeout(timeout: float) -> None:
    assert client(81).send(OutboundRequest("GET", "http://api.test:81/", timeout=timeout)) == (
        HttpResult("timeout", reason="no full answer in time")
    )


BIG = b"a" * (MAX_BODY + 1)
BOMB = gzip.compress(b"\0" * 50_000_000, 1)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        pytest.param(reply(BIG), "larger than 256 KB", id="too large"),
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n" + BIG, "larger than 256 KB", id="no length"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40001\r\n"
            + BIG
            + b"\r\n0\r\n\r\n",
            "larger than 256 KB",
            id="too large in chunks",
        ),
        pytest.param(
            reply(gzip.compress(BIG), headers=("Content-Encoding: gzip",)),
            "larger than 256 KB when unpacked",
            id="too large unpacked",
        ),
        pytest.param(
            reply(b"not gzip", headers=("Content-Encoding: gzip",)),
            "compression is broken",
            id="no gzip",
        ),
        pytest.param(
            reply(gzip.compress(b"abc" * 99)[:-9], headers=("Content-Encoding: gzip",)),
            "compression is broken",
            id="truncated gzip",
        ),
        pytest.param(
            reply(b"x", headers=("Content-Encoding: br",)), "not asked for", id="unknown coding"
        ),
        pytest.param(
            reply(b"x", headers=("Content-Encoding: gzip, gzip",)),
            "not asked for",
            id="two codings",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", "broke off", id="short body"
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc",
            "broke off",
            id="short chunk",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
            "answer",
            id="bad chunk",
        ),
        pytest.param(b"", "closed the connection", id="no answer"),
        pytest.param(b"SSH-2.0-OpenSSH\r\n", "not HTTP", id="not HTTP"),
        pytest.param(b"HTTP/1.1 abc\r\n\r\n", "not HTTP", id="bad status"),
        pytest.param(
            reply(headers=("X: " + "a" * 70_000,)), "headers are too large", id="long header"
        ),
        pytest.param(
            reply(headers=("X: " + "a" * 20_000,)), "headers are too large", id="headers over 16 KB"
        ),
        pytest.param(
            reply(headers=tuple(f"X-{n}: a" for n in range(200))), "not HTTP", id="200 headers"
        ),
    ],
)
def test_an_answer_that_cannot_be_used_is_said(raw: bytes, reason: str) -> None:
    result = get(answering(raw))
    assert result.outcome == "failed"
    assert reason in result.reason


def test_a_gzip_bomb_costs_next_to_nothing() -> None:
    raw = reply(BOMB[: MAX_BODY - 1], headers=("Content-Encoding: gzip",))
    tracemalloc.start()
    try:
        result = get(answering(raw))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert result.outcome == "failed"
    assert "when unpacked" in result.reason
    assert peak < 8_000_000


@pytest.mark.parametrize(
    ("body", "headers", "text"),
    [
        (gzip.compress(b"abc", mtime=0), ("Content-Encoding: gzip",), "abc"),
        (
            gzip.compress(b"ab", mtime=0) + gzip.compress(b"c", mtime=0),
            ("Content-Encoding: x-gzip",),
            "abc",
        ),
        (zlib.compress(b"abc"), ("Content-Encoding: deflate",), "abc"),
        (zlib.compress(b"abc", wbits=-15), ("Content-Encoding: deflate",), "abc"),
        ("é".encode("latin-1"), ("Content-Type: text/plain; charset=iso-8859-1",), "é"),
        ("é".encode("utf-16"), ("Content-Type: text/plain; charset=utf-16",), "é"),
        ("é".encode(), ("Content-Type: text/plain; charset=klingon",), "é"),
        ("é".encode(), ("Content-Type: text/plain; charset=rot13",), "é"),
        ("é".encode(), ("Content-Type: text/plain; charset=unicode_escape",), "é"),
        ("é".encode(), ("Content-Type: text/plain; charset=ascii",), "é"),
        (b"\xef\xbb\xbfabc", (), "abc"),
        (b"a\xffb\0", (), "a\ufffdb\ufffd"),
        (b"", (), ""),
    ],
)
def test_text_is_unpacked_and_decoded(body: bytes, headers: tuple[str, ...], text: str) -> None:
    result = get(answering(reply(body, headers=headers)))
    assert (result.outcome, result.body) == ("response", text)


JSON = "Content-Type: application/json"


@pytest.mark.parametrize(
    ("body", "headers", "value", "reason"),
    [
        (b'{"a": [1, 2.5, null]}', (), {"a": [1, 2.5, None]}, ""),
        (b" [1]", ("Content-Type: text/plain",), [1], ""),
        (b"7", (JSON,), 7, ""),
        (b"7", (), None, ""),
        (b"{a}", (), None, ""),
        (b"{a}", (JSON,), None, "not valid JSON"),
        (
            b'{"a": "\\ud800\\u0000"}',
            ("Content-Type: application/vnd.x+json",),
            {"a": "\ufffd\ufffd"},
            "",
        ),
        (b"[" * 50 + b"]" * 50, (JSON,), json.loads("[" * 50 + "]" * 50), ""),
        (b"[" * 51 + b"]" * 51, (JSON,), None, "50 levels"),
        (b"[" * 100_000, (JSON,), None, "50 levels"),
        (b'["' + b'\\"' * 100_000, (JSON,), None, "not valid JSON"),
        (b'"' + b"[" * 100 + b'"', (JSON,), "[" * 100, ""),
        (b"[NaN]", (JSON,), None, "NaN"),
        (b"[1e999]", (JSON,), None, "too large"),
        (b"[" + b"1" * 5000 + b"]", (JSON,), None, "100 digits"),
    ],
)
def test_json_is_read_within_bounds(
    body: bytes, headers: tuple[str, ...], value: object, reason: str
) -> None:
    result = get(answering(reply(body, headers=headers)))
    assert (result.outcome, result.json) == ("response", value)
    assert reason in result.reason
    assert bool(result.reason) is bool(reason)


def test_headers_are_lower_case_and_joined() -> None:
    result = get(answering(reply(headers=("X-One: 1", "x-one: 2", "Content-Type: a/b"))))
    assert (result.headers["x-one"], result.headers["content-type"]) == ("1, 2", "a/b")


def test_a_head_request_has_no_body() -> None:
    with serve(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")) as server:
        result = client(server.port).send(
            OutboundRequest("HEAD", f"http://api.test:{server.port}/")
        )
    assert (result.outcome, result.body) == ("response", "")


@pytest.mark.parametrize("status", ["404 Not Found", "500 Oops", "204 No Content", "301 Moved"])
def test_every_status_is_a_response(status: str) -> None:
    result = get(answering(reply(status=status)))
    assert (result.outcome, result.status) == ("response", int(status[:3]))


def test_a_closed_port_is_a_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    result = client(port).send(OutboundRequest("GET", f"http://api.test:{port}/{SECRET}"))
    assert result == HttpResult("failed", reason=f"no connection to api.test:{port}")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"method": "TRACE"}, "method"),
        ({"method": "GET / HTTP/1.1\r\nX"}, "method"),
        ({"headers": {"Host": "x"}}, "header Host is set by the server"),
        ({"headers": {"transfer-encoding": "chunked"}}, "transfer-encoding is set"),
        ({"headers": {"X-A": f"{SECRET}\r\nX-B: 1"}}, "value of the header X-A"),
        ({"headers": {"X-A": "\u20ac"}}, "value of the header X-A"),
        ({"headers": {"X A": SECRET}}, "header's name"),
        ({"headers": {"X-A": "a" * 20_000}}, "larger than 16 KB"),
        ({"idempotency_key": "a\nb"}, "Idempotency-Key"),
    ],
)
def test_a_request_that_cannot_be_sent_is_said(fields: dict[str, Any], reason: str) -> None:
    request = OutboundRequest(**{"method": "GET", "url": "http://api.test:81/", **fields})
    result = client(81).send(request)
    assert result.outcome == "failed"
    assert reason in result.reason
    assert SECRET not in result.reason


def test_credentials_reach_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    get(answering(reply(headers=("no colon",))), headers={"Authorization": SECRET})
    url = f"http://user:{SECRET}@api.test/"
    assert client(81).send(OutboundRequest("GET", url)).outcome == "refused"
    assert SECRET not in caplog.text
