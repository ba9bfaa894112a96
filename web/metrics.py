"""Counts what an operator watches, for Prometheus; never a number, a name or a word of a caller."""

import ipaddress

from flask import Blueprint, Response, abort, request
from prometheus_client import CONTENT_TYPE_LATEST, Counter, generate_latest

REFUSED = Counter("linewalk_webhooks_refused", "Webhooks turned away before parsing.", ["reason"])


def refused(reason: str) -> None:
    """Count a webhook that was turned away."""
    REFUSED.labels(reason).inc()


def blueprint() -> Blueprint:
    """Build `/metrics`, which answers this machine only (threats-and-faults, threat 31)."""
    routes = Blueprint("metrics", __name__)

    @routes.get("/metrics")
    def metrics() -> Response:
        if not ipaddress.ip_address(request.remote_addr or "0.0.0.0").is_loopback:  # noqa: S104  no address counts as a foreign one
            abort(404)
        return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)

    return routes
