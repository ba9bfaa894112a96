"""What goes into and comes out of an outbound HTTP request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Outcome = Literal["response", "timeout", "refused", "failed"]


@dataclass(frozen=True)
class OutboundRequest:
    """One HTTP request that a flow asks for.

    `timeout` is in seconds for everything together (name look-up, redirects, body); the client
    allows at most 10. `carries_secrets` keeps the body from being sent again to another origin
    by a 307 or 308; set it to False only where no `secrets.NAME` went into the request.
    Address, headers and body are left out of the repr, because they may hold credentials.
    """

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    timeout: float = 5.0
    idempotency_key: str | None = None
    carries_secrets: bool = True


@dataclass(frozen=True)
class HttpResult:
    """What became of an `OutboundRequest`.

    `response`: the far side answered (any status); `headers` have lower-case names, `json` is
    the parsed body or None. `timeout`: no full answer in time. `refused`: the egress guard said
    no, nothing was sent there. `failed`: no usable answer. `reason` says what was wrong in words
    for the flow's author; it holds no path, query, header or body.
    """

    outcome: Outcome
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    body: str = field(default="", repr=False)
    json: Any = field(default=None, repr=False)
    reason: str = ""
