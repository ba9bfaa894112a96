"""Listens to the events of a chat over a real socket, as the widget does."""

import json
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPResponse
from typing import Any

from tests.support.waiting import wait_until


@dataclass
class Listener:
    """A stream that is read in a thread of its own; `cursor` is the place it has come to."""

    answer: HTTPResponse
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    cursor: str = ""
    ended: bool = False

    def run(self) -> None:
        """Read until the end."""
        with suppress(OSError, ValueError, AttributeError):  # the socket was closed under it
            self._read()
        self.ended = True

    def _read(self) -> None:
        name, data, place = "", "", ""
        for raw in self.answer:
            line = raw.decode().rstrip("\n")
            kind, _, content = line.partition(": ")
            if kind == "event":
                name = content
            elif kind == "data":
                data = content
            elif kind == "id":
                place = content
            elif not line and data:
                self.cursor = place or self.cursor
                self.events.append((name, json.loads(data)))
                name, data, place = "", "", ""

    def texts(self) -> list[str]:
        """The texts of the messages, each message once, in the order they came."""
        found = {value["id"]: value["text"] for name, value in self.events if name == "message"}
        return list(found.values())

    def wait_for(self, name: str, /, **wanted: Any) -> Mapping[str, Any]:
        """Wait for an event with these values."""

        def found() -> Mapping[str, Any] | None:
            for known, value in list(self.events):
                if known == name and wanted.items() <= value.items():
                    return value
            return None

        event = wait_until(found, 15, what=f"{name} {wanted}; heard {self.events}")
        assert event is not None
        return event

    def wait_for_end(self) -> None:
        """Wait until the server has ended the stream."""
        wait_until(lambda: self.ended, 20, what="the end of the stream")


@contextmanager
def listening(base: str, token: str, after: str = "", tab: str = "t1") -> Iterator[Listener]:
    """Listen from a place on."""
    address = f"{base}/digital/chat/website/events?tab={tab}"
    headers = {"Authorization": f"Bearer {token}", "Last-Event-ID": after}
    answer = urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=30)
    listener = Listener(answer)
    thread = threading.Thread(target=listener.run, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        # The reading thread holds the file's lock, so the socket itself is ended.
        answer.fp.raw._sock.shutdown(2) if answer.fp else None
        thread.join(10)
        answer.close()


@dataclass
class Client:
    """A visitor over real sockets."""

    base: str
    token: str = ""
    chat: str = "website"

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Post JSON; give the answer."""
        headers = {"Content-Type": "application/json", "Origin": self.base}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        address = f"{self.base}/digital/chat/{self.chat}/{path}"
        asked = urllib.request.Request(address, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(asked, timeout=20) as answer:
            found: dict[str, Any] = json.loads(answer.read())
        return found

    def come(self) -> "Client":
        """Get a token."""
        self.token = self.post("sessions", {})["token"]
        return self
