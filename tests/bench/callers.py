"""Many callers at once: each walks the whole conversation with signed webhooks, over and over.

Plain sockets with kept connections, so that the client costs as little as it can: it shares the
two cores with what it measures.
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

_ACTION = re.compile(rb'action="([^"]+)"')


@dataclass
class Result:
    """What a round of callers saw: one duration in seconds per turn, and how often it failed."""

    durations: list[float] = field(default_factory=list)
    failures: int = 0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Turns per second."""
        return len(self.durations) / self.seconds if self.seconds else 0.0

    def quantile(self, share: float) -> float:
        """The duration that `share` of the turns stayed below, in milliseconds."""
        ordered = sorted(self.durations)
        place = min(len(ordered) - 1, int(share * len(ordered)))
        return ordered[place] * 1000 if ordered else 0.0


class Caller:
    """One kept connection to one server, and the signing of what goes over it."""

    def __init__(self, base: str, token: str) -> None:
        self._base, self._token = base, token.encode()
        parts = urlsplit(base)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._socket = socket.create_connection((self._host, self._port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._rest = b""

    def close(self) -> None:
        """Hang up the connection."""
        self._socket.close()

    def post(self, url: str, form: dict[str, str]) -> bytes:
        """Send one signed webhook and give the answer's body.

        Raises:
            ConnectionError: the server closed the connection.
            ValueError: the answer was not 200.
        """
        signed = url + "".join(name + form[name] for name in sorted(form))
        digest = hmac.new(self._token, signed.encode(), hashlib.sha1).digest()
        body = "&".join(f"{name}={quote(value, safe='')}" for name, value in form.items())
        head = (
            f"POST {url[len(self._base) :]} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n"
            f"X-Twilio-Signature: {base64.b64encode(digest).decode()}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        )
        self._socket.sendall(head.encode())
        return self._answer()

    def _answer(self) -> bytes:
        data = self._rest
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, rest = data.partition(b"\r\n\r\n")
        found = re.search(rb"(?i)content-length: *(\d+)", head)
        length = int(found[1]) if found else 0
        while len(rest) < length:
            rest += self._more()
        self._rest = rest[length:]
        if not head.startswith(b"HTTP/1.1 200"):
            raise ValueError(head[:60].decode("latin-1"))
        return rest[:length]

    def _more(self) -> bytes:
        chunk = self._socket.recv(65536)
        if not chunk:
            raise ConnectionError("the server closed the connection")
        return chunk


def call(caller: Caller, base: str, sid: str, number: str, result: Result) -> None:
    """Walk one whole call: the first webhook, then every question answered with key 1."""
    form = {
        "AccountSid": "AC00000000000000000000000000000001",
        "CallSid": sid,
        "From": "+15550123456",
        "To": number,
        "CallStatus": "ringing",
        "Direction": "inbound",
        "ApiVersion": "2010-04-01",
    }
    url: str | None = f"{base}/ivr/voice"
    while url is not None:
        began = time.perf_counter()
        body = caller.post(url, form)
        result.durations.append(time.perf_counter() - began)
        found = _ACTION.search(body)
        url = html.unescape(found[1].decode()).partition("#")[0] if found else None
        form |= {"CallStatus": "in-progress", "Digits": "1"}


def drive(base: str, token: str, number: str, callers: int, seconds: float, label: str) -> Result:
    """Let `callers` threads walk calls against `base` for so many seconds."""
    result, stop = Result(), time.perf_counter() + seconds
    lock = threading.Lock()

    def one(index: int) -> None:
        mine, caller, count = Result(), Caller(base, token), 0
        while time.perf_counter() < stop:
            count += 1
            try:
                call(caller, base, f"CA{label}{index:04d}{count:08d}", number, mine)
            except (ValueError, OSError):
                mine.failures += 1
                caller.close()
                caller = Caller(base, token)
        caller.close()
        with lock:
            result.durations += mine.durations
            result.failures += mine.failures

    began = time.perf_counter()
    threads = [threading.Thread(target=one, args=(index,)) for index in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.seconds = time.perf_counter() - began
    return result
