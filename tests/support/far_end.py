"""The systems a call reaches besides us, on loopback: a CRM that can be made to wait, the carrier's
REST API."""

import contextlib
import json
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from tests.support.egress_server import Server, reply, serve


@dataclass
class FarEnd:
    """A loopback HTTP server: what it answers by path, what it was asked, and a gate.

    `answers` maps a pattern of `METHOD /path` to bodies, one for each request; the last one
    stays. A body is JSON, or bytes, or a status. While the gate is shut requests wait for it.
    """

    server: Server = field(init=False)
    answers: dict[str, list[object]] = field(default_factory=dict)
    gate: threading.Event = field(default_factory=threading.Event)
    gated: str = ".*"

    @property
    def base(self) -> str:
        """Its address without a slash at the end."""
        return f"http://127.0.0.1:{self.server.port}"

    @property
    def host(self) -> str:
        """Its host and port, as the operator would allow it."""
        return f"127.0.0.1:{self.server.port}"

    def asked(self, pattern: str = ".*") -> list[str]:
        """The requests it got whose first line fits."""
        return [text for text in self.server.requests if re.match(pattern, text)]

    def forms(self, pattern: str) -> list[dict[str, str]]:
        """The forms that were posted."""
        return [dict(parse_qsl(text.partition("\r\n\r\n")[2])) for text in self.asked(pattern)]

    def answer(self, sock: socket.socket, request: str) -> None:
        """Answer one request, when the gate is open."""
        if re.match(self.gated, request):
            self.gate.wait(30)
        for pattern, bodies in self.answers.items():
            if re.match(pattern, request):
                body = bodies.pop(0) if len(bodies) > 1 else bodies[0]
                sock.sendall(_written(body))
                return
        sock.sendall(reply(b'{"code": 20404, "message": "none"}', "404 Not Found", _JSON))


_JSON = ("Content-Type: application/json", "Connection: close")


def _written(body: object) -> bytes:
    if isinstance(body, int):
        return reply(b"{}", f"{body} Status", _JSON)
    if isinstance(body, bytes):
        return reply(body, headers=("Content-Type: audio/wav", "Connection: close"))
    return reply(json.dumps(body).encode(), headers=_JSON)


@contextlib.contextmanager
def far_end(answers: dict[str, list[object]]) -> Iterator[FarEnd]:
    """Serve until the block ends; the gate is open at first and opened at the end."""
    end = FarEnd(answers=answers)
    end.gate.set()
    with serve(end.answer) as server:
        end.server = server
        try:
            yield end
        finally:
            end.gate.set()
