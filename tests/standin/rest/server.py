"""Serves the REST API on loopback, and plays the faults that a test has ordered."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

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
        cut = self._exchange.faults.at_rest
        what, port = f"{asked.method} {asked.path}", sock.getpeername()[1]
        if cut(what, port, False):
            return
        answered = self._carried_out(asked)
        if not cut(what, port, True) and answered is not None:
            sock.sendall(written(answered))

    def _carried_out(self, asked: Asked) -> Answered | None:
        """Do what is asked, or what a fault says instead; None when it is never answered."""
        fault = self._exchange.faults.of_rest(asked.method, asked.path)
        if fault is not None and not fault.acts and not fault.answered_when:
            answer = RestError(fault.status, fault.code, "told to fail").answer
            return replace(answer, headers={"Retry-After": str(fault.wait)} if fault.wait else {})
        done = self._done(asked)
        if fault is not None and fault.answered_when:
            self._exchange.until(fault.answered_when, LATEST, lambda: None)
        elif fault is not None:
            self.stopping.wait(fault.seconds)
            return None
        return done

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
