"""How a call leg's status may move: only up a fixed lattice, whatever order the news comes in.

Twilio, "Call status values": queued, initiated, ringing, in-progress, then one terminal word.
"""

_RANK = {"queued": 0, "initiated": 1, "ringing": 2, "in-progress": 3, "answered": 3}

TERMINAL = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
"""Words after which nothing more happens; the first one heard is final."""

_TOP = 4


def is_over(status: str) -> bool:
    """Say whether a status is terminal."""
    return status in TERMINAL


def rank(status: str) -> int:
    """Place a status in the lattice; an unknown word is below everything."""
    return _TOP if status in TERMINAL else _RANK.get(status, -1)


def joined(known: str, news: str) -> str:
    """Give the status after hearing `news`: the higher of the two, the first terminal one."""
    return news if rank(news) > rank(known) else known
