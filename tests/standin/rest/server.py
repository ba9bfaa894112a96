"""Serves the REST API on loopback, and plays the faults that a test has ordered."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.standin.exchange import Exchange
from tests.standin.rest.routes import answer
from tests.standin.rest.wire import Answered, Asked, RestError, read_asked, written
from tests.support.egress_server import serve

LATEST = 10.0


class Api:
    """Answers requests one by one; keeps them all."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.requests: list[Asked] = []
        self.stopping = threading.Event()

    def handle(self, sock: socket.socket, text: str) -> None:
        """Answer one request, or not at all."""
        asked = read_asked(text)
        with self._exchange.turn():
            self.requests.append(asked)
            fault = self._exchange.faults.of_rest(asked.method, asked.path)
        if fault is None:
            self._plainly(sock, asked)
        elif fault.answered_when:
            done = self._done(asked)
            self._exchange.until(fault.answered_when, LATEST, lambda: None)
            sock.sendall(written(done))
        elif fault.acts:
            self._done(asked)
            self.stopping.wait(fault.seconds)
        else:
            error = RestError(fault.status, fault.code, "told to fail")
            sock.sendall(written(error.answer))

    def _plainly(self, sock: socket.socket, asked: Asked) -> None:
        cut = self._exchange.faults.at_rest
        what, port = f"{asked.method} {asked.path}", sock.getpeername()[1]
        if cut(what, port, False):
            return
        done = self._done(asked)
        if not cut(what, port, True):
            sock.sendall(written(done))

    def _done(self, asked: Asked) -> Answered:
        try:
            return answer(self._exchange, asked)
        except Exception as problem:  # noqa: BLE001  kept, and raised when the carrier closes
            self._exchange.pump.errors.append(problem)
            return RestError(500, 20500, repr(problem)).answer


@contextmanager
def api(exchange: Exchange) -> Iterator[tuple[Api, int]]:
    """Serve until the block ends; the port."""
    served = Api(exchange)
    with serve(served.handle) as server:
        try:
            yield served, server.port
        finally:
            served.stopping.set()
