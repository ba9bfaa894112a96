"""Many callers at once: each walks the whole conversation with signed webhooks, over and over.

Plain sockets with kept connections, so that the client costs as little as it can: it shares the
cores with what it measures. What it uses itself is part of the result.
"""

import base64
import hashlib
import hmac
import html
import re
import socket
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

TOKEN = "0123456789abcdef0123456789abcdef"

_ACTION = re.compile(rb'action="([^"]+)"')
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


@dataclass
class Result:
    """What a round of callers saw: one duration in seconds per turn, and how often it failed.

    `cpu` is what the client itself used, in seconds.
    """

    durations: list[float] = field(default_factory=list)
    failures: int = 0
    seconds: float = 0.0
    cpu: float = 0.0

    @property
    def rate(self) -> float:
        """Turns per second."""
        return len(self.durations) / self.seconds if self.seconds else 0.0


class Caller:
    """One kept connection to one server, and the signing of what goes over it."""

    def __init__(self, base: str) -> None:
        self._base = base
        parts = urlsplit(base)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._key = hmac.new(TOKEN.encode(), digestmod=hashlib.sha1)
        self._socket = socket.create_connection((self._host, self._port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        """Hang up the connection."""
        self._socket.close()

    def post(self, url: str, form: dict[str, str]) -> bytes:
        """Send one signed webhook and give the answer's body.

        Raises:
            ConnectionError: the server closed the connection.
            ValueError: the answer was not 200.
        """
        key = self._key.copy()
        key.update((url + "".join(name + form[name] for name in sorted(form))).encode())
        body = "&".join(f"{name}={quote(value, safe='')}" for name, value in form.items())
        head = (
            f"POST {url[len(self._base) :]} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n"
            f"X-Twilio-Signature: {base64.b64encode(key.digest()).decode()}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        )
        self._socket.sendall(head.encode())
        return self._answer()

    def _answer(self) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, rest = data.partition(b"\r\n\r\n")
        found = _LENGTH.search(head)
        length = int(found[1]) if found else 0
        while len(rest) < length:
            rest += self._more()
        if not head.startswith(b"HTTP/1.1 200"):
            raise ValueError(head[:60].decode("latin-1"))
        return rest

    def _more(self) -> bytes:
        chunk = self._socket.recv(65536)
        if not chunk:
            raise ConnectionError("the server closed the connection")
        return chunk


@dataclass(frozen=True, slots=True)
class Script:
    """What a caller does: calls `number`, presses key 1 at every question, `turns` times at most.

    `label` begins the calls' ids, which must not come twice.
    """

    number: str
    label: str
    turns: int = 1_000


def call(caller: Caller, base: str, script: Script, count: int) -> list[tuple[float, bytes]]:
    """Walk one whole call; give the duration and the answer of every turn."""
    sid = f"CA{script.label}{count:08d}"
    form = {
        "AccountSid": "AC00000000000000000000000000000001",
        "CallSid": sid,
        "From": "+15550123456",
        "To": script.number,
        "CallStatus": "ringing",
        "Direction": "inbound",
        "ApiVersion": "2010-04-01",
    }
    url: str | None = f"{base}/ivr/voice"
    turns: list[tuple[float, bytes]] = []
    while url is not None and len(turns) < script.turns:
        began = time.perf_counter()
        body = caller.post(url, form)
        turns.append((time.perf_counter() - began, body))
        found = _ACTION.search(body)
        url = html.unescape(found[1].decode()).partition("#")[0] if found else None
        form |= {"CallStatus": "in-progress", "Digits": "1"}
    return turns


def drive(base: str, script: Script, callers: int, seconds: float) -> Result:
    """Let `callers` threads walk calls against `base` for so many seconds."""
    result, lock = Result(), threading.Lock()
    began, cpu = time.perf_counter(), time.process_time()

    def one(index: int) -> None:
        mine, caller, count = Result(), Caller(base), index * 1_000_000
        while time.perf_counter() < began + seconds:
            count += 1
            try:
                mine.durations += [taken for taken, _ in call(caller, base, script, count)]
            except (ValueError, OSError):
                mine.failures += 1
                caller.close()
                caller = Caller(base)
        caller.close()
        with lock:
            result.durations += mine.durations
            result.failures += mine.failures

    threads = [threading.Thread(target=one, args=(index,)) for index in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.seconds = time.perf_counter() - began
    result.cpu = time.process_time() - cpu
    return result
