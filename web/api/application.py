"""Builds the application that has the API, and puts the API on it."""

from functools import partial
from typing import Any, cast

import structlog
from apiflask import APIBlueprint, APIFlask, HTTPError
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from flow.ledger import Unavailable
from runner.walker import place_of
from web.api.document import SECURITY, complete, scopes_of
from web.api.doors import Doors, open_doors
from web.api.gate import Gate
from web.api.problems import Problem, of_http, of_validation, response
from web.api.strict import PREFIX, StrictRequest
from web.api.table import RESOURCES

_log = structlog.get_logger(__name__)

BASE = "/api/v1"

_ABOUT = """Start flows, and see and change what an installation keeps.

Every request carries `Authorization: Bearer KEY`. Errors are `application/problem+json`. Lists
come in pages: `next` of an answer is the `cursor` of the next request, null at the end."""

_CONFIG = {
    "VALIDATION_ERROR_STATUS_CODE": 400,
    "AUTO_404_RESPONSE": False,
    "AUTO_VALIDATION_ERROR_RESPONSE": False,
    "AUTO_AUTH_ERROR_RESPONSE": False,
}


def application(name: str) -> APIFlask:
    """Make an application that can take the API; without it, it is a plain Flask application."""
    app = APIFlask(
        name,
        title="Linewalk",
        version="1",
        spec_path=None,
        docs_path=None,
        json_errors=False,
        static_folder=cast("str", None),
    )
    app.config.from_mapping(_CONFIG)
    app.description = _ABOUT
    app.security_schemes = SECURITY
    app.request_class = StrictRequest
    cast("Any", app.json).sort_keys = False
    return app


def install(server: Flask, doors: Doors | None, base_url: str) -> None:
    """Put the API on what `application` made; `base_url` is the address its document names.

    Without `doors` it only describes itself.

    Raises:
        KeyError: the table has no rule for a route.
    """
    app = cast("APIFlask", server)
    if doors is not None:
        open_doors(app, doors)
    app.servers = [{"url": base_url}]
    api = APIBlueprint("api", __name__, url_prefix=BASE)
    resources = {f"api.{resource.routes.name}": resource for resource in RESOURCES}
    api.before_request(Gate(resources))
    for error, render in ((Problem, response), (Unavailable, _away), (Exception, _failed)):
        api.register_error_handler(error, cast("Any", render))
    for resource in RESOURCES:
        api.register_blueprint(resource.routes)
    for other in app.blueprints.values():  # the document asks each; only the API's know
        vars(other).setdefault("enable_openapi", False)
    app.register_blueprint(api)
    scopes_of(app, resources)  # a route without a rule stops the start
    app.error_callback = lambda error: response(of_validation(error))
    app.register_error_handler(HTTPException, cast("Any", _refused))
    app.after_request(_closed)
    app.spec_processor(cast("Any", partial(complete, app, resources)))


def described(base_url: str) -> dict[str, Any]:
    """Give the OpenAPI document without serving anything, for the reference page."""
    app = application("described")
    install(app, None, base_url)
    return cast("dict[str, Any]", app.spec)


def _refused(error: HTTPException) -> HTTPException | Response:
    """Answer the framework's own errors in our form, under `/api/`; elsewhere as ever."""
    return response(of_http(error)) if request.path.startswith(PREFIX) else error


def _away(error: Unavailable) -> Response:
    _log.warning("the API waits for the database", reason=str(error))
    return response(Problem(503, "the database does not answer", headers={"Retry-After": "1"}))


def _failed(error: Exception) -> Response:
    """Answer what went wrong inside, and say in the log where; its text may be personal."""
    if isinstance(error, HTTPError):
        return response(of_validation(error))
    if isinstance(error, HTTPException):
        return response(of_http(error))
    _log.error("the API failed", route=request.endpoint, at=place_of(error))
    return response(Problem(500, "the server failed; its log says more"))


def _closed(answer: Response) -> Response:
    """Keep the API's answers out of caches and out of pages."""
    if request.path.startswith(PREFIX):
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        policy = "default-src 'none'; frame-ancestors 'none'"
        answer.headers.setdefault("Content-Security-Policy", policy)
    return answer
