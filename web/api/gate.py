"""Lets a request in when its key may do what it asks: before its body is looked at."""

import re
from collections.abc import Mapping
from typing import Any

from flask import current_app, g, request

from web.api.doors import doors
from web.api.problems import FieldError, Problem
from web.api.resource import ANYBODY, Allowed, Resource

_BEARER = re.compile(r"Bearer +([!-~]{1,200})", re.IGNORECASE)
_REALM = 'Bearer realm="linewalk"'


class Gate:
    """Asks for the key of every request, by the table of resources."""

    def __init__(self, resources: Mapping[str, Resource]) -> None:
        """Take the resources by the full names of their blueprints."""
        self._resources = resources

    def __call__(self) -> None:
        """Check the request that runs.

        Raises:
            Problem: 401 for no key or none that counts, 403 for one without the scope or that is
                frozen, 400 for a query parameter that the route does not have.
        """
        allowed = self._resources[request.blueprint or ""].allowed(request.method)
        if allowed != ANYBODY:
            _check_key(allowed)
        _check_query()


def _check_key(allowed: Allowed) -> None:
    header = request.headers.get("Authorization", "")
    if not header:
        raise _unknown("send the header Authorization: Bearer KEY", _REALM)
    presented = _BEARER.fullmatch(header.strip())
    checked = doors().keys.check(presented[1]) if presented else None
    if checked is None or checked.key is None:
        raise _unknown("this key is not known here", f'{_REALM}, error="invalid_token"')
    if checked.state == "frozen":
        why = f"this key is frozen, because of its calls: {checked.key.frozen_why}"
        raise Problem(403, f"{why}; the operator unfreezes it: flask keys unfreeze")
    if checked.state != "good":
        raise _unknown(f"this key is {checked.state}", f'{_REALM}, error="invalid_token"')
    if not allowed & set(checked.key.scopes):
        needed = " or ".join(sorted(allowed))
        scope = " ".join(sorted(allowed))
        challenge = f'{_REALM}, error="insufficient_scope", scope="{scope}"'
        detail = f"this key does not have the scope {needed}"
        raise Problem(403, detail, headers={"WWW-Authenticate": challenge})
    g.api_key = checked.key


def _unknown(detail: str, challenge: str) -> Problem:
    return Problem(401, detail, headers={"WWW-Authenticate": challenge})


def _check_query() -> None:
    """Refuse what the route does not read: a misspelt filter would silently give everything."""
    known = query_names(current_app.view_functions[request.endpoint or ""])
    wrong = sorted(set(request.args) - known)
    doubled = sorted(name for name, values in request.args.lists() if len(values) > 1)
    if wrong or doubled:
        found = dict.fromkeys(wrong, "there is no such parameter here")
        found |= {name: "give it once" for name in doubled if name not in found}
        errors = [FieldError(field=name[:100], message=text) for name, text in found.items()]
        raise Problem(400, "a query parameter is not as it must be: see errors", errors)


def query_names(view: Any) -> set[str]:
    """Give the names of a view's query parameters."""
    inputs = getattr(view, "_spec", {}).get("args", [])
    return {name for model, place in inputs if place == "query" for name in model.model_fields}
