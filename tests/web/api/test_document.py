"""`/api/v1/openapi.json`: every route, its key, its scopes and its problems."""

import re
from typing import Any

import pytest

from desk.access import SCOPES
from tests.web.api.client import Api
from tests.web.api.test_matrix import ROUTES, allowed


@pytest.fixture
def document(api: Api) -> Any:
    answer = api.send("GET", "/openapi.json", key="")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    return answer.get_json()


def operations(document: Any) -> dict[tuple[str, str], Any]:
    return {
        (method.upper(), path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_every_route_is_documented_and_nothing_else(document: Any) -> None:
    served = {
        (method, re.sub(r"<(?:[^<:]+:)?([^>]+)>", r"{\1}", rule))
        for method, rule in ROUTES
        if method != "HEAD"
    }
    assert set(operations(document)) == served
    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": "https://calls.example.com"}]


def test_every_operation_says_what_it_does_and_who_may(document: Any) -> None:
    for (method, path), operation in operations(document).items():
        assert operation["summary"].endswith("."), path
        assert re.fullmatch(r"[a-z_]+", operation["operationId"]), path
        rule = next(r for _, r in ROUTES if re.sub(r"<(?:[^<:]+:)?([^>]+)>", r"{\1}", r) == path)
        scopes = [name for need in operation.get("security", ()) for name in need["key"]]
        assert set(scopes) == allowed(method, rule) <= set(SCOPES)
        assert (scopes == []) == (path == "/api/v1/openapi.json")
    ids = [operation["operationId"] for operation in operations(document).values()]
    assert len(ids) == len(set(ids))


def test_every_error_is_a_problem(document: Any) -> None:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for (_, path), operation in operations(document).items():
        answers = operation["responses"]
        errors = {status for status in answers if status >= "400"}
        assert all(answers[status]["content"] == problem for status in errors), path
        wanted = {"400", "503"}
        if path != "/api/v1/openapi.json":
            wanted |= {"401", "403"}
        if "requestBody" in operation:
            wanted |= {"413", "415"}
        if "{" in path:
            wanted.add("404")
        assert wanted <= errors, path
        assert len(set(answers) - errors) == 1, path


def test_starting_a_flow_is_documented_as_agreed(document: Any) -> None:
    start = document["paths"]["/api/v1/flows/{flow}/interactions"]["post"]
    statuses = {"202", "400", "401", "403", "404", "413", "415", "422", "429", "503"}
    assert set(start["responses"]) == statuses
    names = {parameter["name"]: parameter["in"] for parameter in start["parameters"]}
    assert names == {"flow": "path", "Idempotency-Key": "header"}
    assert start["security"] == [{"key": ["flows:start"]}]
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"


def test_every_reference_leads_somewhere(document: Any) -> None:
    schemas = document["components"]["schemas"]
    references = set(re.findall(r"'\$ref': '#/components/schemas/([^']+)'", str(document)))
    assert references
    assert references <= set(schemas)
