"""Ways for the test carrier to reach a server: inside this process, or over a real socket."""

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from flask import Flask


@dataclass(frozen=True)
class Reply:
    """What a server answered; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport(Protocol):
    """Sends one POST and gives the reply; OSError when no whole reply came."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Send a body to an absolute address without a fragment."""


class InProcess:
    """Calls the application directly; one client for each request, so threads may share it."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Send a body to the application."""
        parts = urlsplit(url)
        base = f"{parts.scheme}://{parts.netloc}"
        target = url.removeprefix(base)
        response = self._app.test_client().post(
            target, base_url=base, data=body, headers=dict(headers)
        )
        named = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status_code, named, response.data)


class Sockets:
    """Speaks HTTP to a server process, with a new connection for each request."""

    def __init__(self, seconds: float = 15.0) -> None:
        self._seconds = seconds

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Send a body over a socket."""
        parts = urlsplit(url)
        target = url.removeprefix(f"{parts.scheme}://{parts.netloc}")
        connection = http.client.HTTPConnection(
            parts.hostname or "", parts.port or 80, timeout=self._seconds
        )
        try:
            connection.request("POST", target, body, dict(headers))
            response = connection.getresponse()
            named = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, named, response.read())
        except http.client.HTTPException as problem:
            raise ConnectionError(f"no whole answer: {problem!r}") from problem
        finally:
            connection.close()
