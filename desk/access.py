"""Who may use the API, and how much: keys, their scopes, and what one key may have at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

Scope = Literal["flows:start", "calls:create", "read", "admin"]

SCOPES: tuple[Scope, ...] = ("flows:start", "calls:create", "read", "admin")
"""What a key may be allowed; `admin` allows changes, and none of the others by itself."""

KeyState = Literal["good", "revoked", "expired", "frozen"]

REMEMBERED = timedelta(days=7)
"""How long an answer is kept for its Idempotency-Key (threats-and-faults, fault 16)."""

WINDOW = timedelta(seconds=1)
"""The time in which starts are counted."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is kept: `prefix` is its open part, `digest` the SHA-256 of the whole, in hex.

    `frozen` is since when it opens nothing, and `frozen_why`, until somebody looked into it;
    `thawed` is when somebody last did.
    """

    id: str
    name: str
    prefix: str
    digest: str
    scopes: Sequence[str]
    created: datetime
    expires: datetime | None = None
    revoked: datetime | None = None
    last_used: datetime | None = None
    frozen: datetime | None = None
    frozen_why: str = ""
    thawed: datetime | None = None

    def state(self, at: datetime) -> KeyState:
        """Say whether the key opens anything at that moment."""
        if self.revoked is not None and self.revoked <= at:
            return "revoked"
        if self.expires is not None and self.expires <= at:
            return "expired"
        return "good" if self.frozen is None else "frozen"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one key may do: flow starts within a second, executions that run at the same time."""

    starts: int = 10
    running: int = 50


@dataclass(frozen=True, slots=True)
class Interaction:
    """What was started by the API: which execution of which flow, and by which key."""

    id: str
    flow: str
    execution: str
    api_key: str
    created: datetime


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """The answer a key was given under an Idempotency-Key; `fingerprint` is the request's."""

    api_key: str
    name: str
    fingerprint: str
    status: int
    body: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to what: `actor` is a key's id, `action` such as `recordings.download`."""

    at: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, Any] = field(default_factory=dict)


def forgotten(answer: KeptAnswer, at: datetime) -> bool:
    """Say whether an answer is so old that its Idempotency-Key means a new request."""
    return at - answer.at >= REMEMBERED
