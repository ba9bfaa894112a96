"""A program that uses the API of an installation inside the test's process."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from werkzeug.test import TestResponse

from desk.access import SCOPES
from flow.language.load import load
from tests.support.installation import Installation

if TYPE_CHECKING:
    from flask.testing import FlaskClient

BASE = "/api/v1"

NOTE = """linewalk: 1
flow: note
type: api_request
inputs:
  number: {type: string, required: true}
  amount: {type: integer, default: 3}
start: label
steps:
  label:
    component: report
    kpis: {amount: "{{ inputs.amount }}"}
    exits: {done: bye}
  bye:
    component: end
"""
"""Labels its amount and ends at once."""

SLOW = NOTE.replace("flow: note", "flow: slow").replace("exits: {done: bye}", "exits: {done: rest}")
SLOW += """  rest:
    component: wait
    for: 1h
    exits: {done: bye}
"""
"""Labels its amount, waits an hour, and ends."""


@dataclass
class Api:
    """An installation, and requests to its API with a key of every scope."""

    house: Installation

    @cached_property
    def key(self) -> str:
        """A key of every scope."""
        return self.new_key(*SCOPES)

    def new_key(self, *scopes: str, **more: Any) -> str:
        """A new key."""
        return self.house.house.keys.create("test", scopes, **more)[1]

    def key_id(self, key: str) -> str:
        """The id of a key's entry."""
        found = self.house.house.keys.check(key).key
        assert found is not None
        return found.id

    def send(self, method: str, path: str, *, key: str | None = None, **more: Any) -> TestResponse:
        """Send a request; an empty `key` sends none."""
        client: FlaskClient = self.house.app.test_client()
        chosen = self.key if key is None else key
        headers: dict[str, str] = dict(more.pop("headers", {}))
        if chosen:
            headers["Authorization"] = f"Bearer {chosen}"
        return client.open(BASE + path, method=method, headers=headers, buffered=True, **more)

    def get(self, path: str, **more: Any) -> Any:
        """Get JSON that must be there."""
        answer = self.send("GET", path, **more)
        assert answer.status_code == 200, answer.text
        return answer.json

    def items(self, path: str, **more: Any) -> list[Any]:
        """Every entry of a list, page by page."""
        found: list[Any] = []
        separator, following = "&" if "?" in path else "?", ""
        while True:
            page = self.get(path + following, **more)
            found += page["items"]
            if page["next"] is None:
                return found
            following = f"{separator}cursor={page['next']}"

    def done(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        """Send a request that must succeed; its JSON."""
        answer = self.send(method, path, **({} if body is None else {"json": body}))
        assert answer.status_code == status, answer.text
        return answer.json

    def refused(self, status: int, method: str, path: str, **more: Any) -> Mapping[str, Any]:
        """Send a request that must be refused; its problem."""
        return problem(self.send(method, path, **more), status)

    def publish(self, text: str) -> str:
        """Publish a document; its version's id."""
        flow = load(text)
        library = self.house.house.library
        return library.publish(flow.slug, flow.type, text, self.house.clock()).id

    def start(self, flow: str, inputs: Any, **more: Any) -> TestResponse:
        """Ask for a flow to be started."""
        return self.send("POST", f"/flows/{flow}/interactions", json=inputs, **more)

    def started(self, flow: str, inputs: Any, **more: Any) -> dict[str, str]:
        """Start a flow that must start; the ids it is answered with."""
        answer = self.start(flow, inputs, **more)
        assert answer.status_code == 202, answer.text
        ids: dict[str, str] = answer.get_json()
        return ids


def problem(answer: TestResponse, status: int) -> Mapping[str, Any]:
    """The problem that an answer tells, in the form of RFC 9457."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    told: dict[str, Any] = answer.get_json(force=True)
    assert (told["type"], told["status"]) == ("about:blank", status)
    assert told["title"]
    assert told["detail"]
    assert set(told) <= {"type", "title", "status", "detail", "errors"}
    assert "Traceback" not in answer.text
    return told


def fields(told: Mapping[str, Any]) -> dict[str, str]:
    """The wrong fields of a problem."""
    return {error["field"]: error["message"] for error in told["errors"]}
