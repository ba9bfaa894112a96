"""Who serves whom: an accepted offer, from its acceptance until one of the two has left."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from desk.weights import CALL

How = Literal["", "finished", "accident", "contact_left"]
"""How it ended: the agent left, the agent's line broke, or the contact left first."""

FAILURES = 400
"""SIP status codes from here on are failures (RFC 3261, 21.4 to 21.6)."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """One contact served by one agent; `id` is the accepted offer's, and the room's name.

    `conversation` is that by messages (its id), empty for a call; `weight` are its points.
    """

    id: str
    contact: str
    agent: str
    began: datetime
    ended: datetime | None = None
    how: How = ""
    conversation: str = ""
    weight: int = CALL

    @property
    def seconds(self) -> int:
        """How long the two spoke; 0 while they do."""
        return round((self.ended - self.began).total_seconds()) if self.ended else 0


def end(assignment: Assignment, how: How, at: datetime) -> Assignment:
    """End it; the first word is final."""
    return assignment if assignment.ended else replace(assignment, ended=at, how=how)


def how_left(status: str, sip: int | None) -> How:
    """Read from an agent's leg how the agent left: a broken line is an accident.

    A leg that failed, or was up and ended with a SIP code of 400 or more, broke; any other end was
    meant: also one that was never answered, which has such a code as well.
    """
    broken = status == "failed" or (status == "completed" and sip is not None and sip >= FAILURES)
    return "accident" if broken else "finished"
