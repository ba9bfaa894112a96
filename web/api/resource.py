"""What a resource of the API is made of: its routes, and who may use which method of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apiflask import APIBlueprint

from desk.access import SCOPES, Scope

Allowed = frozenset[Scope]

ANYBODY: Allowed = frozenset()
"""For what needs no key."""

_METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


class Routes(APIBlueprint):
    """The routes of one resource; a view's function name is its operation's id.

    No route answers OPTIONS: browsers of other sites have no business here (no CORS).
    """

    def __init__(self, name: str, about: str) -> None:
        super().__init__(name, __name__, tag={"name": name, "description": about})

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Any = None,
        provide_automatic_options: bool | None = None,  # noqa: FBT001  the framework's own signature
        **options: Any,
    ) -> None:
        """Add a route."""
        del provide_automatic_options
        if view_func is not None:
            spec = view_func.__dict__.setdefault("_spec", {})
            spec["operation_id"] = view_func.__name__
        super().add_url_rule(rule, endpoint, view_func, provide_automatic_options=False, **options)


@dataclass(frozen=True, slots=True)
class Resource:
    """One line of the table: routes, and for each method the scopes of which a key needs one."""

    routes: Routes
    rules: Mapping[str, Allowed]

    def allowed(self, method: str) -> Allowed:
        """Give the scopes that open a method.

        Raises:
            KeyError: the table has no rule for it.
        """
        return self.rules["GET" if method == "HEAD" else method]


def resource(routes: Routes, **rules: Allowed) -> Resource:
    """Make a line of the table, `resource(routes, GET=READ, DELETE=CHANGE)`.

    Raises:
        ValueError: a method or a scope is none.
    """
    unknown = {scope for allowed in rules.values() for scope in allowed} - set(SCOPES)
    if unknown or not set(rules) <= _METHODS:
        raise ValueError(f"{routes.name}: {sorted(unknown) or sorted(rules)}")
    return Resource(routes, rules)
