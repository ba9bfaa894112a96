"""Connect to a checked IP address, with one deadline over every single read and write.

A socket's own timeout counts from its last byte, so a server that drips one byte at a time holds
a thread for ever. These sockets wait only for what is left until the deadline.
"""

import socket
import ssl
import time
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

CONNECT_SECONDS = 2.0  # for all of a host's addresses together
MAX_TRIED = 4  # addresses of one host


class Deadline:
    """A moment on the monotonic clock by which everything must be done."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def remaining(self) -> float:
        """Give the seconds left, always more than 0. Raises `TimeoutError` at the end."""
        left = self._end - self._clock()
        if left <= 0:
            raise TimeoutError
        return left


class DeadlineSocket(socket.socket):
    """A plain TCP socket whose every wait ends at the deadline."""

    deadline: Deadline

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        """Read as `socket.recv_into`, waiting until the deadline at most."""
        self.settimeout(self.deadline.remaining())
        return super().recv_into(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        """Write as `socket.sendall`, waiting until the deadline at most."""
        self.settimeout(self.deadline.remaining())
        super().sendall(*args, **kwargs)


class DeadlineSSLSocket(ssl.SSLSocket):
    """A TLS socket whose every wait ends at the deadline, once it is set after the handshake."""

    deadline: Deadline | None = None

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        """Read as `SSLSocket.recv_into`, waiting until the deadline at most."""
        self._limit()
        return super().recv_into(*args, **kwargs)

    def send(self, *args: Any, **kwargs: Any) -> int:
        """Write as `SSLSocket.send`, which `sendall` calls, waiting until the deadline at most."""
        self._limit()
        return super().send(*args, **kwargs)

    def _limit(self) -> None:
        if self.deadline is not None:
            self.settimeout(self.deadline.remaining())


@cache
def tls_context(ca_file: str | None = None) -> ssl.SSLContext:
    """Make the TLS settings of outbound requests: certificate and host name are verified.

    The system's authorities, or the ones in `ca_file` only. They are read once: that takes long.
    """
    context = ssl.create_default_context(cafile=ca_file)
    context.sslsocket_class = DeadlineSSLSocket
    return context


def connect(addresses: Sequence[str], port: int, deadline: Deadline) -> DeadlineSocket:
    """Connect to the first address that answers. Raises `OSError`, `TimeoutError`.

    Each address gets an equal share of `CONNECT_SECONDS`, so that one that swallows packets
    does not use up the time of the next.
    """
    tried = addresses[:MAX_TRIED]
    problem: OSError = OSError("no address to connect to")
    for address in tried:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        sock = DeadlineSocket(family, socket.SOCK_STREAM)
        sock.deadline = deadline
        try:
            sock.settimeout(min(CONNECT_SECONDS / len(tried), deadline.remaining()))
            sock.connect((address, port))
        except OSError as error:
            sock.close()
            problem = error
        else:
            return sock
    raise problem


def secure(
    sock: DeadlineSocket, host: str, context: ssl.SSLContext, deadline: Deadline
) -> DeadlineSSLSocket:
    """Start TLS on a connected socket; the certificate must be for `host`, which is also sent.

    Raises `ssl.SSLError`, `TimeoutError`, `OSError`; the socket is closed then.
    """
    try:
        sock.settimeout(deadline.remaining())
        wrapped = context.wrap_socket(sock, server_hostname=host)
    except BaseException:
        sock.close()
        raise
    if not isinstance(wrapped, DeadlineSSLSocket):
        wrapped.close()
        raise TypeError("make the TLS settings with tls_context()")
    wrapped.deadline = deadline
    return wrapped
