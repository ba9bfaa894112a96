"""Completes the OpenAPI document that apiflask makes: keys, scopes and problems, from the table."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask

from web.api.problems import MEDIA_TYPE
from web.api.resource import ANYBODY, Allowed, Resource

SECURITY = {
    "key": {
        "type": "http",
        "scheme": "bearer",
        "description": "A key made by `flask keys create NAME --scopes A,B`.",
    }
}

_FIELD = {
    "type": "object",
    "required": ["field", "message"],
    "properties": {
        "field": {"type": "string"},
        "message": {"type": "string"},
        "line": {"type": "integer"},
        "severity": {"type": "string", "enum": ["error", "warning"]},
    },
    "additionalProperties": False,
}

_PROBLEM = {
    "type": "object",
    "description": "What was wrong (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "const": "about:blank"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": _FIELD},
    },
    "additionalProperties": False,
}

_FOR_EVERY = {400: "The request is not as it must be.", 503: "The database does not answer."}
_WITH_KEY = {401: "No key, or none that counts.", 403: "The key does not have the scope."}
_WITH_BODY = {413: "More than 1 MB.", 415: "The body is not declared as JSON."}
_WITH_NAME = {404: "There is no such thing."}


def complete(app: Flask, resources: Mapping[str, Resource], made: dict[str, Any]) -> dict[str, Any]:
    """Complete the document; every operation gets its scopes and the problems it may answer."""
    made.setdefault("components", {}).setdefault("schemas", {})["Problem"] = _PROBLEM
    scopes = scopes_of(app, resources)
    used: set[str] = set()
    for path, operations in made["paths"].items():
        for method, operation in operations.items():
            _finish(operation, scopes[path, method.upper()], "{" in path)
            used.update(operation.get("tags", ()))
    made["tags"] = [tag for tag in made["tags"] if tag["name"] in used]
    return made


def scopes_of(app: Flask, resources: Mapping[str, Resource]) -> dict[tuple[str, str], Allowed]:
    """Give what opens each path and method.

    Raises:
        KeyError: the table has no rule for one of them.
    """
    found: dict[tuple[str, str], Allowed] = {}
    for rule in app.url_map.iter_rules():
        resource = resources.get(rule.endpoint.rpartition(".")[0])
        if resource is not None:
            path = re.sub(r"<(?:[^<:]+:)?([^>]+)>", r"{\1}", rule.rule)
            methods = (rule.methods or set()) - {"HEAD"}
            found |= {(path, method): resource.allowed(method) for method in methods}
    return found


def _finish(operation: dict[str, Any], allowed: Allowed, named: bool) -> None:  # noqa: FBT001  whether the path has a name in it
    for parameter in operation["parameters"]:
        if parameter["in"] == "header":
            parameter["name"] = parameter["name"].title()
    problems = dict(_FOR_EVERY)
    if allowed != ANYBODY:
        problems |= _WITH_KEY
        operation["security"] = [{"key": [scope]} for scope in sorted(allowed)]
    if "requestBody" in operation:
        operation["requestBody"]["required"] = True
        problems |= _WITH_BODY
    if named:
        problems |= _WITH_NAME
    said = {int(status): answer for status, answer in operation["responses"].items()}
    for status, text in problems.items():
        said.setdefault(status, {"description": text})
    for status, answer in said.items():
        if status >= HTTPStatus.BAD_REQUEST:
            answer["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    operation["responses"] = {str(status): said[status] for status in sorted(said)}
