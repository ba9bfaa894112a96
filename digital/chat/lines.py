"""Sees whether the other end of a connection is still there, without waiting for a write to fail.

A visitor who goes from page to page leaves a stream behind on each, which would hold its place
until two comments could not be delivered.
"""

import socket
from collections.abc import Callable

from flask import Request

SOCKET = "gunicorn.socket"
"""Under this name the server puts the connection into a request's environment."""


def hung_up(request: Request) -> Callable[[], bool]:
    """Give the question whether who sent a request has gone; where nobody can tell, never."""
    line: socket.socket | None = request.environ.get(SOCKET)
    return (lambda: _ended(line)) if line is not None else (lambda: False)


def _ended(line: socket.socket) -> bool:
    try:
        return not line.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:  # nothing to read: the other end is there and silent
        return False
    except OSError:
        return True
