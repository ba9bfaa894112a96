"""One hop of an outbound request: one connection, one request, one answer."""

import http.client
import socket
import ssl
from dataclasses import dataclass, field
from typing import Any

from runner.egress.body import decode, read_body, read_json
from runner.egress.guard import Target
from runner.egress.headers import MAX_HEADERS
from runner.egress.sockets import Deadline, connect, secure
from runner.egress.urls import Url


@dataclass(frozen=True)
class Hop:
    """What is sent to one address. Nothing of it is in the repr but the host."""

    url: Url
    method: str = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    body: bytes | None = field(repr=False)


@dataclass(frozen=True)
class Answer:
    """What one address answered: lower-case header names, text, JSON and its problem if any."""

    status: int
    headers: dict[str, str]
    body: str
    json: Any
    problem: str


class ConnectError(Exception):
    """No connection to the host, or no TLS that can be trusted."""


class AnswerError(Exception):
    """The host answered, but not with HTTP that can be used."""


def ask(hop: Hop, target: Target, context: ssl.SSLContext, deadline: Deadline) -> Answer:
    """Send one request to the checked addresses and read the answer.

    Raises `ConnectError`, `AnswerError`, `BodyError`, `TimeoutError`, `OSError`.
    """
    connection = http.client.HTTPConnection(target.url.host, target.url.port)
    connection.sock = _connected(target, context, deadline)
    try:
        return _exchange(connection, hop)
    except http.client.LineTooLong as error:
        raise AnswerError("the answer's headers are too large") from error
    except http.client.RemoteDisconnected as error:
        raise ConnectError("the host closed the connection without an answer") from error
    except http.client.IncompleteRead as error:
        raise AnswerError("the answer broke off") from error
    except (http.client.HTTPException, ValueError) as error:
        raise AnswerError("the answer is not HTTP that can be read") from error
    finally:
        connection.close()


def _connected(target: Target, context: ssl.SSLContext, deadline: Deadline) -> socket.socket:
    url = target.url
    try:
        sock = connect(target.addresses, url.port, deadline)
    except TimeoutError:
        raise
    except OSError as error:
        raise ConnectError(f"no connection to {url.host}:{url.port}") from error
    if url.scheme == "http":
        return sock
    try:
        return secure(sock, url.host, context, deadline)
    except TimeoutError:
        raise
    except ssl.SSLCertVerificationError as error:
        raise ConnectError(f"the certificate of {url.host} is not valid for it") from error
    except (OSError, ValueError) as error:
        raise ConnectError(f"no TLS connection to {url.host}:{url.port}") from error


def _exchange(connection: http.client.HTTPConnection, hop: Hop) -> Answer:
    connection.putrequest(hop.method, hop.url.target, skip_host=True, skip_accept_encoding=True)
    connection.putheader("Host", hop.url.authority)
    connection.putheader("Accept-Encoding", "gzip, deflate")
    connection.putheader("Connection", "close")
    for name, value in hop.headers.items():
        connection.putheader(name, value.encode("latin-1"))
    if hop.body is not None or hop.method in ("POST", "PUT", "PATCH"):
        connection.putheader("Content-Length", str(len(hop.body or b"")))
    connection.endheaders(hop.body)
    with connection.getresponse() as response:
        return _answer(response)


def _answer(response: http.client.HTTPResponse) -> Answer:
    headers: dict[str, str] = {}
    for name, value in response.getheaders():
        key = name.lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    if sum(len(name) + len(value) for name, value in headers.items()) > MAX_HEADERS:
        raise AnswerError("the answer's headers are too large")
    if 300 <= response.status < 400 and "location" in headers:  # noqa: PLR2004  a redirect's body is not needed
        return Answer(response.status, headers, "", None, "")
    body = decode(read_body(response), response.headers.get_content_charset())
    value, problem = read_json(body, response.headers.get_content_type())
    return Answer(response.status, headers, body, value, problem)
