"""The authorisation matrix: every route of the API with every kind of key."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from desk.access import SCOPES
from flow.ledger import Saved
from runner.keys import Keys
from store.keys import ApiKeys
from tests.store.builders import a_run
from tests.web.api.client import BASE, Api, problem
from web.api.application import application, install
from web.api.document import scopes_of
from web.api.resource import ANYBODY, Routes, resource
from web.api.table import RESOURCES

NUMBER = {"number": "+15550123456"}
RULES = {f"api.{one.routes.name}": one for one in RESOURCES}


def served() -> Flask:
    app = application("matrix")
    install(app, None, "https://x.example")
    return app


APP = served()


def routes() -> Iterator[tuple[str, str]]:
    """Every method of every route under /api/, as the application itself lists them."""
    for rule in APP.url_map.iter_rules():
        if rule.rule.startswith("/api"):
            for method in sorted(rule.methods or ()):
                yield method, rule.rule


ROUTES = list(routes())


def filled(rule: str) -> str:
    return re.sub(r"<(int:)?[^>]+>", lambda found: "7" if found[1] else "x", rule)[len(BASE) :]


def allowed(method: str, rule: str) -> frozenset[str]:
    path = re.sub(r"<(?:[^<:]+:)?([^>]+)>", r"{\1}", rule)
    found: frozenset[str] = scopes_of(APP, RULES)[path, "GET" if method == "HEAD" else method]
    return found


def test_there_are_routes_and_each_has_a_rule() -> None:
    assert len(ROUTES) > 20
    assert all(rule.startswith(f"{BASE}/") for _, rule in ROUTES)
    for method, rule in ROUTES:
        assert isinstance(allowed(method, rule), frozenset), (method, rule)
        assert method != "OPTIONS", rule


def test_only_the_document_is_open() -> None:
    opened = {rule for method, rule in ROUTES if allowed(method, rule) == ANYBODY}
    assert opened == {f"{BASE}/openapi.json"}


def test_a_route_without_a_rule_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    forgotten = Routes("forgotten", "No rule for POST.")
    forgotten.post("/forgotten")(lambda: "")
    monkeypatch.setattr("web.api.application.RESOURCES", [resource(forgotten, GET=ANYBODY)])
    with pytest.raises(KeyError, match="POST"):
        served()


@pytest.mark.parametrize("rules", [{"GET": frozenset({"write"})}, {"FETCH": ANYBODY}])
def test_a_rule_of_unknown_words_stops_the_start(rules: dict[str, frozenset[str]]) -> None:
    with pytest.raises(ValueError, match="x: "):
        resource(Routes("x", ""), **rules)  # type: ignore[arg-type]  # that is the mistake


@pytest.fixture
def keys(api: Api) -> dict[str, str]:
    """A key of each kind."""
    made: dict[str, str] = {scope: api.new_key(scope) for scope in SCOPES}
    made["revoked"] = api.key
    api.house.house.keys.revoke(api.key_id(api.key))
    made["expired"] = expired(api)
    made["unknown"] = "lwk_000000000000_" + "A" * 43
    made["cut"] = made["admin"][:-1]
    made["other"] = "Basic"
    return made


def expired(api: Api) -> str:
    """A key that has expired: it was made an hour ago for a minute."""
    then = api.house.clock() - timedelta(hours=1)
    keys = Keys(ApiKeys(api.house.house.database), lambda: then)
    return keys.create("old", SCOPES, then + timedelta(minutes=1))[1]


@pytest.mark.parametrize(("method", "rule"), ROUTES)
def test_every_route_with_every_kind_of_key(
    api: Api, keys: dict[str, str], method: str, rule: str
) -> None:
    opens = allowed(method, rule)
    for kind, key in {**keys, "none": ""}.items():
        answer = api.send(method, filled(rule), key=key)
        if opens == ANYBODY or kind in opens:
            assert answer.status_code not in {401, 403}, (kind, answer.text)
            continue
        wanted = 403 if kind in SCOPES else 401
        assert answer.status_code == wanted, (kind, answer.text)
        assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="linewalk"')


@pytest.mark.parametrize(
    ("kind", "detail", "challenge"),
    [
        ("none", "Authorization: Bearer KEY", ""),
        ("unknown", "not known", "invalid_token"),
        ("cut", "not known", "invalid_token"),
        ("revoked", "revoked", "invalid_token"),
        ("expired", "expired", "invalid_token"),
        ("flows:start", "scope admin or read", 'insufficient_scope", scope="admin read"'),
    ],
)
def test_a_refusal_says_why(
    api: Api, keys: dict[str, str], kind: str, detail: str, challenge: str
) -> None:
    answer = api.send("GET", "/contacts", key=keys.get(kind, ""))
    told = problem(answer, 403 if kind in SCOPES else 401)
    assert detail in told["detail"]
    assert challenge in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    "header", ["{}", "Basic {}", "Bearer", "Bearer  ", "Bearer {} {}", "Bearer \xe9{}", "Token {}"]
)
def test_only_the_bearer_form_is_a_key(api: Api, header: str) -> None:
    value = header.replace("{}", api.key)
    told = api.refused(401, "GET", "/contacts", key="", headers={"Authorization": value})
    assert "not known" in told["detail"]


@pytest.mark.parametrize("name", ["key", "api_key", "access_token", "Authorization"])
def test_a_key_in_an_address_is_none(api: Api, name: str) -> None:
    api.refused(401, "GET", f"/contacts?{name}={api.key}", key="")
    api.refused(400, "GET", f"/contacts?{name}={api.key}")


def test_a_key_counts_until_it_is_revoked(api: Api) -> None:
    key = api.new_key("read")
    api.get("/contacts", key=key)
    api.house.house.keys.revoke(api.key_id(key))
    api.refused(401, "GET", "/contacts", key=key)


def test_a_frozen_key_opens_nothing_and_says_why(api: Api) -> None:
    key = api.new_key("read")
    name = api.key_id(key)
    with api.house.house.store.work() as work:
        work.freeze_key(name, api.house.clock(), "20 calls refused within the hour")
    told = api.refused(403, "GET", "/contacts", key=key)
    assert "this key is frozen, because of its calls: 20 calls refused" in told["detail"]
    assert "flask keys unfreeze" in told["detail"]
    api.house.house.keys.unfreeze(name)
    api.get("/contacts", key=key)


def test_a_refused_request_is_not_read(api: Api) -> None:
    told = api.refused(401, "PUT", "/contacts/x", key="", data=b"{", content_type="text/plain")
    assert "Bearer" in told["detail"]


def test_a_key_that_may_not_read_sees_what_it_began_itself(every_api: Api) -> None:
    api = every_api
    mine, other = api.new_key("flows:start"), api.new_key("flows:start", "calls:create")
    begun = api.started("note", NUMBER, key=mine)
    path = f"/interactions/{begun['interaction_id']}"
    assert api.get(path, key=mine)["flow_execution_id"] == begun["flow_execution_id"]
    for reader in ("read", "admin"):
        assert api.get(path, key=api.new_key(reader))["status"] == "ended"
    for key in (other, api.new_key("calls:create")):
        unknown = api.refused(404, "GET", "/interactions/x", key=key)
        assert api.refused(404, "GET", path, key=key)["detail"] == unknown["detail"]
    api.refused(403, "GET", "/interactions", key=mine)


def test_nobody_but_readers_sees_what_no_key_began(every_api: Api) -> None:
    api = every_api
    with api.house.house.store.work() as work:
        work.save(Saved(a_run(id="e1", interaction="e1"), new=True))
    api.get("/interactions/e1", key=api.new_key("read"))
    api.refused(404, "GET", "/interactions/e1", key=api.new_key("flows:start"))


def test_a_revoked_key_sees_nothing_it_began(api: Api) -> None:
    key = api.new_key("flows:start")
    begun = api.started("note", NUMBER, key=key)
    api.house.house.keys.revoke(api.key_id(key))
    api.refused(401, "GET", f"/interactions/{begun['interaction_id']}", key=key)
