"""Whatever an author writes or a server answers, the outcome is a typed one."""

import contextlib
import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.egress import Guard, HttpClient, OutboundRequest, RefusedError, UnresolvedError
from runner.egress.addresses import refusal
from tests.support.egress_server import answering, reply, serve

OUTCOMES = ("response", "timeout", "refused", "failed")
URL_PARTS = st.lists(
    st.sampled_from(
        [
            *("http://", "https:", "//", "127.0.0.1", "[::1]", "a.test", "@", ":", "80", "\\"),
            *("/", "?", "#", "%", ".", "0x7f", "\u3002", "\uff11", "[", "]", "\x00", "\ud800"),
        ]
    ),
    max_size=8,
).map("".join)


@given(st.one_of(st.text(max_size=40), URL_PARTS, URL_PARTS.map("http://".__add__)))
@settings(max_examples=400, deadline=None)
def test_any_text_is_allowed_to_a_public_address_or_refused(text: str) -> None:
    guard = Guard(resolve=lambda _host, _port: ["93.184.216.34"])
    with contextlib.suppress(RefusedError, UnresolvedError):
        target = guard.check(text)
        assert target.url.host.isascii()
        assert target.url.target.isascii()
        assert not any(refusal(address) for address in target.addresses)


@given(st.ip_addresses())
@settings(max_examples=400, deadline=None)
def test_nothing_that_python_calls_private_is_allowed(address: ipaddress.IPv4Address) -> None:
    if not refusal(address):
        inner = getattr(address, "ipv4_mapped", None) or address
        assert inner.is_global
        assert not inner.is_multicast


@dataclass
class Mumbler:
    """A server that answers whatever it was last told to."""

    port: int = 0
    answer: bytes = b""


@pytest.fixture(scope="module")
def mumbler() -> Iterator[Mumbler]:
    current = Mumbler()
    with serve(lambda sock, _request: sock.sendall(current.answer)) as running:
        current.port = running.port
        yield current


PIECES = st.lists(
    st.one_of(
        st.binary(max_size=20),
        st.sampled_from(
            [
                *(
                    b"\r\n",
                    b"\r\n\r\n",
                    b"HTTP/1.1 200 OK\r\n",
                    b"HTTP/1.1 302 X\r\n",
                    b"0\r\n\r\n",
                ),
                *(b"Content-Length: ", b"5", b"-1", b"99999999999", b"Location: ", b"http://[::1"),
                *(b"Transfer-Encoding: chunked\r\n", b"Content-Encoding: gzip\r\n", b"FFFFFF\r\n"),
                *(b"Content-Type: application/json; charset=", b"utf-16\r\n", b"x*=a''%\r\n", b"["),
            ]
        ),
    ),
    max_size=12,
).map(b"".join)


@given(st.one_of(PIECES, PIECES.map(b"HTTP/1.1 200 OK\r\n".__add__)))
@settings(max_examples=50, deadline=None)
def test_any_answer_gives_an_outcome(mumbler: Mumbler, raw: bytes) -> None:
    mumbler.answer = raw
    client = HttpClient(Guard([f"127.0.0.1:{mumbler.port}"]))
    request = OutboundRequest("GET", f"http://127.0.0.1:{mumbler.port}/", timeout=2.0)
    assert client.send(request).outcome in OUTCOMES


@pytest.mark.parametrize(
    "kind", ["multipart/x; boundary", "a/b; charset*=x''%ff", ";", "=?x?q?y?="]
)
def test_strange_content_types_are_read_as_text(kind: str) -> None:
    with serve(answering(reply(b"text", headers=(f"Content-Type: {kind}",)))) as running:
        client = HttpClient(Guard([f"127.0.0.1:{running.port}"]))
        result = client.send(OutboundRequest("GET", f"http://127.0.0.1:{running.port}/"))
    assert (result.outcome, result.body) == ("response", "text")
