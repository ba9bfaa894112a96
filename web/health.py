"""Says whether the process lives and whether it can take calls, for a load balancer."""

from collections.abc import Callable

from flask import Blueprint, Response, jsonify

from flow.ledger import Unavailable
from store.migrate import is_current
from web.house import House


def blueprint(house: House, carriers: Callable[[], list[str]] = list) -> Blueprint:
    """Build `/healthz` and `/readyz`; `carriers` tells at once what numbers there lack."""
    routes = Blueprint("health", __name__)

    @routes.get("/healthz")
    def alive() -> Response:
        return jsonify(status="alive")

    @routes.get("/readyz")
    def ready() -> tuple[Response, int]:
        problem = _problem(house)
        if problem:
            return jsonify(status="not ready", reason=problem), 503
        return jsonify(status="ready", warnings=[*_warnings(house), *carriers()]), 200

    return routes


def _problem(house: House) -> str:
    try:
        house.database.ping()
        migrated = is_current(house.database)
    except Unavailable:
        return "the database does not answer"
    return "" if migrated else "the database is not migrated: run flask release"


def _warnings(house: House) -> list[str]:
    found = []
    if house.settings.development:
        found.append("development mode: webhooks need no signature")
    if not house.library.bindings():
        found.append("no address is bound to a flow")
    return found
