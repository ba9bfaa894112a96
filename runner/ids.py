"""Makes the ids of executions and the tokens of addresses: 128 bits of the system's own chance.

Asked for one by one, the system costs a turn more than the engine does: every question lets the
other threads go first. So it is asked for many at once, and each is given out once.
"""

import os
from base64 import urlsafe_b64encode
from collections import deque

SIZE = 16
"""Bytes of one: nobody guesses 128 bits."""

_AT_ONCE = 64

_drawn: deque[bytes] = deque()
# A child process would give out what its parent gives out.
os.register_at_fork(after_in_child=_drawn.clear)


def new_token() -> str:
    """Make an unguessable token for an address."""
    return urlsafe_b64encode(_next()).rstrip(b"=").decode()


def new_id() -> str:
    """Make the id of a new execution."""
    return _next().hex()


def _next() -> bytes:
    try:
        return _drawn.pop()
    except IndexError:
        many = os.urandom(SIZE * _AT_ONCE)
        first, *others = (many[at : at + SIZE] for at in range(0, len(many), SIZE))
        _drawn.extend(others)
        return first
