"""What is to happen with a leg: its first document, and who is told."""

from dataclasses import dataclass, field

from tests.support.twiml import Verb

TERMINAL = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
RING, LIMIT = 60.0, 14_400.0


@dataclass
class Plan:
    """As it was asked for by REST, by a Dial, or by a number's settings."""

    url: str = ""
    method: str = "POST"
    verbs: tuple[Verb, ...] = ()
    fallback: str = ""
    status: str = ""
    events: frozenset[str] = field(default=frozenset({"completed"}))
    timeout: float = RING
    limit: float = LIMIT
    detection: str = ""
    detected: str = ""
