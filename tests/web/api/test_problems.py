"""Every error under /api/ is a problem, and what two readers could read in two ways is refused."""

import json
from typing import Any

import pytest
import structlog

from flow.ledger import Unavailable
from tests.web.api.client import Api, fields, problem

JSON = "application/json"


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v2/flows", "/api/v1/", "/api/v1/flows/"])
def test_an_unknown_address(api: Api, path: str) -> None:
    answer = api.house.app.test_client().get(path)
    if path == "/api":
        assert answer.status_code == 404
    else:
        assert "openapi.json" in problem(answer, 404)["detail"]


@pytest.mark.parametrize("method", ["POST", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_a_wrong_method(api: Api, method: str) -> None:
    answer = api.send(method, "/contacts")
    problem(answer, 405)
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD"}


def test_errors_elsewhere_stay_as_they_are(api: Api) -> None:
    answer = api.house.app.test_client().get("/ivr/nothing")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


def test_a_large_body(api: Api) -> None:
    body = b'{"name": "' + b"a" * 1024 * 1024 + b'"}'
    api.refused(413, "PUT", "/contacts/x", data=body, content_type=JSON)


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        "application/jsonx",
        "application/merge-patch+json",
    ],
)
def test_a_body_that_is_not_declared_as_json(api: Api, kind: str) -> None:
    told = api.refused(415, "PUT", "/contacts/x", data=b'{"name": "Ada"}', content_type=kind)
    assert "Content-Type: application/json" in told["detail"]


@pytest.mark.parametrize("kind", [JSON, "Application/JSON", 'application/json; charset="UTF-8"'])
def test_json_may_be_declared_in_several_ways(api: Api, kind: str) -> None:
    answer = api.send("PUT", "/contacts/x", data=b'{"name": "Ada"}', content_type=kind)
    assert answer.status_code == 200


DEEP = "[" * 49 + "]" * 49


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not JSON"),
        (b"{", "line 1, column 2"),
        (b"{} {}", "Extra data"),
        (b"'a'", "not JSON"),
        (b'\xef\xbb\xbf{"fields": {}}', "not JSON"),
        (b'{"name": "\xff"}', "not UTF-8"),
        (b'{"name": "a\n"}', "control character"),
        (b'{"name": "a", "name": "b"}', "only once"),
        (b'{"fields": {"a": {"b": 1, "b": 1}}}', "only once"),
        (b'{"fields": {"a": NaN}}', "NaN is no JSON number"),
        (b'{"fields": {"a": -Infinity}}', "-Infinity is no JSON number"),
        (b'{"fields": {"a": 1e999}}', "too large"),
        (b'{"fields": {"a": 9223372036854775808}}', "64 bits"),
        (b'{"fields": {"a": ' + b"9" * 5000 + b"}}", "64 bits"),
        (b'{"fields": {"a": "\\ud800"}}', "surrogate"),
        (b'{"fields": {"\\udc00": 1}}', "surrogate"),
        (f'{{"fields": {{"a": {DEEP}}}}}'.encode(), "50 deep"),
        (b"[" * 200_000, "50 deep"),
    ],
)
def test_json_that_is_refused(api: Api, body: bytes, reason: str) -> None:
    told = api.refused(400, "PUT", "/contacts/x", data=body, content_type=JSON)
    assert reason in told["detail"]
    api.refused(404, "GET", "/contacts/x")


@pytest.mark.parametrize(
    "value",
    ["9223372036854775807", "-9223372036854775807", "1e308", '"\\ud83d\\ude00"', DEEP[1:-1]],
)
def test_json_at_the_edge_is_taken(api: Api, value: str) -> None:
    body = f'{{"fields": {{"a": {value}}}}}'
    answer = api.send("PUT", "/contacts/x", data=body.encode(), content_type=JSON)
    assert answer.status_code == 200
    assert api.get("/contacts/x")["fields"] == json.loads(body)["fields"]


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ([], {"": "Input should be a valid dictionary"}),
        ({"nam": "Ada"}, {"nam": "Extra inputs are not permitted"}),
        ({"name": 7}, {"name": "Input should be a valid string"}),
        ({"number": "call me"}, {"number": "this is no telephone number; write +15550100001"}),
        ({"fields": {"id": "x"}}, {"fields.id": "id does not belong inside fields"}),
    ],
)
def test_wrong_fields_are_named(api: Api, body: Any, wrong: dict[str, str]) -> None:
    found = fields(api.refused(400, "PUT", "/contacts/x", json=body))
    assert list(found) == list(wrong)
    for name, message in wrong.items():
        assert message in found[name]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=ten", "limit"),
        ("limit=1_0", "limit"),
        ("limit=%205", "limit"),
        ("limit=5&limit=6", "limit"),
        ("page=2", "page"),
        ("cursor=", "cursor"),
        ("cursor=%C3%A4", "cursor"),
        ("cursor=abc", "cursor"),
        ("cursor=e30", "cursor"),
        ("cursor=WzFd", "cursor"),
        ("cursor=W10", "cursor"),
    ],
)
def test_wrong_query_parameters_are_named(api: Api, query: str, field: str) -> None:
    assert list(fields(api.refused(400, "GET", f"/contacts?{query}"))) == [field]


def test_a_failure_inside_is_told_without_its_text(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the caller's secret")

    monkeypatch.setattr(api.house.house.people, "get", fail)
    with structlog.testing.capture_logs() as logs:
        told = api.refused(500, "GET", "/contacts/x")
    assert "secret" not in json.dumps([told, logs])
    assert "RuntimeError at" in logs[0]["at"]


def test_a_database_that_is_away(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise Unavailable("connection refused: 10.0.0.7")

    monkeypatch.setattr(api.house.house.people, "get", fail)
    answer = api.send("GET", "/contacts/x")
    assert "10.0.0.7" not in problem(answer, 503)["detail"]
    assert answer.headers["Retry-After"] == "1"


@pytest.mark.parametrize("path", ["/contacts", "/contacts/x", "/nothing", "/openapi.json"])
def test_no_answer_is_kept_in_a_cache_or_opened_to_other_sites(api: Api, path: str) -> None:
    for key in (api.key, ""):
        headers = api.send("GET", path, key=key, headers={"Origin": "https://evil.example"}).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert [name for name in headers.keys() if name.startswith("Access-Control")] == []  # noqa: SIM118  iterating headers gives pairs
