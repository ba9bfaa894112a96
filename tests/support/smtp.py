"""A mail server for tests, on a real socket: it keeps what it is given and fails as it is told.

EHLO, MAIL, RCPT, DATA, RSET, QUIT are those of RFC 5321, AUTH of RFC 4954, STARTTLS of RFC 3207.
"""

import base64
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any


@dataclass
class Received:
    """One message as it came: its envelope, its bytes, whether the line was encrypted."""

    sender: str
    to: list[str]
    data: bytes
    encrypted: bool

    @property
    def message(self) -> EmailMessage:
        """The message, read again."""
        found = message_from_bytes(self.data, policy=policy.default)
        assert isinstance(found, EmailMessage)
        return found

    @property
    def text(self) -> str:
        """Its plain text."""
        part = self.message.get_body(("plain",))
        assert part is not None
        return str(part.get_content())

    @property
    def attached(self) -> list[tuple[str, str, bytes]]:
        """Name, type and bytes of each attachment."""
        return [
            (str(part.get_filename()), part.get_content_type(), part.get_payload(decode=True))  # type: ignore[misc]  # decoded parts are bytes
            for part in self.message.iter_attachments()
        ]


def _nobody(_port: int, *, taken: bool) -> bool:
    """Nothing happens to who hands mails in."""
    del taken
    return False


@dataclass
class Sink:
    """What came in, and what the next commands are answered.

    `answers` maps a verb (`RCPT`, or `RCPT bob@x.example`; `END` is the end of the data) to the
    replies it gets, in turn; "drop" breaks the connection. `users` may log in. `at_end` is told the
    port of who hands a mail in, before and after it is taken; true breaks the connection.
    """

    received: list[Received] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)
    logins: list[str] = field(default_factory=list)
    tls: ssl.SSLContext | None = None
    tls_first: bool = False
    at_end: Callable[..., bool] = _nobody
    port: int = 0
    connections: int = 0

    @property
    def url(self) -> str:
        """Its address, without a user."""
        return f"smtp://127.0.0.1:{self.port}"

    def subjects(self) -> list[str]:
        """The subjects of what came in."""
        return [str(each.message["Subject"]) for each in self.received]

    def answer(self, verb: str, argument: str) -> str:
        """Take the reply that was prepared for a command; empty for none."""
        for key in (f"{verb} {argument}", verb):
            if self.answers.get(key):
                return self.answers[key].pop(0)
        return ""


class _Dropped(Exception):
    """The connection is to be broken."""


class _Talk(socketserver.StreamRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        self.sink, self.encrypted = self.server.sink, self.server.sink.tls_first
        self.sink.connections += 1
        self.sender: str = ""
        self.to: list[str] = []
        try:
            self.say(self.prepared("CONNECT") or "220 sink ready")
            while self.one():
                pass
        except (_Dropped, OSError, ValueError):
            pass

    def prepared(self, verb: str, argument: str = "") -> str:
        found = self.sink.answer(verb, argument)
        if found == "drop":
            raise _Dropped
        return found

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def one(self) -> bool:
        line = self.rfile.readline().decode("ascii").strip()
        verb, _, rest = line.partition(" ")
        argument = rest.partition("<")[2].partition(">")[0] or rest
        given = self.prepared(verb.upper(), argument)
        if given:
            self.say(given)
        elif line:
            self.verbs()[verb.upper()](argument)
        return bool(line) and verb.upper() != "QUIT"

    def verbs(self) -> dict[str, Callable[[str], None]]:
        return {
            "EHLO": self.ehlo,
            "STARTTLS": self.starttls,
            "AUTH": self.auth,
            "MAIL": self.mail,
            "RCPT": self.rcpt,
            "DATA": self.data,
            "RSET": lambda _: self.say("250 ok"),
            "QUIT": lambda _: self.say("221 bye"),
        }

    def ehlo(self, _: str) -> None:
        offers = ["STARTTLS"] if self.sink.tls and not self.encrypted else []
        offers += ["AUTH PLAIN"] if self.sink.users else []
        lines = ["sink", *offers, "SIZE 30000000"]
        for line in lines[:-1]:
            self.say(f"250-{line}")
        self.say(f"250 {lines[-1]}")

    def starttls(self, _: str) -> None:
        assert self.sink.tls is not None
        self.say("220 go on")
        wrapped: socket.socket = self.sink.tls.wrap_socket(self.request, server_side=True)
        self.request, self.encrypted = wrapped, True
        self.rfile, self.wfile = wrapped.makefile("rb"), _Writer(wrapped)  # type: ignore[assignment]  # as the class has them

    def auth(self, argument: str) -> None:
        _, user, password = base64.b64decode(argument.split()[1]).decode().split("\0")
        self.sink.logins.append(user)
        right = self.sink.users.get(user) == password
        self.say("235 welcome" if right else "535 wrong")

    def mail(self, argument: str) -> None:
        self.sender, self.to = argument, []
        self.say("250 ok")

    def rcpt(self, argument: str) -> None:
        self.to.append(argument)
        self.say("250 ok")

    def data(self, _: str) -> None:
        self.say("354 go on")
        lines: list[bytes] = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise _Dropped
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        answer, port = self.sink.answer("END", ""), self.client_address[1]
        if self.sink.at_end(port, taken=False):
            raise _Dropped
        if not answer.startswith(("4", "5")):
            mail = Received(self.sender, self.to, b"".join(lines), self.encrypted)
            self.sink.received.append(mail)
        if answer == "drop" or self.sink.at_end(port, taken=True):
            raise _Dropped
        self.say(answer or "250 taken")


class _Writer:
    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection

    def write(self, data: bytes) -> None:
        self.connection.sendall(data)

    def flush(self) -> None:
        """Nothing is held back."""

    closed = False

    def close(self) -> None:
        self.connection.close()


class _Server(socketserver.ThreadingTCPServer):
    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        super().__init__(("127.0.0.1", 0), _Talk)

    def get_request(self) -> Any:
        """Take a connection, inside TLS where that comes first."""
        connection, address = super().get_request()
        if self.sink.tls_first and self.sink.tls:
            connection = self.sink.tls.wrap_socket(connection, server_side=True)
        return connection, address


@contextmanager
def smtp_sink(**given: Any) -> Iterator[Sink]:
    """Run a mail server for as long as the block lasts."""
    sink = Sink(**given)
    with _Server(sink) as server:
        sink.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield sink
        finally:
            server.shutdown()
            thread.join()


def free_port() -> int:
    """Find a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
