"""A loopback server for the egress tests: it keeps each request and answers raw bytes."""

import contextlib
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Handler = Callable[[socket.socket, str], object]


@dataclass
class Server:
    """Where it listens, what it was sent, and which SNI names it heard."""

    port: int
    requests: list[str] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)


def answering(raw: bytes) -> Handler:
    """Answer every request with these bytes."""
    return lambda sock, _request: sock.sendall(raw)


def reply(body: bytes = b"", status: str = "200 OK", headers: tuple[str, ...] = ()) -> bytes:
    """Write an HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def read_request(sock: socket.socket) -> str:
    """Read a request with its body; what is there when the peer stops."""
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = sock.recv(65536)
        if not chunk:
            return data.decode("latin-1")
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    match = re.search(rb"(?i)content-length: (\d+)", head)
    while match and len(body) < int(match[1]):
        body += sock.recv(65536)
    return (head + b"\r\n\r\n" + body).decode("latin-1")


@contextlib.contextmanager
def serve(handler: Handler, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Serve on a free loopback port, one thread for each connection, until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(listener.getsockname()[1])
        if tls is not None:
            tls.sni_callback = lambda _sock, name, _context: server.names.append(name)
        threads: list[threading.Thread] = []

        def one(plain: socket.socket) -> None:
            with contextlib.suppress(OSError), plain:
                sock = tls.wrap_socket(plain, server_side=True) if tls else plain
                with sock:
                    request = read_request(sock)
                    if not request:
                        return
                    server.requests.append(request)
                    handler(sock, request)

        def accept() -> None:
            while not server.stopping.is_set():
                sock, _ = listener.accept()
                threads.append(threading.Thread(target=one, args=(sock,)))
                threads[-1].start()

        acceptor = threading.Thread(target=accept)
        acceptor.start()
        try:
            yield server
        finally:
            server.stopping.set()
            socket.create_connection(("127.0.0.1", server.port)).close()
            acceptor.join()
            for thread in threads:
                thread.join()
