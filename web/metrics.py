"""Counts what an operator watches, for Prometheus; never a number, a name or a word of a caller."""

import os

from flask import Blueprint, Response, abort, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

REFUSED = Counter("linewalk_webhooks_refused", "Webhooks turned away before parsing.", ["reason"])

CALLS_REFUSED = Counter("linewalk_calls_refused", "Outgoing calls that did not leave.", ["reason"])
LIMITS_REACHED = Counter("linewalk_call_limits_reached", "Calls that met a full limit.", ["limit"])


def call_refused(reason: str) -> None:
    """Count an outgoing call that did not leave."""
    CALLS_REFUSED.labels(reason).inc()


def limit_reached(limit: str) -> None:
    """Count an outgoing call that met a full limit, whether it waits or was refused."""
    LIMITS_REACHED.labels(limit).inc()


def refused(reason: str) -> None:
    """Count a webhook that was turned away."""
    REFUSED.labels(reason).inc()


def blueprint() -> Blueprint:
    """Build `/metrics`, which answers this machine only (threats-and-faults, threat 31)."""
    routes = Blueprint("metrics", __name__)

    @routes.get("/metrics")
    def metrics() -> Response:
        if not _is_local():
            abort(404)
        return Response(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)

    return routes


def _is_local() -> bool:
    """Say whether a request comes from this machine itself, and not by way of a proxy on it."""
    forwarded = any(name in request.headers for name in ("Forwarded", "X-Forwarded-For"))
    host = request.host.rpartition(":")[0] or request.host
    named_here = host.strip("[]") in {"localhost", "127.0.0.1", "::1"}
    sender = request.remote_addr or ""
    return named_here and not forwarded and sender in {"127.0.0.1", "::1"}


def _registry() -> CollectorRegistry:
    """Gather what all processes counted, where there are several."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    gathered = CollectorRegistry()
    MultiProcessCollector(gathered)  # type: ignore[no-untyped-call]  # the library has no types here
    return gathered
