"""What a flow's HTTP requests may reach, and the client that performs them safely.

In: an `OutboundRequest`. Out: an `HttpResult`; remote misbehaviour never raises.
"""

from runner.egress.breaker import CircuitBreaker
from runner.egress.client import HttpClient
from runner.egress.guard import Guard, RefusedError, Target, UnresolvedError
from runner.egress.own_hosts import own_hosts
from runner.egress.values import HttpResult, OutboundRequest

__all__ = [
    "CircuitBreaker",
    "Guard",
    "HttpClient",
    "HttpResult",
    "OutboundRequest",
    "RefusedError",
    "Target",
    "UnresolvedError",
    "own_hosts",
]
