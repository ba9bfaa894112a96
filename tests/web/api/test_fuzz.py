"""The API does what its OpenAPI document says, whatever is sent: schemathesis, in this process.

A few examples for each route, always the same ones; `make fuzz` sends many, new ones each time
(LINEWALK_FUZZ is their number). No server error, no undeclared status, form or field; what the
document forbids is refused, what it allows is taken.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from desk.access import SCOPES
from tests.support.installation import copy_of, installation
from tests.web.api.client import NOTE, SLOW, Api
from tests.web.api.test_matrix import APP

MANY = int(os.environ.get("LINEWALK_FUZZ", "0"))
EXAMPLES = MANY or 8

UNTELLABLE = {
    "put_binding": "whether a text is an address is more than a pattern says",
    "publish_version": "whether a text is a flow is what `check` says",
    "put_contact": "a telephone number is more than a pattern; ids are printable",
    "change_contact": "as put_contact",
    "put_agent": "an agent's address, and ids as in the agents file, are more than a pattern",
    "change_agent": "as put_agent",
    "put_ring_group": "as put_agent",
    "note_opt_out": "an address is more than a pattern; which agents there are",
    "place_call": "which agents, flows and numbers there are is more than a schema says",
    "add_webhook": "an address is more than a pattern says",
    "put_message_template": "whether a text is a template is what Liquid says; ids as put_agent",
    "list_voicemails": "that of two parameters only one may be there",
    "start_interaction": "which inputs there are is the flow's business",
}
"""Operations that refuse, with 400, some of what their schema allows."""

DOCUMENT: Any = None
with APP.test_request_context():
    DOCUMENT = APP._get_spec("json")  # type: ignore[attr-defined]  # apiflask's; the type says Flask
WAYS = [
    (method.upper(), path, mode)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or operation["parameters"]  # else nothing can be wrong
]


@pytest.fixture(scope="module")
def fuzzed(prepared_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """An installation without limits on starts."""
    folder = tmp_path_factory.mktemp("fuzz")
    unlimited: dict[str, Any] = {"api_starts_per_second": 10**6, "api_running_per_key": 10**6}
    with installation(copy_of(prepared_sqlite, folder), folder, **unlimited) as made:
        api = Api(made)
        for text in (NOTE, SLOW):
            api.publish(text)
        yield api


@pytest.mark.timeout(3600 if MANY else 120)
@pytest.mark.parametrize(("method", "path", "mode"), WAYS)
def test_what_is_sent_is_answered_as_documented(
    fuzzed: Api, method: str, path: str, mode: GenerationMode
) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", fuzzed.house.app)
    operation = schema[path][method]
    key = {"Authorization": f"Bearer {fuzzed.new_key(*SCOPES)}"}
    ran = []

    @settings(
        max_examples=EXAMPLES,
        derandomize=not MANY,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: schemathesis.Case[Any]) -> None:
        excluded: list[Any] = []
        if _turns_pages(case) or operation.definition.raw["operationId"] in UNTELLABLE:
            excluded.append(positive_data_acceptance)
        if _loses_something(case):
            excluded.append(negative_data_rejection)
        case.call_and_validate(headers=key, excluded_checks=excluded)
        ran.append(case)

    send()
    assert ran


def _turns_pages(case: schemathesis.Case[Any]) -> bool:
    return "cursor" in (case.query or {})  # only what a page gave is one


def _loses_something(case: schemathesis.Case[Any]) -> bool:
    return any(value in ([], {}) for value in (case.query or {}).values())  # an address has no such


def test_the_exceptions_are_operations() -> None:
    names = {each["operationId"] for ways in DOCUMENT["paths"].values() for each in ways.values()}
    assert set(UNTELLABLE) <= names
