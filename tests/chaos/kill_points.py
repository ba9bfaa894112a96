"""Kills processes at a point of a story: when the n-th request reaches the carrier, or left it.

A point is before a request (when its own sender dies, it never arrived), after it (it was carried
out, and a dead sender gets no answer), or behind a webhook (the server answered it, and dies). The
processes are started again at once, and the carrier is patient meanwhile: it sends what was not
answered once more.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import psutil

from tests.support.processes import Program
from tests.support.servers import Servers
from tests.support.transport import Reply, Sockets

When = Literal["before", "after", "behind"]
Victim = Literal["web", "worker", "both"]
PATIENCE = 60.0


@dataclass(frozen=True)
class Point:
    """Where who is killed; `number` counts the requests of the story from 1."""

    number: int
    when: When
    victim: Victim

    def __str__(self) -> str:
        return f"{self.victim} killed {self.when} request {self.number}"


@dataclass
class Killer:
    """Stands at the carrier's door; counts the requests of a story, and kills once."""

    servers: Servers
    point: Point | None = None
    rest: list[str] = field(default_factory=list)
    webhooks: int = 0
    problems: list[BaseException] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _reviving: threading.Thread | None = None

    def begin(self, point: Point | None) -> None:
        """Count from the beginning, and kill at this point."""
        with self._lock:
            self.point, self.rest, self.webhooks = point, [], 0

    def at_rest(self, what: str, port: int, done: bool) -> bool:  # noqa: FBT001  as `Faults.at_rest`
        """Take note of a REST request; true when whoever sent it is dead."""
        with self._lock:
            if not done:
                self.rest.append(what)
            return self._reached("after" if done else "before", len(self.rest), port)

    def answered(self) -> None:
        """Take note of a webhook that was answered."""
        with self._lock:
            self.webhooks += 1
            self._reached("behind", self.webhooks)

    def revived(self) -> bool:
        """Wait until everything runs again; false when nobody was killed."""
        with self._lock:
            reviving, self._reviving = self._reviving, None
        if reviving is not None:
            reviving.join()
        if self.problems:
            raise self.problems.pop()
        return reviving is not None

    def _reached(self, when: When, number: int, port: int = 0) -> bool:
        point = self.point
        if point is None or (point.when, point.number) != (when, number):
            return False
        self.point = None
        killed = [
            program
            for name, program in (("web", self.servers.web), ("worker", self.servers.worker))
            if program is not None and point.victim in (name, "both")
        ]
        sent = any(_speaks(program, port) for program in killed)
        for program in killed:
            program.kill()
        self._reviving = threading.Thread(target=self._revive)
        self._reviving.start()
        return sent

    def _revive(self) -> None:
        try:
            self.servers.start()
        except BaseException as problem:  # noqa: BLE001  a thread's error belongs to the test
            self.problems.append(problem)


def _speaks(program: Program, port: int) -> bool:
    """Whether a connection from this port is the program's."""
    family = [psutil.Process(pid) for pid in program.family()]
    return any(
        end.laddr.port == port
        for process in family
        for end in process.net_connections(kind="tcp")
        if end.status == psutil.CONN_ESTABLISHED
    )


@dataclass
class Patient:
    """Sends a webhook until somebody answers it, or nobody plays any more."""

    killer: Killer
    sockets: Sockets = field(default_factory=Sockets)
    is_over: bool = False

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Send a body over a socket, again and again until it is answered."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                reply = self.sockets.post(url, body, headers)
            except OSError:
                if self.is_over or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
                continue
            self.killer.answered()
            return reply
